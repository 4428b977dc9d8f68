import Foundation

/// Which spots of an array lie on tissue, and where: the legacy ST selection table.
///
/// Columns by name, in any order: `x` and `y` the array position, `pixel_x` and `pixel_y` the
/// centre in the full image; `selected`, where it is there, must not be 0.
struct SpotSelection {
  struct Entry {
    var position: GridPosition
    var x: Double
    var y: Double
    var line: Int
  }

  /// The selected spots with a usable position, in the file's order.
  var entries: [Entry] = []
  /// The rows left out because a coordinate is missing, no number, or absurd.
  var badPositions = 0
  var lineOfFirstBadPosition: Int?
  /// The rows whose `selected` is 0.
  var unselected = 0

  /// No slide is a hundred thousand microns on a side at ten pixels a micron.
  static let greatestPixel = 10_000_000.0

  init(reading url: URL) throws(SectionError) {
    try self.init(try NamedColumns(reading: url))
  }

  init(_ table: NamedColumns) throws(SectionError) {
    let column = try table.column("x")
    let row = try table.column("y")
    let pixelX = try table.column("pixel_x")
    let pixelY = try table.column("pixel_y")
    let selected = table.optionalColumn("selected")
    var lineOfPosition: [GridPosition: Int] = [:]
    for record in table.rows {
      let cells = record.cells
      if let selected, finiteNumber(cells[selected]) == 0 {
        unselected += 1
        continue
      }
      guard let gridX = finiteNumber(cells[column]), let gridY = finiteNumber(cells[row]),
        let position = GridPosition(x: gridX, y: gridY),
        let x = finiteNumber(cells[pixelX]), let y = finiteNumber(cells[pixelY]),
        abs(x) <= Self.greatestPixel, abs(y) <= Self.greatestPixel
      else {
        badPositions += 1
        lineOfFirstBadPosition = lineOfFirstBadPosition ?? record.line
        continue
      }
      if let first = lineOfPosition.updateValue(record.line, forKey: position) {
        throw SectionError(
          file: table.url, line: record.line,
          problem: "spot \(position.name) is selected twice, first on line \(first). "
            + "Remove one of the two.")
      }
      entries.append(Entry(position: position, x: x, y: y, line: record.line))
    }
  }
}
