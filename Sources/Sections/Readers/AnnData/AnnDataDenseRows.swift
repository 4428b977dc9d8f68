import Dispatch
import Foundation
import HDF5
import Synchronization

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
  /// once. Each core takes genes of its own.
  func sparse(spots kept: [Int]?) throws(SectionError) -> (SparseMatrix, EntryFacts) {
    let numberOfSpot = numbers(ofSpots: kept)
    var seen = [Int](repeating: 0, count: geneCount)
    try forEachBlock { (rows, values) throws(SectionError) in
      seen.withUnsafeMutableBufferPointer { seen in
        let seen = OwnPlaces(seen)
        _ = eachShare { genes in
          let (values, numberOfSpot) = (values.span, numberOfSpot.span)
          for (row, spot) in rows.enumerated() where numberOfSpot[spot] != .max {
            for gene in genes {
              let value = values[row * geneCount + gene]
              // Without a branch: which values are zero cannot be foretold.
              seen[gene] += (value != 0 ? 1 : 0) & (value.magnitude < .infinity ? 1 : 0)
            }
          }
        }
      }
    }
    let starts = seen.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    var found: Result<EntryFacts, SectionError> = .success(EntryFacts())
    var counts: [Float] = []
    let spots = [UInt32](unsafeUninitializedCapacity: starts[geneCount]) { spots, spotsFilled in
      counts = [Float](unsafeUninitializedCapacity: starts[geneCount]) { counts, countsFilled in
        found = place(numberOfSpot, from: starts, in: OwnPlaces(spots), OwnPlaces(counts))
        guard case .success = found else { return }
        (spotsFilled, countsFilled) = (spots.count, counts.count)
      }
    }
    let facts = try found.get()
    return (
      SparseMatrix(
        spotCount: kept?.count ?? spotCount, starts: starts, spots: spots, values: counts), facts
    )
  }

  /// Puts the entries of each gene, which start at places of their own, in the order of the spots.
  private func place(
    _ numberOfSpot: [UInt32], from starts: [Int], in spots: OwnPlaces<UInt32>,
    _ counts: OwnPlaces<Float>
  ) -> Result<EntryFacts, SectionError> {
    Result { () throws(SectionError) -> EntryFacts in
      var facts = EntryFacts()
      var next = starts
      try forEachBlock { (rows, values) throws(SectionError) in
        next.withUnsafeMutableBufferPointer { next in
          let next = OwnPlaces(next)
          let found = eachShare { genes in
            var facts = EntryFacts()
            // So few that where their entries go stays at hand from row to row.
            for genes in genes.parts(of: 64) {
              var filled = [Int](repeating: 0, count: genes.count + 1)
              let (values, numberOfSpot, starts) = (values.span, numberOfSpot.span, starts.span)
              for (row, spot) in rows.enumerated() where numberOfSpot[spot] != .max {
                // Without a branch, as above: where the values other than zero are.
                var count = 0
                for gene in genes {
                  filled[count] = gene
                  count += values[row * geneCount + gene] != 0 ? 1 : 0
                }
                for index in 0..<count {
                  let gene = filled[index]
                  let value = values[row * geneCount + gene]
                  guard facts.take(value) else { continue }
                  let place = next[gene]
                  // Holds unless somebody writes the file meanwhile.
                  guard place < starts[gene + 1] else { continue }
                  spots[place] = numberOfSpot[spot]
                  counts[place] = value
                  next[gene] = place + 1
                }
              }
            }
            return facts
          }
          for share in found { facts.add(share) }
        }
      }
      // Nothing is left, unless somebody does.
      for gene in 0..<geneCount {
        for place in next[gene]..<starts[gene + 1] { (spots[place], counts[place]) = (0, 0) }
      }
      return facts
    }
  }

  /// For each spot of the file its number among those kept; the largest number for the others.
  private func numbers(ofSpots kept: [Int]?) -> [UInt32] {
    guard let kept else { return (0..<spotCount).map { UInt32($0) } }
    var numbers = [UInt32](repeating: .max, count: spotCount)
    for (number, spot) in kept.enumerated() { numbers[spot] = UInt32(number) }
    return numbers
  }

  /// The genes of each core.
  private var shares: [Range<Int>] {
    let cores = max(1, min(ProcessInfo.processInfo.activeProcessorCount, geneCount / 64))
    return (0..<cores).map { geneCount * $0 / cores..<geneCount * ($0 + 1) / cores }
  }

  /// Does a piece of work for each share of the genes, on all cores.
  private func eachShare<Answer: Sendable>(_ work: @Sendable (Range<Int>) -> Answer) -> [Answer] {
    let shares = shares
    guard shares.count > 1 else { return shares.map(work) }
    let answers = Mutex([Answer?](repeating: nil, count: shares.count))
    DispatchQueue.concurrentPerform(iterations: shares.count) { share in
      let answer = work(shares[share])
      answers.withLock { $0[share] = answer }
    }
    return answers.withLock { $0.compactMap(\.self) }
  }
}

/// An array that cores write to at once, each at places that are its own.
///
/// `@unchecked Sendable`: no place is another core's.
private struct OwnPlaces<Number: BitwiseCopyable>: @unchecked Sendable {
  private let numbers: UnsafeMutableBufferPointer<Number>

  init(_ numbers: UnsafeMutableBufferPointer<Number>) { self.numbers = numbers }

  subscript(place: Int) -> Number {
    get { numbers[place] }
    nonmutating set { numbers[place] = newValue }
  }
}
