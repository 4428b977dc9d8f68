/// Some genes of a sparse matrix, in memory.
///
/// The gene at place `i` has the entries `starts[i]..<starts[i + 1]` of `spots` and `values`, as the
/// measures of module Evaluation take them.
public struct SparseBlock: Sendable, Hashable {
  /// The matrix's number of spots.
  public let spotCount: Int
  /// One more than there are genes, from 0.
  public let starts: [Int]
  /// The spot of each entry, ascending within a gene.
  public let spots: [UInt32]
  /// What is there: counts, or expression made of them.
  public let values: [Float]

  /// The number of genes.
  public var geneCount: Int { starts.count - 1 }

  /// The same with an entry for every spot, zeros too, of the genes at the places wanted.
  public func filled(where isWanted: (Int) -> Bool = { _ in true }) -> SparseBlock {
    var starts = [0]
    var spots: [UInt32] = []
    var values: [Float] = []
    for gene in 0..<geneCount {
      let entries = self.starts[gene]..<self.starts[gene + 1]
      if isWanted(gene) {
        let first = values.count
        spots += 0..<UInt32(spotCount)
        values += repeatElement(0, count: spotCount)
        for entry in entries { values[first + Int(self.spots[entry])] = self.values[entry] }
      } else {
        spots += self.spots[entries]
        values += self.values[entries]
      }
      starts.append(values.count)
    }
    return SparseBlock(spotCount: spotCount, starts: starts, spots: spots, values: values)
  }
}

extension SparseMatrix {
  /// The entries of a block that is gone through at once: 64 MB of spots and counts.
  public static let entriesOfBlock = 1 << 23

  /// All genes, cut so that each part has few enough entries to be copied; small matrices are one
  /// part.
  public func geneBlocks(ofEntries most: Int = entriesOfBlock) -> [Range<Int>] {
    var blocks: [Range<Int>] = []
    var first = 0
    for gene in 0..<geneCount where starts[gene + 1] - starts[first] > most && gene > first {
      blocks.append(first..<gene)
      first = gene
    }
    if first < geneCount || geneCount == 0 { blocks.append(first..<geneCount) }
    return blocks
  }

  /// The counts of neighbouring genes; nothing is copied where these are all, held in memory.
  public func block(ofGenes genes: Range<Int>) -> SparseBlock {
    if genes == 0..<geneCount, let arrays {
      return SparseBlock(
        spotCount: spotCount, starts: starts, spots: arrays.spots, values: arrays.counts)
    }
    let first = starts[genes.lowerBound]
    return withEntries(first..<starts[genes.upperBound]) { spots, counts in
      SparseBlock(
        spotCount: spotCount,
        starts: starts[genes.lowerBound...genes.upperBound].map { $0 - first },
        spots: Array(copying: spots), values: Array(copying: counts))
    }
  }

  /// The counts of genes in any order; nothing is copied where these are all, held in memory.
  public func block(ofGenes genes: [Int]) -> SparseBlock {
    if genes.count == geneCount, genes.elementsEqual(0..<geneCount) {
      return block(ofGenes: 0..<geneCount)
    }
    var starts = [0]
    var spots: [UInt32] = []
    var values: [Float] = []
    for gene in genes {
      withEntries(ofGene: gene) { geneSpots, counts in
        for entry in geneSpots.indices {
          spots.append(geneSpots[entry])
          values.append(counts[entry])
        }
      }
      starts.append(spots.count)
    }
    return SparseBlock(spotCount: spotCount, starts: starts, spots: spots, values: values)
  }
}

extension Array where Element: BitwiseCopyable {
  /// The elements of a span.
  init(copying span: Span<Element>) {
    self = span.withUnsafeBufferPointer { Array($0) }
  }
}
