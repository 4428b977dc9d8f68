import Foundation

/// How a section's expression, observed or predicted, is clustered and judged by the code released
/// with THItoGene: the values its paper prints come from this.
///
/// Spots without a label, or labelled "undetermined", are dropped. The rest are taken to 50 principal
/// components, centred and not scaled, and parted by `ReleasedKMeans` into as many clusters as labels
/// remain, with 20 restarts and random state 0. The adjusted Rand index against the labels is rounded
/// to three decimals.
///
/// Predictions are standardized first, gene by gene over all spots of the section, dropped ones too:
/// mean 0, variance 1 with denominator `n − 1`; a constant gene becomes 0. Observed expression is not.
///
/// Source: THItoGene's released code with scanpy 1.9 and scikit-learn 1.3.
/// Departure: components in double precision by `PrincipalComponents`, where scanpy's are ARPACK's in
/// single precision; on HER2ST the index is the same to the last decimal printed.
/// Edge cases: nil without a labelled spot. With fewer spots or genes than 50 there are as many
/// components. Values must be finite.
public struct ReleasedClustering: Sendable, Hashable {
  /// Each spot's cluster in `0..<clusterCount`, nil for a spot that was dropped.
  public let clusters: [Int?]
  /// Different labels among the spots kept.
  public let clusterCount: Int
  /// The adjusted Rand index of clusters and labels, rounded to three decimals.
  public let adjustedRandIndex: Double

  /// Components kept.
  private static let components = 50

  /// Clusters a block `[spots, genes]`, row by row.
  ///
  /// - Parameters:
  ///   - labels: each spot's label, any whole number, or nil to drop the spot.
  ///   - isPrediction: whether genes are standardized first.
  ///   - seed: the random state, 0 as released.
  ///   - isCancelled: asked now and then, from several threads at once.
  /// - Throws: `CancellationError` once `isCancelled` says so.
  public init?(
    of block: [Float], spots: Int, genes: Int, labels: [Int?], isPrediction: Bool,
    seed: UInt32 = 0, isCancelled: @Sendable () -> Bool = { false }
  ) throws(CancellationError) {
    precondition(
      block.count == spots * genes, "a block of \(block.count) values is not [\(spots), \(genes)]")
    precondition(labels.count == spots, "\(labels.count) labels, \(spots) spots")
    let kept = labels.indices.filter { labels[$0] != nil }
    let known = kept.compactMap { labels[$0] }
    guard !known.isEmpty, genes > 0 else { return nil }
    let values = isPrediction ? standardized(block, spots: spots, genes: genes) : block
    let components = PrincipalComponents(
      of: kept.flatMap { values[$0 * genes..<($0 + 1) * genes] }, spots: kept.count, genes: genes,
      components: Self.components)
    clusterCount = Set(known).count
    let found = try ReleasedKMeans(
      of: components.scores, spots: kept.count, dimensions: components.count,
      clusters: clusterCount, seed: seed, isCancelled: isCancelled)
    var clusters = [Int?](repeating: nil, count: spots)
    for (spot, cluster) in zip(kept, found.labels) { clusters[spot] = cluster }
    self.clusters = clusters
    let index = Evaluation.adjustedRandIndex(found.labels, known)
    adjustedRandIndex = (index * 1000).rounded() / 1000
  }
}

/// Each gene less its mean, divided by its standard deviation with denominator `n − 1`; a constant
/// gene becomes 0.
private func standardized(_ block: [Float], spots: Int, genes: Int) -> [Float] {
  var result = block
  for gene in 0..<genes {
    let values = (0..<spots).map { Double(block[$0 * genes + gene]) }
    let mean = values.reduce(0, +) / Double(spots)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(max(spots - 1, 1))).squareRoot()
    // What rounding leaves of a constant gene's deviation is no scale to divide by.
    let scale = deviation > 1e-12 * max(abs(mean), 1) ? 1 / deviation : 0
    for spot in 0..<spots { result[spot * genes + gene] = Float((values[spot] - mean) * scale) }
  }
  return result
}
