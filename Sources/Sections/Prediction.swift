/// Expression that somebody says a section's spots have: a model, or a table made elsewhere.
///
/// Stored by gene, so that one gene's values lie together.
public struct Prediction: ExpressionMatrix, Hashable {
  /// What it is called beside others, such as `THItoGene`.
  public var method: String
  /// The genes predicted, unique, in the order of the values.
  public let genes: [String]
  /// `[genes, spots]`: log-normalized expression, NaN at a spot nothing is said of.
  public let values: [Float]
  /// The places that values are for: the section's spots in their order.
  public let spotCount: Int
  /// Pseudo-spots between the section's own, when the prediction is finer than the array; nil when
  /// values are for the section's spots.
  public let denserSpots: [Spot]?
  /// What the values were trained to be, its library the ``genes`` where it is the panel's; nil when
  /// nobody said.
  public var normalization: Normalization?
  /// How the values came about, as read from a checkpoint or beside a table; nil when unknown.
  public var origin: PredictionOrigin?
  /// What was left out or did not match, one plain sentence each.
  public var notes: [String]

  /// - Parameter values: `[genes, spots]`, or `[genes, denserSpots]` where those are given.
  public init(
    method: String, genes: [String], spotCount: Int, values: [Float], denserSpots: [Spot]? = nil,
    normalization: Normalization?, origin: PredictionOrigin? = nil, notes: [String] = []
  ) {
    precondition(
      values.count == genes.count * spotCount,
      "\(values.count) values are not those of \(genes.count) genes at \(spotCount) spots")
    precondition(denserSpots.map { $0.count == spotCount } ?? true)
    self.method = method
    self.genes = genes
    self.values = values
    self.spotCount = spotCount
    self.denserSpots = denserSpots
    self.normalization = normalization
    self.origin = origin
    self.notes = notes
  }

  /// The number of genes predicted.
  public var geneCount: Int { genes.count }

  /// One gene's value at every spot; `gene` is an index into ``genes``.
  public func values(ofGene gene: Int) -> [Float] {
    Array(values[gene * spotCount..<(gene + 1) * spotCount])
  }

  /// The observed expression that the values compare with: the section's counts under the same
  /// normalization, or under `fallback` where none is known.
  ///
  /// Where the library is the panel's, it is that of the predicted genes, as in training.
  public func observed(
    in section: Section, otherwise fallback: NormalizedExpression
  ) -> NormalizedExpression {
    guard let normalization else { return fallback }
    let panel = Panel(name: method, genes: genes).indices(in: section).found
    return NormalizedExpression(
      counts: section.counts, normalization: normalization, panel: panel)
  }
}
