/// The correlations of many genes in a table's row.
public struct CorrelationSummary: Sendable, Hashable, Codable {
  /// What becomes of a gene without a correlation, because one side of it is constant.
  public enum ConstantGenes: String, Sendable, Hashable, Codable, CaseIterable {
    /// It is counted, and in no mean.
    case leftOut
    /// Its correlation is taken to be 0.
    case countedAsZero
    /// One of them leaves no mean and no quartiles, as plain arithmetic on NaN does.
    case propagated
  }

  /// Genes with a correlation.
  public var genes: Int
  /// Genes without one: observed or predicted values are all the same, or at fewer than two spots.
  public var constantGenes: Int
  /// Mean correlation; nil where there is none, as below.
  public var mean: Double?
  /// The middle one, as the quartiles by linear interpolation between ranks.
  public var median: Double?
  /// A quarter of the genes correlate less.
  public var lowerQuartile: Double?
  /// A quarter of the genes correlate more.
  public var upperQuartile: Double?

  /// Makes a row of its parts.
  public init(
    genes: Int, constantGenes: Int, mean: Double?, median: Double?, lowerQuartile: Double?,
    upperQuartile: Double?
  ) {
    self.genes = genes
    self.constantGenes = constantGenes
    self.mean = mean
    self.median = median
    self.lowerQuartile = lowerQuartile
    self.upperQuartile = upperQuartile
  }

  /// Summarizes one correlation a gene, NaN standing for a constant one.
  ///
  /// Quartiles are NumPy's default: linear between the ranks around `q · (n − 1)`.
  public init(of correlations: [Double], constantGenes convention: ConstantGenes = .leftOut) {
    var sorted = correlations.filter { !$0.isNaN }.sorted()
    genes = sorted.count
    constantGenes = correlations.count - sorted.count
    switch convention {
    case .leftOut: break
    case .countedAsZero:
      sorted = correlations.map { $0.isNaN ? 0 : $0 }.sorted()
    case .propagated:
      if constantGenes > 0 { sorted = [] }
    }
    mean = sorted.isEmpty ? nil : sorted.reduce(0, +) / Double(sorted.count)
    median = quantile(0.5, ofSorted: sorted)
    lowerQuartile = quantile(0.25, ofSorted: sorted)
    upperQuartile = quantile(0.75, ofSorted: sorted)
  }
}

/// The value that a share of sorted ones lies below, linear between ranks; nil of none.
func quantile(_ share: Double, ofSorted values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  let rank = share * Double(values.count - 1)
  let below = Int(rank)
  guard below + 1 < values.count else { return values[below] }
  return values[below] + (rank - Double(below)) * (values[below + 1] - values[below])
}
