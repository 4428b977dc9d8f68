import Foundation

private let columnCount = 9
private let featureColumn = 2

/// The `gene` lines of a GTF annotation.
///
/// Columns: chromosome, source, feature, start, end, score, strand, frame, attributes; lines that
/// begin with `#` are comments. A gene is called by its `gene_name`, or its `gene_id` without the
/// version where it has no name. Lines of other features are passed over unread.
struct GTFGenes {
  let positions: [GenePosition]
  let notes: [String]

  /// Whether a text's first line that is no comment has a GTF's columns.
  static func recognizes(_ text: [UInt8]) -> Bool {
    var rest = text[...]
    while let first = rest.first {
      let line = rest.prefix { $0 != newline }
      if first != UInt8(ascii: "#"), !line.allSatisfy({ $0 == carriageReturn || $0 == 32 }) {
        return line.count { $0 == tab } == columnCount - 1
      }
      rest = rest.dropFirst(line.count + 1)
    }
    return false
  }

  init(parsing text: [UInt8], of url: URL) throws(SectionError) {
    var found = FirstPositions()
    var line = 0
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: newline) ?? text.count
      line += 1
      defer { start = end + 1 }
      guard let cells = Self.geneCells(text[start..<end]) else { continue }
      found.add(try Self.position(cells, line: line, of: url))
    }
    guard !found.positions.isEmpty else {
      throw SectionError(
        file: url,
        problem:
          "has no lines of the feature 'gene'. Give an annotation by Ensembl or GENCODE, or a "
          + "table of gene, chromosome, start and end.")
    }
    positions = found.positions
    notes = found.notes
  }

  /// The columns of a line that is a gene's; nil for others, most of which are told early.
  private static func geneCells(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
    guard line.first != UInt8(ascii: "#") else { return nil }
    var rest = line
    for _ in 0..<featureColumn {
      guard let end = rest.firstIndex(of: tab) else { return nil }
      rest = rest[(end + 1)...]
    }
    guard rest.prefix(while: { $0 != tab }).elementsEqual("gene".utf8) else { return nil }
    return line.split(
      separator: tab, maxSplits: columnCount - 1, omittingEmptySubsequences: false)
  }

  private static func position(
    _ cells: [ArraySlice<UInt8>], line: Int, of url: URL
  ) throws(SectionError) -> GenePosition {
    guard cells.count == columnCount else {
      throw SectionError(
        file: url, line: line,
        problem: "has \(counted(cells.count, "column")) where a GTF file has \(columnCount). "
          + "Download it again.")
    }
    let attributes = String(decoding: cells[8], as: UTF8.self)
    let identifier = value(of: "gene_id", in: attributes).map { $0.prefix { $0 != "." } }
    guard let gene = value(of: "gene_name", in: attributes) ?? identifier.map(String.init),
      !gene.isEmpty
    else {
      throw SectionError(
        file: url, line: line,
        problem: "the gene has neither gene_name nor gene_id. Give an annotation by Ensembl or "
          + "GENCODE.")
    }
    return try genePosition(
      gene: gene, chromosome: cellText(cells[0]), start: cellText(cells[3]),
      end: cellText(cells[4]), line: line, of: url)
  }

  /// The value of `key "value";`, with or without quotes.
  private static func value(of key: String, in attributes: String) -> String? {
    for part in attributes.split(separator: ";") {
      let words = part.split(separator: " ", maxSplits: 1)
      guard words.count == 2, words[0] == key else { continue }
      let value = words[1].trimmingCharacters(in: CharacterSet(charactersIn: "\" \r"))
      return value.isEmpty ? nil : value
    }
    return nil
  }
}

/// A position out of cells of text.
///
/// - Throws: for a chromosome without a name, or a start or end that is no base.
func genePosition(
  gene: String, chromosome: String, start: String, end: String, line: Int, of url: URL
) throws(SectionError) -> GenePosition {
  guard !chromosome.isEmpty else {
    throw SectionError(
      file: url, line: line,
      problem: "gene \(quoted(gene)) has no chromosome. Write one, such as chr17.")
  }
  guard let first = Int(start), let last = Int(end), first >= 0, last >= first else {
    throw SectionError(
      file: url, line: line,
      problem:
        "gene \(quoted(gene)) reaches from \(quoted(start)) to \(quoted(end)). Give the first "
        + "and the last base in whole numbers, the smaller one first.")
  }
  return GenePosition(gene: gene, chromosome: chromosome, start: first, end: last)
}
