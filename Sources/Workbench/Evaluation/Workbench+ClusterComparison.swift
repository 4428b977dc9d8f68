import Evaluation
import Foundation
import Sections

extension Workbench {
  /// Clusters the observed and each predicted expression with every seed of a plan, and holds the
  /// clusters against the pathologist's labels.
  ///
  /// - Returns: nil where the plan has no seeds, or the section no labels of two regions or more.
  func clusterComparison(
    of predictions: [Prediction], on section: LoadedSection, _ plan: EvaluationPlan,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws(WorkbenchError) -> ClusterComparison? {
    let settings = plan.settings
    guard let labels = section.section.labels, var clustering = plan.clustering(of: section) else {
      return nil
    }
    let settled = labels.settledCategories
    let present = Set(settled.compactMap(\.self)).sorted()
    var rows: [ClusterComparison.Row] = []
    var summary = ""
    let sources = [nil] + predictions.map(Optional.init)
    for prediction in sources {
      clustering.method = prediction?.method
      var results: [ClusterResult] = []
      var problem: String?
      do {
        for seed in settings.clusterSeeds {
          clustering.seed = seed
          results.append(
            try clusters(
              of: section, predictedBy: prediction, clustering, isCancelled: isCancelled))
        }
      } catch WorkbenchError.cancelled {
        throw .cancelled
      } catch {
        // Too few spots with values: one method's gap is no reason to score none.
        problem = error.description
      }
      if prediction == nil, let first = results.first {
        summary = first.comparisonSummary(seeds: settings.clusterSeeds)
      }
      rows.append(
        ClusterComparison.Row(
          source: prediction?.method ?? "observed",
          adjustedRandIndex: NumberColumn(results.map { $0.adjustedRandIndex ?? .nan }),
          normalizedMutualInformation: NumberColumn(
            results.map { $0.normalizedMutualInformation ?? .nan }),
          inertia: NumberColumn(results.map(\.inertia)), problem: problem))
    }
    return ClusterComparison(
      recipe: settings.clusterRecipe, seeds: settings.clusterSeeds,
      regions: present.map { labels.categories[$0] }, spots: settled.count { $0 != nil },
      rows: rows, summary: summary)
  }
}

extension EvaluationPlan {
  /// How a section's clusters are made, as many as it has labelled regions, with the first of the
  /// seeds; nil without seeds, or without two regions.
  func clustering(of section: LoadedSection) -> ClusterSettings? {
    guard let seed = settings.clusterSeeds.first, let labels = section.section.labels else {
      return nil
    }
    let regions = Set(labels.settledCategories.compactMap(\.self)).count
    guard regions > 1 else { return nil }
    var clustering = ClusterSettings(clusterCount: regions, normalization: normalization)
    clustering.labelledSpotsOnly = true
    clustering.recipe = settings.clusterRecipe
    clustering.seed = seed
    return clustering
  }
}

extension ClusterResult {
  /// The settings in one line, for all seeds together.
  fileprivate func comparisonSummary(seeds: [UInt64]) -> String {
    let spots = clusterOfSpot.count { $0 != nil }
    let names = seeds.map(String.init).joined(separator: ", ")
    return settings.summary(genes: geneCount, spots: spots)
      .replacingOccurrences(of: "seed \(settings.seed)", with: "seeds \(names)")
  }
}
