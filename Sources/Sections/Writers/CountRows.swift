/// Counts, which are stored by gene, taken spot by spot in blocks.
///
/// Each gene's entries are gone through once, a place in them kept from block to block, so that
/// beside the counts only a block is in memory.
struct CountRows {
  /// The entries of consecutive spots.
  struct Block {
    /// Where each spot's entries begin, and where the last one's end.
    var starts: [Int]
    /// Ascending within a spot.
    var genes: [Int32]
    var values: [Float]
  }

  private let counts: SparseMatrix
  /// For each gene the first entry that was not taken.
  private var places: [Int]
  private var spot = 0

  init(_ counts: SparseMatrix) {
    self.counts = counts
    places = Array(counts.starts.dropLast())
  }

  /// The number of entries of all spots.
  var entryCount: Int { counts.starts[counts.starts.count - 1] }

  /// The next spots' entries, about as many as asked for; nil after the last spot.
  mutating func next(entries: Int = 1 << 22) -> Block? {
    guard spot < counts.spotCount else { return nil }
    let mean = max(1, entryCount / counts.spotCount)
    let end = min(counts.spotCount, spot + max(1, entries / mean))
    let block = take(upTo: end)
    spot = end
    return block
  }

  private mutating func take(upTo end: Int) -> Block {
    let first = spot
    let counts = counts
    let spots = counts.spots.span
    let values = counts.values.span
    var starts = [Int](repeating: 0, count: end - first + 1)
    for gene in 0..<counts.geneCount {
      var entry = places[gene]
      let last = counts.starts[gene + 1]
      while entry < last, Int(spots[entry]) < end {
        starts[Int(spots[entry]) - first + 1] += 1
        entry += 1
      }
    }
    for row in 1..<starts.count { starts[row] += starts[row - 1] }
    var next = starts
    var block = Block(
      starts: starts, genes: Array(repeating: 0, count: starts[starts.count - 1]),
      values: Array(repeating: 0, count: starts[starts.count - 1]))
    for gene in 0..<counts.geneCount {
      var entry = places[gene]
      let last = counts.starts[gene + 1]
      while entry < last, Int(spots[entry]) < end {
        let row = Int(spots[entry]) - first
        block.genes[next[row]] = Int32(gene)
        block.values[next[row]] = values[entry]
        next[row] += 1
        entry += 1
      }
      places[gene] = entry
    }
    return block
  }
}
