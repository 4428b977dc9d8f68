import Models
import Sections

/// One row of `eosin model list`.
public struct CatalogRow: Sendable, Codable {
  /// What commands call the model.
  public let name: String
  /// Other names that commands understand.
  public let aliases: [String]
  /// What people call it.
  public let title: String
  /// What it is made of.
  public let summary: String
  /// Where it was published.
  public let source: String

  /// The whole catalog, in its order.
  public static let all = modelCatalog.map {
    CatalogRow(
      name: $0.name, aliases: $0.aliases, title: $0.title, summary: $0.summary, source: $0.source)
  }

  /// The rows as text, two lines each.
  public static func text(of rows: [CatalogRow]) -> String {
    let width = rows.map(\.name.columns).max() ?? 0
    return rows.map { row in
      let also = row.aliases.isEmpty ? "" : " (also \(row.aliases.joined(separator: ", ")))"
      return "\(row.name.fitted(to: width))  \(row.title)\(also): \(row.summary)\n"
        + "\("".fitted(to: width))  \(row.source)"
    }.joined(separator: "\n")
  }
}
