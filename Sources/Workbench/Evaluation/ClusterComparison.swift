import Evaluation
import Foundation

/// How the clusters of a comparison are made.
public enum ClusterRecipe: String, Sendable, Hashable, Codable, CaseIterable {
  /// Eosin's own K-means, on predictions as they are.
  case eosin
  /// As the code released with THItoGene: predictions are scaled to unit variance gene by gene, and
  /// K-means draws its centres as scikit-learn does from the same seed.
  case released
}

/// How well K-means on the observed and on the predicted expression finds a pathologist's regions:
/// Figure 5 of the THItoGene paper.
///
/// As many clusters as there are labelled regions, over labelled spots that are not `undetermined`.
/// K-means has many optima of nearly the same inertia, and one seed can mislead: each seed is a
/// clustering of its own, and what is told is the mean and how far the seeds lie apart.
public struct ClusterComparison: Sendable, Hashable, Codable {
  /// What one matrix of expression came to.
  public struct Row: Sendable, Hashable, Codable {
    /// Whose expression: `observed`, or a method's name.
    public var source: String
    /// The adjusted Rand index against the labels, a seed each.
    public var adjustedRandIndex: NumberColumn
    /// The normalized mutual information against the labels, a seed each.
    public var normalizedMutualInformation: NumberColumn
    /// The sum of squared distances to the centres, a seed each.
    public var inertia: NumberColumn
    /// Why it could not be clustered; nil where it was.
    public var problem: String?
  }

  /// How the clusters were made.
  public var recipe: ClusterRecipe
  /// The seeds, in the order of each row's numbers.
  public var seeds: [UInt64]
  /// The regions, without `undetermined`; as many clusters were made.
  public var regions: [String]
  /// Spots with one of these labels.
  public var spots: Int
  /// The observed expression first, then the methods.
  public var rows: [Row]
  /// The clusters in one line: what they are of.
  public var summary: String
}

/// A few numbers that would be equal were it not for chance.
public struct Spread: Sendable, Hashable {
  /// Their mean.
  public let mean: Double
  /// Their standard deviation, denominator n − 1; 0 for a single one.
  public let deviation: Double
  /// The least of them and the greatest.
  public let range: ClosedRange<Double>

  /// Of the numbers that are numbers; nil where there are none.
  public init?(_ values: [Double]) {
    let values = values.filter(\.isFinite)
    guard let least = values.min(), let greatest = values.max() else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    deviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : 0
    range = least...greatest
  }

  /// As `0.223 ± 0.043`.
  public var text: String { String(format: "%.3f ± %.3f", mean, deviation) }
}
