import Foundation

/// What a row of a matrix stands for.
struct Feature: Hashable, Sendable {
  /// The identifier, such as `ENSG00000141510`.
  var id: String
  /// The symbol, such as `TP53`; may be empty.
  var name: String
  /// What was counted, such as `Gene Expression`; empty where the file is older than the question.
  var type: String

  /// The type of the features that are genes.
  static let gene = "Gene Expression"
}

/// Reads `features.tsv` or `genes.tsv`: identifier, symbol and type in columns without a header;
/// the type, or all but one column, may be missing.
func readFeatures(_ url: URL) throws(SectionError) -> [Feature] {
  try readRows(url, cells: 3).map { cells in
    Feature(
      id: cells[0], name: cells.count > 1 ? cells[1] : cells[0],
      type: cells.count > 2 ? cells[2] : "")
  }
}

/// Reads `barcodes.tsv`: a barcode in the first column of each line.
func readBarcodes(_ url: URL) throws(SectionError) -> [String] {
  let barcodes = try readRows(url, cells: 1).map { $0[0] }
  try refuseRepeatedSpots(barcodes, lines: Array(1...max(1, barcodes.count)), of: url)
  return barcodes
}

/// The first cells of each line, between tabs; an empty last line is none.
private func readRows(_ url: URL, cells most: Int) throws(SectionError) -> [[String]] {
  var text = try readTextFile(url)[...]
  while text.last == newline || text.last == carriageReturn { text.removeLast() }
  guard !text.isEmpty else {
    throw SectionError(file: url, problem: "is empty. Copy it again.")
  }
  var rows: [[String]] = []
  text.withUnsafeBufferPointer { bytes in
    var cells: [String] = []
    var start = 0
    for index in 0...bytes.count {
      let isEnd = index == bytes.count || bytes[index] == newline
      guard isEnd || bytes[index] == tab else { continue }
      if cells.count < most { cells.append(plainCell(bytes[start..<index])) }
      start = index + 1
      guard isEnd else { continue }
      rows.append(cells)
      cells.removeAll(keepingCapacity: true)
    }
  }
  return rows
}

/// A cell's text; with care where there may be something around it.
private func plainCell(_ cell: Slice<UnsafeBufferPointer<UInt8>>) -> String {
  guard let first = cell.first, let last = cell.last else { return "" }
  guard first > 34, last > 34 else { return cellText(Array(cell)[...]) }
  return String(decoding: UnsafeBufferPointer(rebasing: cell), as: UTF8.self)
}
