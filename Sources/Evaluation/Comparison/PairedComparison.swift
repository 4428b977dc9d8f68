/// Two methods' scores of the same genes, side by side.
///
/// A gene without a score from either method (NaN) is left out and counted. Differences are the
/// first method's score less the second's, whatever direction is better; won, lost and tied are
/// told from the first method's side.
public struct PairedComparison: Sendable, Hashable {
  /// Genes with both scores.
  public let genes: Int
  /// Genes that lack a score.
  public let genesLeftOut: Int
  /// Mean of the differences; NaN without genes.
  public let meanDifference: Double
  /// The middle difference, the mean of the two in the middle for an even number; NaN without
  /// genes.
  public let medianDifference: Double
  /// Genes that the first method predicts better.
  public let won: Int
  /// Genes that the second method predicts better.
  public let lost: Int
  /// Genes with equal scores.
  public let tied: Int
  /// The signed-rank test of the differences.
  public let wilcoxon: WilcoxonSignedRank

  /// Compares one score a gene.
  ///
  /// - Parameter isBetterHigher: whether a higher score is better, as ``GeneMeasure`` knows of
  ///   each.
  public init(_ first: [Double], _ second: [Double], isBetterHigher: Bool = true) {
    precondition(first.count == second.count, "\(first.count) scores beside \(second.count)")
    // Equal infinite scores are tied, though they have no difference.
    let pairs = zip(first, second).filter { !$0.isNaN && !$1.isNaN }
    let differences = pairs.map { $0 == $1 ? 0 : $0 - $1 }.sorted()
    let higher = differences.count { $0 > 0 }
    let lower = differences.count { $0 < 0 }
    genes = differences.count
    genesLeftOut = first.count - genes
    tied = genes - higher - lower
    (won, lost) = isBetterHigher ? (higher, lower) : (lower, higher)
    meanDifference = differences.reduce(0, +) / Double(genes)
    medianDifference =
      genes == 0 ? .nan : (differences[(genes - 1) / 2] + differences[genes / 2]) / 2
    wilcoxon = WilcoxonSignedRank(differences: differences)
  }
}
