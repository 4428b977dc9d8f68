import Evaluation
import Sections

/// What ranks genes before the highest of them are tested for gene sets.
public enum GeneRankingBasis: Sendable, Hashable {
  /// The mean expression over all spots.
  case mean
  /// Pearson's correlation of the prediction with what was observed.
  case correlation
  /// The mean over a group's spots less that over another's, or over all other groups' spots.
  case difference(of: String, from: String?)

  /// In words, after `genes ranked by their`.
  func words(source: String) -> String {
    switch self {
    case .mean: "mean expression, \(source)"
    case .correlation: "correlation of \(source) with the observed expression"
    case .difference(let group, let other):
      "difference of \(group) from \(other ?? "the other groups"), \(source)"
    }
  }
}

/// A gene with what it is ranked by.
public struct RankedGene: Sendable, Hashable, Codable {
  /// The gene's name.
  public let gene: String
  /// In the units of the ranking.
  public let value: Double
}

extension Workbench {
  /// Genes with a value from the highest to the lowest, equal ones in alphabetical order.
  ///
  /// - Throws: when a group is not there, or correlations are asked for without a prediction.
  func rankedGenes(
    of section: LoadedSection, _ expression: NamedExpression, predictedBy prediction: Prediction?,
    by basis: GeneRankingBasis, groups: Annotation?
  ) throws(WorkbenchError) -> [RankedGene] {
    let values: [Double]
    switch basis {
    case .mean: values = expression.means(over: Array(0..<expression.spotCount))
    case .correlation:
      guard let prediction else {
        throw WorkbenchError(
          "Genes are ranked by correlation where there is a prediction. Name one with --model or "
            + "--predictions.")
      }
      let found = MethodScores(of: prediction, on: section, otherwise: section.normalization)
      let ofGene = Dictionary(
        zip(section.section.genes, found.pearson), uniquingKeysWith: { first, _ in first })
      values = expression.genes.map { Double(ofGene[$0] ?? .nan) }
    case .difference(let group, let other):
      guard let groups else {
        throw WorkbenchError("Section \(section.section.name) has no groups to compare.")
      }
      let name = section.section.name
      let own = try groups.spots(of: group, in: name)
      let others: [Int]
      if let other {
        others = try groups.spots(of: other, in: name)
      } else {
        let index = groups.categories.firstIndex(of: group)
        let settled = groups.settledCategories
        others = settled.indices.filter { settled[$0] != nil && settled[$0] != index }
      }
      values = zip(expression.means(over: own), expression.means(over: others)).map { $0 - $1 }
    }
    return zip(expression.genes, values).filter { $0.1.isFinite }
      .map { RankedGene(gene: $0.0, value: $0.1) }
      .sorted { ($1.value, $0.gene) < ($0.value, $1.gene) }
  }
}
