import Foundation

// The columns, which version 1 writes in this order without naming them.
private let columnNames = [
  "barcode", "in_tissue", "array_row", "array_col", "pxl_row_in_fullres", "pxl_col_in_fullres",
]

/// Where each barcode lies: Space Ranger's `tissue_positions.csv`, `tissue_positions_list.csv` or
/// `tissue_positions.parquet`.
struct TissuePositions {
  /// Barcodes on tissue, with `x` and `y` in pixels of the full image.
  var spots: [Spot] = []
  /// For each of ``spots`` its line in the file, from 1; none in Parquet.
  var lines: [Int] = []
  /// The barcodes that are marked as not on tissue.
  var offTissue: [String] = []
  /// The rows left out because a coordinate is missing, no number, or absurd.
  var badPositions = 0
  var lineOfFirstBadPosition: Int?

  /// Reads a table, plain or gzipped, or Parquet; which of them shows in the first bytes, and
  /// whether the columns are named in the first line's second cell.
  init(reading url: URL) throws(SectionError) {
    let bytes = try readFileBytes(url)
    if bytes.starts(with: Array("PAR1".utf8)) {
      try self.init(try ParquetTable(parsing: bytes, of: url))
      return
    }
    let table = try NamedColumns(parsing: try readTextFile(url), of: url) { first in
      first.count == columnNames.count && Double(first[1]) != nil ? columnNames : nil
    }
    try self.init(table)
  }

  private init(_ table: NamedColumns) throws(SectionError) {
    var columns: [Int] = []
    for name in columnNames { columns.append(try table.column(name)) }
    for record in table.rows {
      let barcode = record.cells[columns[0]]
      if finiteNumber(record.cells[columns[1]]) == 0 {
        offTissue.append(barcode)
      } else {
        add(
          barcode, at: columns[2...].map { finiteNumber(record.cells[$0]) ?? .nan },
          line: record.line)
      }
    }
  }

  private init(_ table: ParquetTable) throws(SectionError) {
    let barcodes = try table.texts(columnNames[0])
    var columns: [[Double]] = []
    for name in columnNames.dropFirst() { columns.append(try table.numbers(name)) }
    for (row, barcode) in barcodes.enumerated() {
      if columns[0][row] == 0 {
        offTissue.append(barcode)
      } else {
        add(barcode, at: columns[1...].map { $0[row] }, line: nil)
      }
    }
  }

  /// - Parameter numbers: array row and column, then pixel row and column.
  private mutating func add(_ barcode: String, at numbers: [Double], line: Int?) {
    guard !barcode.isEmpty, let place = GridPosition(x: numbers[1], y: numbers[0]),
      abs(numbers[2]) <= SpotSelection.greatestPixel,
      abs(numbers[3]) <= SpotSelection.greatestPixel
    else {
      badPositions += 1
      lineOfFirstBadPosition = lineOfFirstBadPosition ?? line
      return
    }
    spots.append(
      Spot(id: barcode, column: place.column, row: place.row, x: numbers[3], y: numbers[2]))
    if let line { lines.append(line) }
  }

  /// For each barcode of the counts the index of its spot, or nil.
  ///
  /// Barcodes join as they are. Where none does, they join without the suffix that tells
  /// libraries apart, as in `AAACAAGTATCTCCCA-1`, as long as that leaves them different.
  /// - Throws: when two rows are of one barcode.
  func indices(of barcodes: [String], in url: URL) throws(SectionError) -> [Int?] {
    var indices = try match(barcodes, named: { $0 }, in: url)
    if indices.allSatisfy({ $0 == nil }) {
      let stems = barcodes.map(stem)
      if Set(stems).count == stems.count { indices = try match(stems, named: stem, in: url) }
    }
    return indices
  }

  private func match(
    _ names: [String], named name: (String) -> String, in url: URL
  ) throws(SectionError) -> [Int?] {
    var indexOfName: [String: Int] = [:]
    indexOfName.reserveCapacity(spots.count)
    for (index, spot) in spots.enumerated() {
      guard let first = indexOfName.updateValue(index, forKey: name(spot.id)) else { continue }
      throw SectionError(
        file: url, line: lines.isEmpty ? nil : lines[index],
        problem: "barcode '\(spot.id)' has a position here and before"
          + "\(lines.isEmpty ? "" : " on line \(lines[first])"). Remove one of the two.")
    }
    return names.map { indexOfName[$0] }
  }
}

/// A barcode without a hyphen and digits at its end.
private func stem(_ barcode: String) -> String {
  guard let hyphen = barcode.lastIndex(of: "-"),
    barcode[hyphen...].dropFirst().allSatisfy({ $0.isASCII && $0.isNumber })
  else { return barcode }
  return String(barcode[..<hyphen])
}
