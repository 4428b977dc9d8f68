import Foundation
import Sections

/// What `eosin convert` says of the file it wrote.
public struct ConversionSummary: Sendable, Codable {
  /// The section's name.
  public let section: String
  /// What was written.
  public let format: ConversionFormat
  /// The file, as the user named it.
  public let output: String
  /// Spots written.
  public let spots: Int
  /// Genes of the section.
  public let genes: Int
  /// The methods whose predictions are in the file, by name.
  public let methods: [String]
  /// The categories in the file, by name.
  public let categories: [String]
  /// What the format cannot hold, one plain sentence each.
  public let notes: [String]

  /// Sums up a conversion that was written.
  public init(
    _ conversion: Conversion, _ format: ConversionFormat, output: String, notes: [String]
  ) {
    let export = conversion.export
    section = export.section.name
    self.format = format
    self.output = output
    spots = export.section.spots.count
    genes = export.section.genes.count
    let chosen = conversion.category.map { [export.categories[$0].annotation.name] } ?? []
    switch format {
    case .h5ad:
      methods = export.predictions.map(\.method)
      categories = export.categories.map(\.annotation.name)
    case .geojson:
      methods = conversion.genes.isEmpty ? [] : export.predictions.map(\.method)
      categories = chosen
    case .loupe:
      methods = []
      categories = chosen
    case .st:
      methods = []
      categories = export.section.labels.map { [$0.name] } ?? []
    }
    self.notes = notes
  }

  /// The same in one line.
  public var text: String {
    var parts = ["\(spots.grouped) spots", "\(genes.grouped) genes"]
    if format == .loupe || format == .geojson { parts.removeLast() }
    if !methods.isEmpty { parts.append(methods.joined(separator: ", ")) }
    if !categories.isEmpty { parts.append(categories.joined(separator: ", ")) }
    return "\(section): \(parts.joined(separator: " · ")) → \(output)"
  }
}
