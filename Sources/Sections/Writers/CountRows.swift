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
  /// For each gene how many of its entries were taken.
  private var places: [Int]
  private var spot = 0

  init(_ counts: SparseMatrix) {
    self.counts = counts
    places = Array(repeating: 0, count: counts.geneCount)
  }

  /// The number of entries of all spots.
  var entryCount: Int { counts.entryCount }

  /// The next spots' entries, about as many as asked for; nil after the last spot.
  mutating func next(entries: Int = 1 << 22) -> Block? {
    let mean = max(1, entryCount / max(1, counts.spotCount))
    return next(rows: max(1, entries / mean))
  }

  /// The entries of so many spots, fewer at the end; nil after the last spot.
  mutating func next(rows: Int) -> Block? {
    guard spot < counts.spotCount else { return nil }
    let end = min(counts.spotCount, spot + rows)
    let block = take(upTo: end)
    spot = end
    return block
  }

  private mutating func take(upTo end: Int) -> Block {
    let first = spot
    var starts = [Int](repeating: 0, count: end - first + 1)
    for gene in 0..<counts.geneCount {
      counts.withEntries(ofGene: gene) { spots, _ in
        var entry = places[gene]
        while entry < spots.count, Int(spots[entry]) < end {
          starts[Int(spots[entry]) - first + 1] += 1
          entry += 1
        }
      }
    }
    for row in 1..<starts.count { starts[row] += starts[row - 1] }
    let count = starts[starts.count - 1]
    var next = starts
    var genes = [Int32](repeating: 0, count: count)
    var values = [Float](repeating: 0, count: count)
    for gene in 0..<counts.geneCount {
      places[gene] = counts.withEntries(ofGene: gene) { spots, counts in
        var entry = places[gene]
        while entry < spots.count, Int(spots[entry]) < end {
          let row = Int(spots[entry]) - first
          genes[next[row]] = Int32(gene)
          values[next[row]] = counts[entry]
          next[row] += 1
          entry += 1
        }
        return entry
      }
    }
    return Block(starts: starts, genes: genes, values: values)
  }
}
