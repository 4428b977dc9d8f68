import Foundation

extension SpotMajorEntries {
  /// Sorts the entries by gene into a ``GeneMajorFile``, holding no more than a part of them.
  ///
  /// All entries are gone through once to count those of each gene, and then once for every group of
  /// neighbouring genes whose entries fit into the memory allowed. A single gene that does not is a
  /// group of its own.
  func sort(into url: URL, memory: Int) throws(SectionError) {
    // A group's entries are held as read and as sorted, with a gene's number in between.
    let most = max(1 << 16, memory / (2 * SparseMatrix.bytesOfEntry + 2))
    let (spots, counts) = (
      url.appendingPathExtension("spots.partial"), url.appendingPathExtension("counts.partial")
    )
    defer { for part in [spots, counts] { try? FileManager.default.removeItem(at: part) } }
    var facts = EntryFacts()
    var starts = [0]
    let groups = Self.groups(of: try entriesOfGenes(), most: most)
    try StreamedFile.write(to: spots, replacing: true) { spots throws(SectionError) in
      try StreamedFile.write(to: counts, replacing: true) { counts throws(SectionError) in
        for genes in groups {
          let sorted = try SparseMatrix.transposing(try EntriesOfGenes(genes, of: self))
          let block = sorted.matrix.block(ofGenes: 0..<genes.count)
          let before = starts[starts.count - 1]
          starts += block.starts.dropFirst().map { $0 + before }
          facts.add(sorted.facts)
          try spots.append(block.spots)
          try counts.append(block.values)
        }
      }
    }
    let (allStarts, allFacts) = (starts, facts)
    try StreamedFile.write(to: url, replacing: true) { file throws(SectionError) in
      try file.appendHead(spotCount: spotCount, starts: allStarts, facts: allFacts)
      try file.append(contentsOf: spots)
      try file.append(contentsOf: counts)
    }
  }

  /// How many entries each gene has.
  private func entriesOfGenes() throws(SectionError) -> [Int] {
    var seen = [Int](repeating: 0, count: geneCount)
    for part in (0..<starts[spotCount]).parts(of: entriesAtOnce) {
      for gene in try genes(ofEntries: part) {
        guard gene < geneCount else {
          throw damaged(
            "names gene \(gene), and there are \(grouped(geneCount)). Export the file again.")
        }
        seen[Int(gene)] += 1
      }
    }
    return seen
  }

  private static func groups(of seen: [Int], most: Int) -> [Range<Int>] {
    var groups: [Range<Int>] = []
    var (first, entries) = (0, 0)
    for (gene, count) in seen.enumerated() {
      if entries + count > most, gene > first {
        groups.append(first..<gene)
        (first, entries) = (gene, 0)
      }
      entries += count
    }
    return groups + [first..<seen.count]
  }
}

/// Read at a time where all entries are gone through.
private let entriesAtOnce = 1 << 20

/// The entries of a group of neighbouring genes, in memory.
private struct EntriesOfGenes: SpotMajorEntries {
  let spotCount: Int
  let geneCount: Int
  private(set) var starts = [0]
  private var genes: [UInt32] = []
  private var counts: [Float] = []

  init(_ group: Range<Int>, of source: some SpotMajorEntries) throws(SectionError) {
    spotCount = source.spotCount
    geneCount = group.count
    let (all, wanted) = (source.starts, UInt32(group.lowerBound)..<UInt32(group.upperBound))
    var spot = 0
    for part in (0..<all[spotCount]).parts(of: entriesAtOnce) {
      let (partGenes, partCounts) = (
        try source.genes(ofEntries: part), try source.counts(ofEntries: part)
      )
      for (place, gene) in partGenes.enumerated() {
        while all[spot + 1] <= part.lowerBound + place {
          starts.append(genes.count)
          spot += 1
        }
        guard wanted.contains(gene) else { continue }
        genes.append(gene - wanted.lowerBound)
        counts.append(partCounts[place])
      }
    }
    starts += Array(repeating: genes.count, count: spotCount - spot)
  }

  func genes(ofEntries range: Range<Int>) -> [UInt32] { Array(genes[range]) }
  func counts(ofEntries range: Range<Int>) -> [Float] { Array(counts[range]) }
  // What is wrong with the source was said when its entries were counted.
  func damaged(_ problem: String) -> SectionError {
    SectionError(subject: "a group of genes", problem: problem)
  }
}
