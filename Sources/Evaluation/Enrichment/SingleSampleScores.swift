import Foundation

/// How high the genes of a set stand at one spot, by the ranks of all its genes (ssGSEA).
///
/// With genes ranked by expression, r = 1 for the lowest to N for the highest, and genes walked from
/// the highest down: `ES = Σᵢ (P_in(i) − P_out(i))`, where P_in(i) is the share of `Σ r^w` of the
/// set's genes met within the first i, and P_out(i) the share of the other genes met. A gene met at
/// rank r is counted in r of the N steps, which gives the sum in closed form:
/// `ES = Σ_set r^(w + 1) / Σ_set r^w − (mean r of the others)`. Range: about −N/2...N/2.
///
/// Source: Barbie et al., Nature 2009, supplementary methods, w = 0.25; GSVA's `ssgseaParam` and
/// GSEApy's `ssgsea` compute the same walk.
/// Departure: genes of equal expression share the mean of their ranks, so that the order of genes in
/// a file does not matter where most are 0; the released programs take such genes in the order they
/// come.
/// Edge cases: NaN for a set without genes or with all of them, and at a spot with a value that is
/// NaN.
public struct SingleSampleScores: Sendable {
  /// What is done with the scores of all spots and sets together.
  public enum Normalization: String, Sendable, Hashable, CaseIterable, Codable {
    /// Nothing: ES as defined, in ranks.
    case none
    /// ES divided by the largest less the smallest of all spots and sets, as the authors do.
    case range
  }

  /// The weight that the authors use.
  public static let usualWeight = 0.25

  private let sets: [[Int]]
  private let geneCount: Int
  private let weight: Double

  /// Prepares sets of genes.
  ///
  /// - Parameters:
  ///   - sets: each set's genes as indices into a spot's values; repeats count once.
  ///   - geneCount: values a spot.
  ///   - weight: the exponent of the ranks, 0 or above; 0 gives all genes of a set the same weight.
  public init(sets: [[Int]], geneCount: Int, weight: Double = usualWeight) {
    precondition(weight >= 0, "a weight of \(weight)")
    self.sets = sets.map { Array(Set($0)).sorted() }
    precondition(
      self.sets.allSatisfy { ($0.first ?? 0) >= 0 && ($0.last ?? 0) < max(1, geneCount) },
      "a gene is not among \(geneCount)")
    self.geneCount = geneCount
    self.weight = weight
  }

  /// The score of each set at one spot, before ``Normalization``.
  public func scores(at expression: [Double]) -> [Double] {
    precondition(expression.count == geneCount, "\(expression.count) values, \(geneCount) genes")
    guard !expression.contains(where: \.isNaN) else { return sets.map { _ in .nan } }
    let ranks = ranks(of: expression)
    // Once a gene, however many sets it is in.
    let powers = ranks.map { pow($0, weight) }
    let total = Double(geneCount) * Double(geneCount + 1) / 2
    return sets.map { set in
      guard !set.isEmpty, set.count < geneCount else { return .nan }
      var (weighted, weights, own) = (0.0, 0.0, 0.0)
      for gene in set {
        weighted += powers[gene] * ranks[gene]
        weights += powers[gene]
        own += ranks[gene]
      }
      return weighted / weights - (total - own) / Double(geneCount - set.count)
    }
  }

  /// The scores of several spots.
  ///
  /// - Parameter block: expression `[spots, genes]`, row by row.
  /// - Returns: `[spots, sets]`, before ``Normalization``.
  public func scores(of block: [Float]) -> [Double] {
    guard geneCount > 0 else { return [] }
    return mapInParallel(block.count / geneCount, smallest: 16) { spots in
      spots.flatMap { spot in
        scores(at: block[spot * geneCount..<(spot + 1) * geneCount].map(Double.init))
      }
    }
  }

  /// Scores after a normalization; where all are the same the range is none and they stay.
  public static func normalized(_ scores: [Double], by normalization: Normalization) -> [Double] {
    let finite = scores.filter(\.isFinite)
    guard normalization == .range, let least = finite.min(), let greatest = finite.max(),
      greatest > least
    else { return scores }
    return scores.map { $0 / (greatest - least) }
  }
}
