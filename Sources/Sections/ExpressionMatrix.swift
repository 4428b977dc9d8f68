/// Values of genes at spots, asked for one gene at a time.
public protocol ExpressionMatrix: Sendable {
  var spotCount: Int { get }
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
  public let spotCount: Int
  /// `geneCount + 1` offsets into `spots` and `values`.
  public let starts: [Int]
  public let spots: [UInt32]
  public let values: [Float]

  public var geneCount: Int { starts.count - 1 }

  public init(spotCount: Int, starts: [Int], spots: [UInt32], values: [Float]) {
    precondition(!starts.isEmpty && starts[starts.count - 1] == spots.count)
    precondition(spots.count == values.count)
    self.spotCount = spotCount
    self.starts = starts
    self.spots = spots
    self.values = values
  }

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
}
