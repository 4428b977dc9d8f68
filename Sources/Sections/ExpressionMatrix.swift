/// Values of genes at spots, asked for one gene at a time.
public protocol ExpressionMatrix: Sendable {
  /// The number of spots, all of them, with values or without.
  var spotCount: Int { get }
  /// The number of genes.
  var geneCount: Int { get }

  /// One gene's value at every spot, in the section's spot order.
  ///
  /// Takes time proportional to the spots, whatever the number of genes.
  func values(ofGene gene: Int) -> [Float]
}

/// Counts stored by gene, zeros left out.
///
/// Gene `g` has the entries `starts[g]..<starts[g + 1]`: `spots[i]` is a spot's index, ascending,
/// and `values[i]` its count.
public struct SparseMatrix: ExpressionMatrix, Hashable {
  /// The number of spots.
  public let spotCount: Int
  /// `geneCount + 1` offsets into `spots` and `values`.
  public let starts: [Int]
  /// The spot of each entry.
  public let spots: [UInt32]
  /// The count of each entry, never zero.
  public let values: [Float]

  /// The number of genes.
  public var geneCount: Int { starts.count - 1 }

  /// Takes entries sorted by gene, and within a gene by spot.
  public init(spotCount: Int, starts: [Int], spots: [UInt32], values: [Float]) {
    precondition(!starts.isEmpty && starts[starts.count - 1] == spots.count)
    precondition(spots.count == values.count)
    self.spotCount = spotCount
    self.starts = starts
    self.spots = spots
    self.values = values
  }

  /// One gene's count at every spot, zeros filled in.
  public func values(ofGene gene: Int) -> [Float] {
    var dense = [Float](repeating: 0, count: spotCount)
    for entry in starts[gene]..<starts[gene + 1] {
      dense[Int(spots[entry])] = values[entry]
    }
    return dense
  }

  /// The sum over the given genes at each spot, in double precision; all genes by default.
  public func totalsOfSpots(overGenes genes: [Int]? = nil) -> [Double] {
    var totals = [Double](repeating: 0, count: spotCount)
    let spots = spots.span
    let values = values.span
    func add(_ range: Range<Int>) {
      for entry in range { totals[Int(spots[entry])] += Double(values[entry]) }
    }
    if let genes {
      for gene in genes { add(starts[gene]..<starts[gene + 1]) }
    } else {
      add(0..<spots.count)
    }
    return totals
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
      for entry in self.starts[gene]..<self.starts[gene + 1] {
        guard let spot = newIndex[Int(self.spots[entry])] else { continue }
        spots.append(spot)
        values.append(self.values[entry])
      }
      starts.append(spots.count)
    }
    return SparseMatrix(spotCount: kept.count, starts: starts, spots: spots, values: values)
  }
}
