import Foundation

/// Clusters of a section's spots as a table: one row a spot, whether it has a cluster or not.
public struct ClusterTable: Sendable, Hashable {
  /// One spot's row.
  public struct Row: Sendable, Hashable {
    /// The spot's name, place on the array and centre in pixels.
    public var spot: Spot
    /// The cluster's number, or nil where the spot has none.
    public var cluster: Int?
    /// The cluster's name, empty where nobody named it.
    public var name: String
    /// The pathologist's label, or nil where the spot has none.
    public var label: String?

    /// Makes a row of its parts.
    public init(spot: Spot, cluster: Int?, name: String, label: String?) {
      self.spot = spot
      self.cluster = cluster
      self.name = name
      self.label = label
    }
  }

  /// The rows, in the section's spot order.
  public var rows: [Row]

  private static let columns = [
    "spot", "array_column", "array_row", "pixel_x", "pixel_y", "cluster", "name", "label",
  ]

  /// - Parameters:
  ///   - clusters: for each spot its cluster's number, or nil.
  ///   - names: the names given to clusters, by number.
  public init(of section: Section, clusters: [Int?], names: [Int: String] = [:]) {
    precondition(
      clusters.count == section.spots.count,
      "\(clusters.count) clusters for \(section.spots.count) spots")
    rows = section.spots.indices.map { spot in
      Row(
        spot: section.spots[spot], cluster: clusters[spot],
        name: clusters[spot].flatMap { names[$0] } ?? "",
        label: section.labels?.label(ofSpot: spot))
    }
  }

  /// The table as RFC 4180 text, lines ending in LF, with a header.
  ///
  /// Columns: `spot, array_column, array_row, pixel_x, pixel_y, cluster, name, label`.
  public var csv: String {
    let lines = rows.map { row in
      let cluster = row.cluster.map { String($0) } ?? ""
      return csvLine([
        row.spot.id, "\(row.spot.column)", "\(row.spot.row)", "\(row.spot.x)", "\(row.spot.y)",
        cluster, row.name, row.label ?? "",
      ])
    }
    return csvLine(Self.columns) + lines.joined()
  }

  /// The two columns that Loupe Browser imports as a category: `Barcode` and the category's name.
  ///
  /// Spots without a cluster are left out. A cluster without a name is `Cluster` and its number.
  public func loupeCSV(category: String) -> String {
    let lines = rows.compactMap { row in
      row.cluster.map { cluster in
        csvLine([row.spot.id, row.name.isEmpty ? "Cluster \(cluster)" : row.name])
      }
    }
    return csvLine(["Barcode", category]) + lines.joined()
  }

  /// Reads a table that `csv` made, its columns in any order.
  ///
  /// - Throws: the line where a column is missing or a cell is no number.
  public init(reading url: URL) throws(SectionError) {
    let table = try NamedColumns(reading: url)
    var places: [Int] = []
    for column in Self.columns { places.append(try table.column(column)) }
    rows = []
    for record in table.rows {
      let cells = places.map { record.cells[$0] }
      guard let column = Int(cells[1]), let row = Int(cells[2]), let x = finiteNumber(cells[3]),
        let y = finiteNumber(cells[4])
      else {
        throw SectionError(
          file: url, line: record.line,
          problem: "spot '\(cells[0])' has a position that is no number. Export the table again.")
      }
      let cluster = Int(cells[5])
      guard cluster != nil || cells[5].isEmpty else {
        throw SectionError(
          file: url, line: record.line,
          problem: "cluster '\(cells[5])' is not a whole number. Export the table again.")
      }
      rows.append(
        Row(
          spot: Spot(id: cells[0], column: column, row: row, x: x, y: y), cluster: cluster,
          name: cells[6], label: cells[7].isEmpty ? nil : cells[7]))
    }
  }
}

/// Cells joined by commas, in quotes where they hold a comma, a quote, a line end or outer spaces.
private func csvLine(_ cells: [String]) -> String {
  let quoted = cells.map { cell in
    let isPlain =
      !cell.contains { $0 == "," || $0 == "\"" || $0.isNewline } && cell.first != " "
      && cell.last != " "
    return isPlain ? cell : "\"\(cell.replacingOccurrences(of: "\"", with: "\"\""))\""
  }
  return quoted.joined(separator: ",") + "\n"
}
