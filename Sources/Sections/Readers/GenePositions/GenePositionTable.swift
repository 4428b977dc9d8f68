import Foundation

private let names: [(meaning: String, columns: Set<String>)] = [
  ("gene", ["gene", "gene_name", "gene_symbol", "symbol", "name"]),
  ("chromosome", ["chromosome", "chr", "chrom", "seqname", "seqnames"]),
  ("start", ["start", "gene_start", "chromstart"]),
  ("end", ["end", "stop", "gene_end", "chromend"]),
]

/// Positions of genes in a table with tabs or commas: gene, chromosome, start and end.
///
/// With a header the columns may be in any order and others beside them; without one the first four
/// are taken in this order, as inferCNV's gene order file has them.
struct GenePositionTable {
  let positions: [GenePosition]
  let notes: [String]

  init(parsing text: [UInt8], of url: URL) throws(SectionError) {
    let table = try NamedColumns(parsing: text, of: url) { cells in
      guard cells.count >= 4, Int(cells[2]) != nil, Int(cells[3]) != nil else { return nil }
      return ["gene", "chromosome", "start", "end"]
        + cells.indices.dropFirst(4).map { "column \($0 + 1)" }
    }
    var places: [Int] = []
    for (meaning, columns) in names {
      guard let place = table.header.firstIndex(where: { columns.contains($0.lowercased()) }) else {
        throw SectionError(
          file: url, line: 1,
          problem: "has no column for the \(meaning); its columns are "
            + "\(listed(table.header, showing: 12)). Name the columns gene, chromosome, start and "
            + "end.")
      }
      places.append(place)
    }
    var found = FirstPositions()
    for row in table.rows {
      let cells = places.map { row.cells[$0] }
      guard !cells[0].isEmpty else {
        throw SectionError(
          file: url, line: row.line, problem: "has no gene. Write its symbol, or remove the line.")
      }
      found.add(
        try genePosition(
          gene: cells[0], chromosome: cells[1], start: cells[2], end: cells[3], line: row.line,
          of: url))
    }
    guard !found.positions.isEmpty else {
      throw SectionError(
        file: url, problem: "has a header but no genes below it. Write a gene a line.")
    }
    positions = found.positions
    notes = found.notes
  }
}
