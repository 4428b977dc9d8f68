import Foundation
import Images

/// What one slide of the sample cohort looks like.
struct SlideLook: Sendable {
  /// The share of the tissue that is cancer, 0...1.
  var cancer: Double
  /// How far the cancer has lost its order, 0...1: darker, with more nuclei.
  var grade: Double
  /// How many lymphocytes lie along the cancer's border, 0...1.
  var immunity: Double
}

/// One slide of the sample cohort as a scanner's overview shows it: a pixel is about 70 micrometres
/// wide, so that nuclei are seen as a density alone.
struct CohortSlide: Sendable {
  static let width = 256
  static let height = 320

  let look: SlideLook
  let seed: UInt64

  func image(stainedWith stain: Stain) -> RGBImage {
    let side = Self.height
    var planes = DyePlanes(side: side)
    let outline = Noise(seed: seed, stream: 81)
    let nests = Noise(seed: seed, stream: 82)
    let fibres = Noise(seed: seed, stream: 83)
    let level = Self.level(ofShare: look.cancer)
    var generator = SeededGenerator(seed: seed, stream: 84)
    for row in 0..<side {
      for column in 0..<side {
        let (x, y) = (Float(column), Float(row))
        let grain = Float(generator.uniform(0.7...1.3))
        guard isTissue(x, y, outline) else { continue }
        let index = row * side + column
        let depth = nests.rough(x / 85, y / 85) - level
        let cancer = ramp(-0.06, 0.06, depth)
        // Lymphocytes gather within a few pixels of the border.
        let border = 1 - ramp(0.03, 0.14, abs(depth))
        let immune = border * Float(look.immunity) * ramp(-0.3, 0.3, fibres(x / 12, y / 12))
        let fibre = fibres(x / 5, y / 38) + 0.5 * fibres(x / 17, y / 9)
        let nuclei = blend(0.28, 1.0, Float(look.grade)) * grain
        planes.haematoxylin[index] = blend(0.10, nuclei, cancer) + 0.9 * immune * grain
        planes.eosin[index] = blend(0.48 + 0.16 * fibre, 0.36, cancer) * (1 - 0.6 * immune)
      }
    }
    return Self.cropped(planes.image(stainedWith: stain, seed: seed))
  }

  /// A bent ellipse with a margin of glass.
  private func isTissue(_ x: Float, _ y: Float, _ outline: Noise) -> Bool {
    let side = Float(Self.height)
    let (dx, dy) = ((x - side / 2) / 112, (y - side / 2) / 140)
    let distance = (dx * dx + dy * dy).squareRoot()
    return distance < 0.92 + 0.12 * outline(x / 70, y / 70) + 0.03 * outline(x / 11, y / 11)
  }

  /// What the noise of the nests is above in about such a share of the tissue.
  private static func level(ofShare share: Double) -> Float { Float(0.55 * (1 - 2 * share)) }

  /// The middle columns of a square.
  private static func cropped(_ image: RGBImage) -> RGBImage {
    let left = (image.width - width) / 2
    var cropped = RGBImage(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width { cropped[x, y] = image[x + left, y] }
    }
    return cropped
  }
}
