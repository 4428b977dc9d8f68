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
  try readRows(url).map { cells in
    Feature(
      id: cells[0], name: cells.count > 1 ? cells[1] : cells[0],
      type: cells.count > 2 ? cells[2] : "")
  }
}

/// Reads `barcodes.tsv`: a barcode in the first column of each line.
func readBarcodes(_ url: URL) throws(SectionError) -> [String] {
  let barcodes = try readRows(url).map { $0[0] }
  try refuseRepeatedSpots(barcodes, lines: Array(1...max(1, barcodes.count)), of: url)
  return barcodes
}

/// The cells of each line, between tabs; an empty last line is none.
private func readRows(_ url: URL) throws(SectionError) -> [[String]] {
  var text = try readTextFile(url)[...]
  while text.last == newline || text.last == carriageReturn { text.removeLast() }
  guard !text.isEmpty else {
    throw SectionError(file: url, problem: "is empty. Copy it again.")
  }
  return text.split(separator: newline, omittingEmptySubsequences: false)
    .map { splitCells($0, separator: tab) }
}
