import Foundation
import Images

/// A section with what was found out about it, ready to be written for other programs.
public struct SectionExport: Sendable {
  /// Categories of the spots with the colours they are drawn in.
  public struct Categories: Sendable, Hashable {
    /// The categories and where they are; its name is unique among those written.
    public var annotation: Annotation
    /// `0xRRGGBB`, one for each category.
    public var colors: [UInt32]
    /// How they were made, in a sentence; nil where they came with the section.
    public var origin: String?

    /// Takes as many colours as there are categories.
    public init(_ annotation: Annotation, colors: [UInt32], origin: String? = nil) {
      precondition(annotation.categories.count == colors.count)
      self.annotation = annotation
      self.colors = colors
      self.origin = origin
    }
  }

  /// What was measured, and where.
  public var section: Section
  /// What methods say of the section's spots; none of them at denser spots.
  public var predictions: [Prediction]
  /// The pathologist's labels, clusters and whatever else there is.
  public var categories: [Categories]
  /// What observed values are seen under where they are written normalized, and how.
  public var expression: NormalizedExpression
  /// The distance between neighbouring spots in pixels of the image.
  public var pitch: Double
  /// The whole image, small.
  public var picture: RGBImage?
  /// The version of the program that writes.
  public var version: String

  /// Takes a section alone; the rest is set one by one.
  public init(
    _ section: Section, expression: NormalizedExpression, pitch: Double, version: String
  ) {
    self.section = section
    self.expression = expression
    self.pitch = pitch
    self.version = version
    predictions = []
    categories = []
  }

  /// A spot's diameter in pixels of the image: what the files say, else half the pitch, as on arrays
  /// of 100 µm spots 200 µm apart.
  public var spotDiameter: Double {
    section.spotDiameter.map { $0 * section.placement.scale } ?? pitch / 2
  }

  /// Why positions cannot be written; nil where they can.
  func missingPositions(for what: String) -> SectionError? {
    section.missingPositions.map {
      SectionError(subject: "section \(section.name)", problem: "\($0) \(what)")
    }
  }
}

extension SectionExport.Categories {
  /// The same without categories that no spot has, those of one name made one.
  public var settled: SectionExport.Categories {
    var names: [String] = []
    var colors: [UInt32] = []
    var place: [Int: Int] = [:]
    let used = Set(annotation.categoryOfSpot.compactMap(\.self))
    for (category, name) in annotation.categories.enumerated() where used.contains(category) {
      if let first = names.firstIndex(of: name) {
        place[category] = first
      } else {
        place[category] = names.count
        names.append(name)
        colors.append(self.colors[category])
      }
    }
    let settled = Annotation(
      name: annotation.name, categories: names,
      categoryOfSpot: annotation.categoryOfSpot.map { $0.flatMap { place[$0] } })
    return SectionExport.Categories(settled, colors: colors, origin: origin)
  }
}

extension SectionExport {
  /// The table that Loupe Browser imports: `Barcode` and the categories' name; spots without one are
  /// left out.
  public func loupeCSV(ofCategory category: Int) -> String {
    let part = categories[category]
    let table = ClusterTable(
      of: section, clusters: part.annotation.categoryOfSpot,
      names: Dictionary(
        uniqueKeysWithValues: part.annotation.categories.enumerated().map { ($0, $1) }))
    let name = part.annotation.name
    return table.loupeCSV(
      category: part.origin == nil ? name : "Eosin \(name) \(section.name)")
  }
}
