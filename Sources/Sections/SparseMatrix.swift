/// Counts stored by gene, zeros left out, in memory or in a mapped file.
///
/// Gene `g` has the entries `starts[g]..<starts[g + 1]`: each a spot, ascending, and its count. What
/// goes through all genes does so in blocks, so that a matrix larger than memory can be gone through.
public struct SparseMatrix: ExpressionMatrix {
  /// The number of spots.
  public let spotCount: Int
  /// `geneCount + 1` offsets into the entries, from 0.
  public let starts: [Int]

  private let storage: Storage

  private enum Storage {
    case arrays(spots: [UInt32], counts: [Float])
    case file(GeneMajorFile)
  }

  /// The number of genes.
  public var geneCount: Int { starts.count - 1 }
  /// The number of counts other than zero.
  public var entryCount: Int { starts[starts.count - 1] }

  /// The entries where they are held in memory.
  var arrays: (spots: [UInt32], counts: [Float])? {
    if case .arrays(let spots, let counts) = storage { return (spots, counts) }
    return nil
  }

  /// Takes entries sorted by gene, and within a gene by spot; values other than zero.
  public init(spotCount: Int, starts: [Int], spots: [UInt32], values: [Float]) {
    precondition(!starts.isEmpty && starts[starts.count - 1] == spots.count)
    precondition(spots.count == values.count)
    self.spotCount = spotCount
    self.starts = starts
    storage = .arrays(spots: spots, counts: values)
  }

  /// Takes entries that stay in their file.
  public init(_ file: GeneMajorFile) {
    spotCount = file.spotCount
    starts = file.starts
    storage = .file(file)
  }

  /// Hands out a gene's spots and counts.
  public func withEntries<Result>(
    ofGene gene: Int, _ body: (_ spots: Span<UInt32>, _ counts: Span<Float>) -> Result
  ) -> Result {
    withEntries(starts[gene]..<starts[gene + 1], body)
  }

  /// Hands out a stretch of all entries.
  func withEntries<Result>(
    _ range: Range<Int>, _ body: (_ spots: Span<UInt32>, _ counts: Span<Float>) -> Result
  ) -> Result {
    switch storage {
    case .arrays(let spots, let counts):
      body(spots.span.extracting(range), counts.span.extracting(range))
    case .file(let file): file.withEntries(range, body)
    }
  }

  /// One gene's count at every spot, zeros filled in.
  public func values(ofGene gene: Int) -> [Float] {
    var dense = [Float](repeating: 0, count: spotCount)
    withEntries(ofGene: gene) { spots, counts in
      for entry in spots.indices { dense[Int(spots[entry])] = counts[entry] }
    }
    return dense
  }

  /// The sum over the given genes at each spot, in double precision; all genes by default.
  public func totalsOfSpots(overGenes genes: [Int]? = nil) -> [Double] {
    var totals = [Double](repeating: 0, count: spotCount)
    func add(_ range: Range<Int>) {
      withEntries(range) { spots, counts in
        var totals = totals.mutableSpan
        for entry in spots.indices { totals[Int(spots[entry])] += Double(counts[entry]) }
      }
    }
    if let genes {
      for gene in genes { add(starts[gene]..<starts[gene + 1]) }
    } else {
      add(0..<entryCount)
    }
    return totals
  }

  /// The sum over all genes, and the number of genes with a count, at each spot.
  public func sumsOfSpots() -> (totals: [Double], genes: [Int]) {
    var totals = [Double](repeating: 0, count: spotCount)
    var genes = [Int](repeating: 0, count: spotCount)
    withEntries(0..<entryCount) { spots, counts in
      var totals = totals.mutableSpan
      var genes = genes.mutableSpan
      for entry in spots.indices {
        totals[Int(spots[entry])] += Double(counts[entry])
        genes[Int(spots[entry])] += 1
      }
    }
    return (totals, genes)
  }

  /// The matrix of some of the spots; `kept` are their indices, ascending.
  public func keeping(spots kept: [Int]) -> SparseMatrix {
    var newIndex = [UInt32?](repeating: nil, count: spotCount)
    for (index, spot) in kept.enumerated() { newIndex[spot] = UInt32(index) }
    var starts = [0]
    starts.reserveCapacity(self.starts.count)
    var spots: [UInt32] = []
    var values: [Float] = []
    for gene in 0..<geneCount {
      withEntries(ofGene: gene) { oldSpots, counts in
        for entry in oldSpots.indices {
          guard let spot = newIndex[Int(oldSpots[entry])] else { continue }
          spots.append(spot)
          values.append(counts[entry])
        }
      }
      starts.append(spots.count)
    }
    return SparseMatrix(spotCount: kept.count, starts: starts, spots: spots, values: values)
  }
}

extension SparseMatrix: Hashable {
  /// Whether sizes and all entries are the same, wherever they are stored.
  public static func == (first: SparseMatrix, second: SparseMatrix) -> Bool {
    guard first.spotCount == second.spotCount, first.starts == second.starts else { return false }
    return first.geneBlocks().allSatisfy { first.block(ofGenes: $0) == second.block(ofGenes: $0) }
  }

  /// Takes in the sizes; matrices of the same sizes are told apart by ``==(_:_:)``.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(spotCount)
    hasher.combine(starts)
  }
}
