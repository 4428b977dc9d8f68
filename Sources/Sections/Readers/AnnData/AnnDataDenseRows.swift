import Foundation
import HDF5

/// A dense matrix, read in blocks of whole rows, so that no more than a block of it is held unless
/// all of it is small.
struct AnnDataDenseRows {
  private let dataset: HDF5Dataset
  private let path: String
  let spotCount: Int
  let geneCount: Int
  private let file: URL
  /// Rows of a block: as many as make 16 MB, and whole chunks.
  private let rowsAtOnce: Int
  /// All values, where they are few enough to be read once and gone through twice.
  private let held: [Float]?

  init(
    _ dataset: HDF5Dataset, path: String, spotCount: Int, geneCount: Int, file: URL
  ) throws(SectionError) {
    self.dataset = dataset
    self.path = path
    self.spotCount = spotCount
    self.geneCount = geneCount
    self.file = file
    let chunkRows = max(1, min(dataset.chunk?.first ?? 1, spotCount))
    rowsAtOnce = max(1, (1 << 22) / max(1, geneCount) / chunkRows) * chunkRows
    let isSmall = dataset.count <= 1 << 23
    held = isSmall ? try inHDF5 { () throws(HDF5Error) in try dataset.read() } : nil
  }

  /// Calls `body` with blocks of rows, in their order, and their values row by row.
  func forEachBlock(
    _ body: (Range<Int>, [Float]) throws(SectionError) -> Void
  ) throws(SectionError) {
    if let held { return try body(0..<spotCount, held) }
    for start in stride(from: 0, to: spotCount, by: rowsAtOnce) {
      let rows = start..<min(start + rowsAtOnce, spotCount)
      // A matrix of one spot may be a single row of genes.
      let isRow = dataset.shape.count == 1 && spotCount == 1
      let values = try inHDF5 { () throws(HDF5Error) -> [Float] in
        try dataset.read(rows: isRow ? nil : rows)
      }
      try body(rows, values)
    }
  }

  /// The values other than zero, by gene, of some of the spots or of all.
  ///
  /// Goes through all rows twice, first to count each gene's entries, so that the result is held
  /// once.
  func sparse(spots kept: [Int]?) throws(SectionError) -> (SparseMatrix, EntryFacts) {
    var place = [UInt32?](repeating: nil, count: kept == nil ? 0 : spotCount)
    for (index, spot) in (kept ?? []).enumerated() { place[spot] = UInt32(index) }
    var facts = EntryFacts()
    var seen = [Int](repeating: 0, count: geneCount)
    try forEachBlock { (rows, values) throws(SectionError) in
      let values = values.span
      var seenOfGene = seen.mutableSpan
      for (row, spot) in rows.enumerated() where kept == nil || place[spot] != nil {
        for gene in 0..<geneCount where facts.take(values[row * geneCount + gene]) {
          seenOfGene[gene] += 1
        }
      }
    }
    facts.zeros = 0
    let starts = seen.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    var cursors = starts
    let count = starts[geneCount]
    var spots = [UInt32](repeating: 0, count: count)
    var counts = [Float](repeating: 0, count: count)
    try forEachBlock { (rows, values) throws(SectionError) in
      let values = values.span
      var cursorOfGene = cursors.mutableSpan
      var spotOfEntry = spots.mutableSpan
      var countOfEntry = counts.mutableSpan
      for (row, spot) in rows.enumerated() {
        guard let number = kept == nil ? UInt32(spot) : place[spot] else { continue }
        for gene in 0..<geneCount {
          let value = values[row * geneCount + gene]
          // The last holds unless somebody writes the file meanwhile.
          guard value != 0, value.isFinite, cursorOfGene[gene] < starts[gene + 1] else { continue }
          spotOfEntry[cursorOfGene[gene]] = number
          countOfEntry[cursorOfGene[gene]] = value
          cursorOfGene[gene] += 1
        }
      }
    }
    return (
      SparseMatrix(
        spotCount: kept?.count ?? spotCount, starts: starts, spots: spots, values: counts), facts
    )
  }
}
