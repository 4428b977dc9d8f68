import Drawing
import Images
import Sections

/// Spots that would lie on the tissue much better if they were turned over.
///
/// Tissue is darker than glass: the mean darkness of the image under the spots, 255 less the least of
/// red, green and blue, is compared over the eight orientations at the scale in use. A spot beside
/// the image counts as glass. Doubt is raised where another orientation is a quarter darker, and by
/// ten levels at least; a section that fills its array gives no hint.
public struct PlacementDoubt: Sendable, Hashable {
  /// How the spots would have to lie.
  public let better: SpotOrientation
  /// Mean darkness under the spots as they lie, 0...255.
  public let darkness: Double
  /// Mean darkness under the spots if they lay so.
  public let betterDarkness: Double

  /// Looks at a small picture of the whole image; nil where the spots lie as well as any other way.
  public init?(about section: LoadedSection, on picture: ImagePyramid) {
    let section = section.section
    guard let image = section.image, !section.spots.isEmpty else { return nil }
    let spots = section.positionsInFile
    let level = picture.level(forScale: Double(max(image.width, image.height)) / 512)
    func underSpots(_ orientation: SpotOrientation) -> Double {
      var placement = section.placement
      placement.orientation = orientation
      let sum = spots.reduce(0) { sum, spot in
        let place = placement.onImage(
          x: spot.x, y: spot.y, width: Double(image.width), height: Double(image.height))
        guard let color = picture.color(x: place.x, y: place.y, level: level) else { return sum }
        return sum + 255 - Int(min(color.red, color.green, color.blue))
      }
      return Double(sum) / Double(spots.count)
    }
    let current = underSpots(section.placement.orientation)
    let others = SpotOrientation.allCases.map { ($0, underSpots($0)) }
    guard let best = others.max(by: { $0.1 < $1.1 }), best.1 > 1.25 * current,
      best.1 > current + 10
    else { return nil }
    (better, darkness, betterDarkness) = (best.0, current, best.1)
  }

  /// What is doubtful, and what would help.
  ///
  /// - Parameter keys: the keys that would, where there are any.
  public func sentence(with keys: String? = nil) -> String {
    "Spots would lie on darker tissue "
      + (better == .asRead ? "as they were read " : "with \(better.options) ")
      + "(\(Int(betterDarkness)) instead of \(Int(darkness)) of 255)"
      + (keys.map { ": \($0)." } ?? ".")
  }
}

extension Workbench {
  /// Reads a small picture of a section's image; says what is wrong with it, or that spots would lie
  /// on it better in another way.
  public func remark(onImageOf section: LoadedSection) -> String? {
    guard let image = section.section.image else { return nil }
    do {
      let picture = try picture(of: image)
      guard section.section.missingPositions == nil else { return nil }
      return PlacementDoubt(about: section, on: picture)?.sentence()
    } catch { return "The image cannot be shown: \(error.description)" }
  }
}
