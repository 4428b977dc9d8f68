import Evaluation
import Foundation
import Sections

/// What a report shows beside the scores where files for it are given: gene sets among the best
/// predicted genes, copy numbers, and tumour regions.
public struct ReportAdditions: Sendable {
  /// A method each; empty without gene sets.
  public var enrichment: [EnrichmentResult] = []
  /// What was observed and what each method predicts of one section; empty without positions.
  public var copyNumbers: [CopyNumberResult] = []
  /// A figure for each section; empty without a network for tumour.
  public var tumour: [TumourFigure] = []
  /// Why something asked for is not there, a sentence each.
  public var notes: [String] = []

  /// Nothing.
  public init() {}
}

/// The files that ask for them.
public struct ReportAdditionRequest: Sendable {
  /// Sets that are tested among each method's best predicted genes.
  public var geneSets: GeneSets?
  /// Where genes lie; nil leaves copy numbers out.
  public var positions: GenePositions?
  /// The labels that are taken for normal.
  public var references: [String] = []
  /// How expression becomes copy numbers.
  public var copyNumberSettings = CopyNumberSettings()
  /// A network's file, whose tumour regions are shown; nil leaves them out.
  public var tumour: URL?

  /// Asks for nothing.
  public init() {}
}

extension Workbench {
  /// Collects what is shown of gene sets, tumour and copy numbers; predictions come out of the cache.
  ///
  /// Copy numbers are those of the first section that has a reference among its labels.
  public func additions(
    for report: EvaluationReport, of plan: EvaluationPlan, _ request: ReportAdditionRequest,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> ReportAdditions {
    var additions = ReportAdditions()
    if let sets = request.geneSets {
      additions.enrichment = report.methods.compactMap { method in
        let ranked = report.genesRankedByCorrelation(of: method)
        guard ranked.count > 1 else { return nil }
        return EnrichmentResult(
          ranked, in: sets, EnrichmentSettings(), section: report.dataSet, source: method,
          ranking: "correlation, the mean over sections, \(method)")
      }
      if additions.enrichment.isEmpty {
        additions.notes.append("Gene sets are left out: no method was scored on two genes or more.")
      }
    }
    if let file = request.tumour {
      additions.tumour = try tumourFigures(file, of: plan, isCancelled: isCancelled)
    }
    guard let positions = request.positions else { return additions }
    for reference in plan.sections {
      let section = try load(reference, of: plan)
      guard let labels = section.section.labels,
        !Set(request.references).isDisjoint(with: labels.categories)
      else { continue }
      var wanted = CopyNumberRequest(
        positions: positions, groups: labels,
        references: request.references.filter(labels.categories.contains))
      wanted.settings = request.copyNumberSettings
      additions.copyNumbers = [try copyNumber(of: section, wanted)]
      for method in plan.methods {
        let prediction = try predict(method, section, isCancelled: isCancelled)
        // A method with too few placed genes is told of, the others are shown.
        do {
          additions.copyNumbers.append(
            try copyNumber(of: section, predictedBy: prediction, wanted))
        } catch { additions.notes.append("\(method.name): \(error)") }
      }
      return additions
    }
    let names = request.references.map { quoted($0) }.joined(separator: ", ")
    additions.notes.append(
      "Copy numbers are left out: no section has spots labelled \(names), which were named as "
        + "the reference.")
    return additions
  }
}

extension EvaluationReport {
  /// Genes by the mean over sections of a method's correlations, highest first.
  func genesRankedByCorrelation(of method: String) -> [RankedGene] {
    var sums: [String: (sum: Double, count: Double)] = [:]
    for section in sections {
      guard let pearson = section.method(method)?.values(.pearson) else { continue }
      for (gene, value) in zip(section.genes, pearson) where value.isFinite {
        sums[gene, default: (0, 0)].sum += value
        sums[gene, default: (0, 0)].count += 1
      }
    }
    return sums.map { RankedGene(gene: $0.key, value: $0.value.sum / $0.value.count) }
      .sorted { ($1.value, $0.gene) < ($0.value, $1.gene) }
  }
}
