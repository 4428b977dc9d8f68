/// How a prediction agrees with what was measured on one section.
public struct MethodScores: Sendable, Hashable {
  /// Pearson's correlation over the spots of each gene of the section; NaN where the gene was not
  /// predicted, or either side is constant.
  public let pearson: [Float]
  /// `−log₁₀ p` of the same correlations, two-sided; NaN in the same places.
  public let minusLog10P: [Float]
  /// The correlations over all predicted genes.
  public let summary: Summary

  /// A table's row about one method.
  public struct Summary: Sendable, Hashable, Codable {
    /// Genes with a correlation.
    public var genes: Int
    /// Genes left out because observed or predicted values are all the same.
    public var constantGenes: Int
    /// Mean over the genes with a correlation; nil where there are none, as below.
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
  }

  /// Takes correlations as they are.
  public init(pearson: [Float], minusLog10P: [Float], summary: Summary) {
    self.pearson = pearson
    self.minusLog10P = minusLog10P
    self.summary = summary
  }
}
