import Foundation

/// Takes a pixel's colour apart into the haematoxylin and eosin that made it.
///
/// The optical density `−ln((value + 1) / 256)` of red, green and blue is taken to be
/// `h · haematoxylin + e · eosin + r · residual`, and solved for `h` and `e`; the residual is at
/// right angles to both stains. Unitless; 0 for white, and less than 0 where a colour lies beyond
/// the stains.
///
/// Source: Ruifrok and Johnston, "Quantification of histochemical staining by color deconvolution",
/// Analytical and Quantitative Cytology and Histology 2001, with the vectors widely used for it.
struct StainDeconvolution: Sendable {
  static let haematoxylin = SIMD3(0.644211, 0.716556, 0.266844)
  static let eosin = SIMD3(0.092789, 0.954111, 0.283111)

  /// What each value of red, green and blue adds to haematoxylin and eosin, 256 for each channel.
  private let shares: [SIMD2<Float>]

  /// - Parameters:
  ///   - haematoxylin: the stain's colour as density of red, green and blue; only its direction
  ///     counts.
  ///   - eosin: the same of eosin; another direction.
  init(haematoxylin: SIMD3<Double> = Self.haematoxylin, eosin: SIMD3<Double> = Self.eosin) {
    let first = unit(haematoxylin)
    let second = unit(eosin)
    let residual = unit(cross(first, second))
    let volume = (first * cross(second, residual)).sum()
    precondition(volume > 0, "two stains of one colour cannot be told apart")
    let ofFirst = cross(second, residual) / volume
    let ofSecond = cross(residual, first) / volume
    shares = (0..<3).flatMap { channel in
      (0..<256).map { value in
        let density = -log(Double(value + 1) / 256)
        return SIMD2(Float(ofFirst[channel] * density), Float(ofSecond[channel] * density))
      }
    }
  }

  /// Haematoxylin and eosin of a colour.
  func callAsFunction(red: UInt8, green: UInt8, blue: UInt8) -> SIMD2<Float> {
    shares[Int(red)] + shares[256 + Int(green)] + shares[512 + Int(blue)]
  }

  /// Haematoxylin and eosin of a row of pixels, red, green and blue in turn, written from `start`.
  func stains(
    of pixels: Span<UInt8>, into target: inout MutableSpan<SIMD2<Float>>, from start: Int
  ) {
    let shares = shares.span
    for place in 0..<pixels.count / 3 {
      target[start &+ place] =
        shares[Int(pixels[place * 3])] + shares[256 + Int(pixels[place * 3 + 1])]
        + shares[512 + Int(pixels[place * 3 + 2])]
    }
  }
}

private func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
  SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

private func unit(_ a: SIMD3<Double>) -> SIMD3<Double> { a / (a * a).sum().squareRoot() }
