/// Smooth random field over the plane: gradient noise.
///
/// Values lie in about `-1...1`, 0 on the lattice points; one unit of x or y is one wave.
///
/// Source: Perlin, "Improving noise" (2002), with a hash in place of his permutation table.
struct Noise: Sendable {
  private let seed: UInt64

  init(seed: UInt64, stream: UInt64) { self.seed = mix(seed, stream) }

  func callAsFunction(_ x: Float, _ y: Float) -> Float {
    let floorX = x.rounded(.down)
    let floorY = y.rounded(.down)
    let column = Int(floorX)
    let row = Int(floorY)
    let u = x - floorX
    let v = y - floorY
    let alongX = fade(u)
    let top = blend(
      slope(column, row, u, v), slope(column + 1, row, u - 1, v), alongX)
    let bottom = blend(
      slope(column, row + 1, u, v - 1), slope(column + 1, row + 1, u - 1, v - 1), alongX)
    return blend(top, bottom, fade(v)) * 1.4
  }

  /// Three octaves, each half as large and twice as fine.
  func rough(_ x: Float, _ y: Float) -> Float {
    (self(x, y) + self(2 * x + 31.7, 2 * y + 5.3) / 2 + self(4 * x + 7.1, 4 * y + 83.9) / 4) / 1.5
  }

  @inline(__always)
  private func slope(_ column: Int, _ row: Int, _ u: Float, _ v: Float) -> Float {
    var hash = UInt64(bitPattern: Int64(column)) &* 0x9E37_79B9_7F4A_7C15
    hash ^= UInt64(bitPattern: Int64(row)) &* 0xC2B2_AE3D_27D4_EB4F
    hash = (hash ^ seed) &* 0xBF58_476D_1CE4_E5B9
    hash ^= hash >> 29
    hash = hash &* 0x94D0_49BB_1331_11EB
    let diagonal: Float = 0.70710678
    return switch hash >> 61 {
    case 0: u
    case 1: -u
    case 2: v
    case 3: -v
    case 4: (u + v) * diagonal
    case 5: (u - v) * diagonal
    case 6: (v - u) * diagonal
    default: (-u - v) * diagonal
    }
  }

  @inline(__always)
  private func fade(_ t: Float) -> Float { t * t * t * (t * (t * 6 - 15) + 10) }
}

@inline(__always)
func blend(_ first: Float, _ second: Float, _ share: Float) -> Float {
  first + (second - first) * share
}

/// 0 below `low`, 1 above `high`, smooth between.
@inline(__always)
func ramp(_ low: Float, _ high: Float, _ value: Float) -> Float {
  let t = min(max((value - low) / (high - low), 0), 1)
  return t * t * (3 - 2 * t)
}
