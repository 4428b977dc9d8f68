import Drawing
import Evaluation
import Images
import Sections

/// What the figures of a report are drawn from beside the scores: places, tissue, labels, and as
/// much of the expression as they show.
public struct ReportMaterial: Sendable {
  /// One section.
  public struct Part: Sendable {
    /// The section's name.
    public var section: String
    /// Where its spots are.
    public var layout: SpotLayout
    /// Its H&E, small; nil where it has none or it cannot be read.
    public var tissue: ImagePyramid?
    /// The pathologist's labels; nil where there are none.
    public var labels: Annotation?
    /// The genes that are shown on this section.
    public var genes: [GeneMaps]
    /// Clusters of the observed expression, then of each method's; empty without labelled regions.
    public var clusters: [ClusterMap]
    /// How the labelled regions differ from the rest.
    public var regions: [RegionContrast]
  }

  /// One gene as it was observed and predicted.
  public struct GeneMaps: Sendable {
    /// The gene's name.
    public var gene: String
    /// Observed expression at each spot, as each method was trained to give it.
    public var observed: [Map]
    /// Predicted expression at each spot, a method each.
    public var predicted: [Map]
  }

  /// A gene's values at the spots.
  public struct Map: Sendable {
    /// The method; for observed values the first that is compared with them.
    public var method: String
    /// What the values are.
    public var normalization: Normalization
    /// NaN where nothing is said of a spot.
    public var values: [Float]
  }

  /// One clustering, in the colours of the labels.
  public struct ClusterMap: Sendable {
    /// `observed`, or the method whose prediction was clustered.
    public var source: String
    /// The region of the labels that each spot's cluster matches best, one beyond them for clusters
    /// that match none; nil for spots left out.
    public var regionOfSpot: [Int?]
  }

  /// In the order of the report's sections.
  public var parts: [Part]

  /// Takes the sections' parts.
  public init(_ parts: [Part]) { self.parts = parts }

  /// A section's part, by its name.
  func part(_ section: String) -> Part? { parts.first { $0.section == section } }
}

extension Workbench {
  /// Collects what some figures of a report need; predictions come out of the cache where they were
  /// scored.
  ///
  /// Sections are read one after the other, so that the expression of one at a time is in memory.
  public func material(
    for report: EvaluationReport, of plan: EvaluationPlan,
    figures: Set<ReportFigure> = Set(ReportFigure.allCases),
    progress: @escaping @Sendable (PredictionProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> ReportMaterial {
    let chosen = figures.contains(.genes) ? BestGenes(in: report).genes : []
    var parts: [ReportMaterial.Part] = []
    // Charts alone need no section.
    guard !figures.isDisjoint(with: [.genes, .clusters, .markers]) else { return .init([]) }
    for (place, scores) in report.sections.enumerated() {
      guard let reference = plan.sections.first(where: { $0.name == scores.section }) else {
        continue
      }
      progress(
        PredictionProgress(
          stage: "figures of \(scores.section)",
          fraction: Double(place) / Double(report.sections.count)))
      let section = try load(reference, of: plan)
      var predictions: [Prediction] = []
      for method in plan.methods where scores.method(method.name) != nil {
        predictions.append(try predict(method, section, isCancelled: isCancelled))
      }
      parts.append(
        try part(of: section, predictions, scores, plan, chosen, figures, isCancelled))
    }
    return ReportMaterial(parts)
  }

  /// One section's part of the material.
  func part(
    of section: LoadedSection, _ predictions: [Prediction], _ scores: SectionScores,
    _ plan: EvaluationPlan, _ chosen: [BestGenes.Choice], _ figures: Set<ReportFigure>,
    _ isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> ReportMaterial.Part {
    let names = chosen.filter { $0.section == scores.section }.map(\.gene)
    return ReportMaterial.Part(
      section: scores.section, layout: section.layout,
      tissue: section.section.image.flatMap { try? picture(of: $0) },
      labels: section.section.labels,
      genes: names.map { section.maps(of: $0, predictions, plan.normalization) },
      clusters: figures.contains(.clusters)
        ? try clusterMaps(of: section, predictions, plan, isCancelled) : [],
      regions: figures.contains(.markers)
        ? section.regionContrasts(predictions, genes: scores.genes, plan.normalization) : [])
  }

  /// Clusters as the report's are made, with the first of its seeds, in the colours of the labels.
  private func clusterMaps(
    of section: LoadedSection, _ predictions: [Prediction], _ plan: EvaluationPlan,
    _ isCancelled: @escaping @Sendable () -> Bool
  ) throws(WorkbenchError) -> [ReportMaterial.ClusterMap] {
    guard let labels = section.section.labels, var settings = plan.clustering(of: section) else {
      return []
    }
    let settled = labels.settledCategories
    var maps: [ReportMaterial.ClusterMap] = []
    for prediction in [nil] + predictions.map(Optional.init) {
      settings.method = prediction?.method
      let result: ClusterResult
      do {
        result = try clusters(
          of: section, predictedBy: prediction, settings, isCancelled: isCancelled)
      } catch WorkbenchError.cancelled { throw .cancelled } catch {
        // What cannot be clustered is told among the scores.
        continue
      }
      let matches = categoriesMatching(
        clusters: result.clusterOfSpot, clusterCount: result.clusterCount, categories: settled,
        categoryCount: labels.categories.count)
      let regionOfCluster = matches.enumerated().map { cluster, region in
        region ?? labels.categories.count + cluster
      }
      maps.append(
        ReportMaterial.ClusterMap(
          source: prediction?.method ?? "observed",
          regionOfSpot: result.clusterOfSpot.map { $0.map { regionOfCluster[$0] } }))
    }
    return maps
  }
}

extension LoadedSection {
  /// A gene's values as observed and as each method predicts them.
  fileprivate func maps(
    of gene: String, _ predictions: [Prediction], _ fallback: Normalization
  ) -> ReportMaterial.GeneMaps {
    var maps = ReportMaterial.GeneMaps(gene: gene, observed: [], predicted: [])
    guard let index = section.genes.firstIndex(of: gene) else { return maps }
    for prediction in predictions {
      guard let row = prediction.genes.firstIndex(of: gene) else { continue }
      let normalization = prediction.normalization ?? fallback
      maps.predicted.append(
        ReportMaterial.Map(
          method: prediction.method, normalization: normalization,
          values: prediction.values(ofGene: row)))
      // Methods that share a normalization share what they are compared with.
      guard !maps.observed.contains(where: { $0.normalization == normalization }) else { continue }
      let observed = prediction.observed(in: section, otherwise: expression(fallback))
      maps.observed.append(
        ReportMaterial.Map(
          method: prediction.method, normalization: normalization,
          values: observed.values(ofGene: index)))
    }
    return maps
  }
}
