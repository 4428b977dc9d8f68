import Foundation
import Images

/// How much light two dyes take away, by colour.
///
/// `color = light · e^−(haematoxylin · h + eosin · e)`, the law of Beer and Lambert, as in Ruifrok
/// and Johnston, "Quantification of histochemical staining by color deconvolution" (2001). The
/// vectors are near theirs, chosen by eye.
struct Stain: Sendable {
  var haematoxylin: SIMD3<Float>
  var eosin: SIMD3<Float>
  /// The light of an empty place, red, green and blue.
  var light: SIMD3<Float>

  static let usual = Stain(
    haematoxylin: [0.80, 0.86, 0.44], eosin: [0.16, 0.86, 0.42], light: [243, 241, 243])
  static let pale = Stain(
    haematoxylin: [0.70, 0.80, 0.36], eosin: [0.09, 0.74, 0.40], light: [245, 242, 242])
  static let violet = Stain(
    haematoxylin: [0.86, 0.84, 0.36], eosin: [0.24, 0.86, 0.36], light: [240, 238, 242])
}

/// The densities of both dyes over the section, row by row.
struct DyePlanes: Sendable {
  let side: Int
  var haematoxylin: [Float]
  var eosin: [Float]

  init(side: Int) {
    self.side = side
    haematoxylin = Array(repeating: 0, count: side * side)
    eosin = haematoxylin
  }

  /// Blurs a little, as a lens does, and turns densities into colours with a trace of noise.
  func image(stainedWith stain: Stain, seed: UInt64) -> RGBImage {
    let h = Self.blurred(haematoxylin, side)
    let e = Self.blurred(eosin, side)
    var generator = SeededGenerator(seed: seed, stream: 7)
    let lamp = Noise(seed: seed, stream: 8)
    var image = RGBImage(width: side, height: side)
    var pixels = image.pixels
    for row in 0..<side {
      for column in 0..<side {
        let index = row * side + column
        let light = stain.light * (1 + 0.008 * lamp(Float(column) / 700, Float(row) / 700))
        let density = stain.haematoxylin * h[index] + stain.eosin * e[index]
        let bits = generator.next()
        let noise = Float(bits & 0xFF) / 255 + Float(bits >> 8 & 0xFF) / 255 - 1
        for channel in 0..<3 {
          let value = light[channel] * exp(-density[channel]) + noise * 1.6
          pixels[index * 3 + channel] = UInt8(min(max(value, 0), 255))
        }
      }
    }
    image.pixels = pixels
    return image
  }

  /// Weights 1, 2, 1 along rows and columns.
  private static func blurred(_ plane: [Float], _ side: Int) -> [Float] {
    var across = plane
    for row in 0..<side {
      for column in 1..<side - 1 {
        let index = row * side + column
        across[index] = (plane[index - 1] + 2 * plane[index] + plane[index + 1]) / 4
      }
    }
    var both = across
    for row in 1..<side - 1 {
      for column in 0..<side {
        let index = row * side + column
        both[index] = (across[index - side] + 2 * across[index] + across[index + side]) / 4
      }
    }
    return both
  }
}
