import Foundation

/// A whole number for each spot, such as its nuclei, from a table with columns `spot` and `nuclei`.
public struct SpotCounts: Sendable, Hashable {
  /// The table's file.
  public let url: URL
  /// The numbers by the spots' names.
  public let counts: [String: Int]

  /// Whether a table's first line has the columns of one; false for what is no plain text.
  ///
  /// - Throws: when the file cannot be read.
  public static func describes(_ url: URL) throws(SectionError) -> Bool {
    let line = try readTextFile(url).prefix { $0 != newline }
    let cells = Set(splitCells(line, separator: line.contains(tab) ? tab : comma))
    return cells.isSuperset(of: ["spot", "nuclei"])
  }

  /// Reads a table, tabs or commas, its columns by name in any order.
  ///
  /// - Throws: naming file and line, for a number that is none or is below 0, and for a spot that is
  ///   there twice.
  public init(reading url: URL) throws(SectionError) {
    let table = try NamedColumns(reading: url)
    let spot = try table.column("spot")
    let number = try table.column("nuclei")
    var counts: [String: Int] = [:]
    for row in table.rows {
      let (name, cell) = (row.cells[spot], row.cells[number])
      guard let value = finiteNumber(cell), let count = Int(exactly: value), count >= 0 else {
        throw SectionError(
          file: url, line: row.line,
          problem:
            "spot \(quoted(name)) has \(quoted(cell)) nuclei, which is no whole number from 0 "
            + "up. Count them again.")
      }
      guard counts.updateValue(count, forKey: name) == nil else {
        throw SectionError(
          file: url, line: row.line,
          problem: "spot \(quoted(name)) is there for the second time. Keep one row of it.")
      }
    }
    self.url = url
    self.counts = counts
  }
}
