/// Whether clusters hold spots of one label only, and labels lie in one cluster only.
///
/// With I the mutual information of labels and clusters and H their entropies, in any one
/// logarithm: `homogeneity = I / H(labels)`, 1 when every cluster has spots of one label;
/// `completeness = I / H(clusters)`, 1 when every label's spots share a cluster; and
/// `value = (1 + β) · h · c / (β · h + c)`, with β = 1 the same as the normalized mutual information.
/// Range: 0...1, not corrected for chance.
///
/// Source: Rosenberg and Hirschberg, EMNLP-CoNLL 2007; scikit-learn's
/// `homogeneity_completeness_v_measure`.
/// Edge cases: homogeneity is 1 when all spots have one label, completeness is 1 when there is one
/// cluster, both also without spots; the value is 0 when both are 0.
public struct VMeasure: Sendable, Hashable {
  /// How far each cluster holds spots of one label.
  public let homogeneity: Double
  /// How far each label's spots share a cluster.
  public let completeness: Double
  /// The weighted harmonic mean of both.
  public let value: Double

  /// Compares clusters with known labels.
  ///
  /// - Parameters:
  ///   - labels: what the spots are known to be, any whole numbers.
  ///   - clusters: what was found, any whole numbers.
  ///   - beta: how much more completeness weighs than homogeneity.
  public init(labels: [Int], clusters: [Int], beta: Double = 1) {
    let table = ContingencyTable(labels, clusters)
    // What rounding leaves of zero must not look like information.
    let information = table.mutualInformation > .ulpOfOne ? table.mutualInformation : 0
    func share(of entropy: Double) -> Double { entropy > 0 ? min(information / entropy, 1) : 1 }
    let h = share(of: table.rowEntropy)
    let c = share(of: table.columnEntropy)
    homogeneity = h
    completeness = c
    value = h + c > 0 ? (1 + beta) * h * c / (beta * h + c) : 0
  }

  /// The same over the spots that have both a label and a cluster.
  public init(labels: [Int?], clusters: [Int?], beta: Double = 1) {
    let both = spotsLabelledInBoth(labels, clusters)
    self.init(labels: both.first, clusters: both.second, beta: beta)
  }
}
