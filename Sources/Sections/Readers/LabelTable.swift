import Foundation

/// A pathologist's labels by array position: columns `x`, `y` and `label`, by name in any order.
struct LabelTable {
  /// The label at each position; `x` and `y` are rounded half to even.
  var labels: [GridPosition: String] = [:]
  /// The rows left out because their coordinates are no numbers, such as `NA`.
  var badPositions = 0
  var lineOfFirstBadPosition: Int?

  init(reading url: URL) throws(SectionError) {
    try self.init(try NamedColumns(reading: url))
  }

  init(_ table: NamedColumns) throws(SectionError) {
    let column = try table.column("x")
    let row = try table.column("y")
    let label = try table.column("label")
    for record in table.rows {
      let cells = record.cells
      guard let x = finiteNumber(cells[column]), let y = finiteNumber(cells[row]),
        let position = GridPosition(x: x, y: y)
      else {
        badPositions += 1
        lineOfFirstBadPosition = lineOfFirstBadPosition ?? record.line
        continue
      }
      let name = cells[label]
      guard !name.isEmpty, name != "NA" else { continue }
      if let other = labels.updateValue(name, forKey: position), other != name {
        throw SectionError(
          file: table.url, line: record.line,
          problem:
            "spot \(position.name) is labelled \(quoted(name)) here and \(quoted(other)) before. "
            + "Keep one of the two.")
      }
    }
  }
}
