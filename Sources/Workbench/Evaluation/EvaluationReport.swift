import Evaluation
import Foundation
import Sections

/// Everything an evaluation found out: the scores of each section, what follows from them together,
/// and the card of every method.
///
/// As JSON it follows `workflow/schemas/evaluation.schema.json`.
public struct EvaluationReport: Sendable, Encodable {
  /// The version of what is written, for those who read it.
  public static let format = "eosin.evaluation.1"

  /// A row of the table of methods: one section, or the mean over all.
  public struct Summary: Sendable, Encodable, Hashable {
    /// The method's name.
    public let method: String
    /// The section; nil for the mean over sections.
    public let section: String?
    /// The genes that are summarized.
    public let subset: GeneSubset
    /// Pearson's correlation over the genes; over sections, the mean of each number, the fewest genes
    /// and the sum of the constant ones.
    public let correlation: CorrelationSummary
    /// What could at best be reached over the same genes; nil where that was left out, or no gene
    /// can be measured.
    public let attainable: AttainableShare?
    /// The interval of the mean correlation over all genes; nil for other genes, or where intervals
    /// were left out.
    public let interval: BootstrapInterval?
    /// The mean of each measure over the genes that have it, by the measure's name.
    public let means: [String: Double]
    /// What the model knew of the section; the worst over sections.
    public let standing: Standing
  }

  /// See ``format``.
  public var format = Self.format
  /// The version of Eosin.
  public let version: String
  /// The data set's name.
  public let dataSet: String
  /// How it was scored.
  public let settings: EvaluationSettings
  /// The scores, gene by gene.
  public let sections: [SectionScores]
  /// Each method's card.
  public let cards: [ProtocolCard]
  /// The table of methods, a subset of genes after the other, in each the sections and then their
  /// mean.
  public let summaries: [Summary]
  /// The methods two by two.
  public let comparisons: [MethodComparison]
  /// Neighbouring sections of each patient, a method after the other; empty where there are none.
  public let consistency: [NeighbourConsistency]

  /// Puts together what was found out section by section, and of neighbouring ones.
  public init(
    _ sections: [SectionScores], of plan: EvaluationPlan, consistency: [NeighbourConsistency] = []
  ) {
    self.consistency = consistency
    version = Workbench.version
    dataSet = plan.dataSet
    settings = plan.settings
    self.sections = sections
    cards = plan.methods.map { method in
      var card = ProtocolCard(method.name, sections, plan)
      if consistency.contains(where: { $0.method == method.name }) {
        card.neighbours = NeighbourConsistency.line
      }
      return card
    }
    summaries = plan.settings.subsets.flatMap { subset in
      plan.methods.flatMap { Self.summaries(of: $0.name, subset, sections, plan.settings) }
    }
    let names = plan.methods.map(\.name)
    comparisons = names.indices.flatMap { first in
      names[(first + 1)...].compactMap {
        MethodComparison(names[first], $0, sections, plan.settings)
      }
    }
  }

  /// The methods' names in the order of tables.
  public var methods: [String] { cards.map(\.method) }

  /// A row of the table; `section` nil for the mean over sections.
  public func summary(
    of method: String, on section: String?, _ subset: GeneSubset = .all
  ) -> Summary? {
    summaries.first { $0.method == method && $0.section == section && $0.subset == subset }
  }

  private static func summaries(
    of method: String, _ subset: GeneSubset, _ sections: [SectionScores],
    _ settings: EvaluationSettings
  ) -> [Summary] {
    let rows = sections.compactMap { section in
      section.method(method).map { Summary($0, on: section, subset, settings) }
    }
    return rows + (rows.count > 1 ? [Summary(meanOf: rows, sections, settings)] : [])
  }
}

extension EvaluationReport.Summary {
  /// One method on one section.
  init(
    _ columns: SectionScores.MethodColumns, on section: SectionScores, _ subset: GeneSubset,
    _ settings: EvaluationSettings
  ) {
    let pearson = columns.values(.pearson)
    let missing = Set(columns.missingGenes)
    let genes = subset.indices(
      names: section.genes, mean: section.observed.mean.values.map { Float($0) },
      variance: section.observed.variance.values.map { Float($0) }, scores: pearson
    ).filter { !missing.contains(section.genes[$0]) }
    method = columns.method
    self.section = section.section
    self.subset = subset
    standing = columns.standing
    correlation = CorrelationSummary(
      of: genes.map { pearson[$0] }, constantGenes: settings.constantGenes)
    attainable = columns.attainable.flatMap { attainable in
      AttainableShare(genes.map { pearson[$0] }, attainable: genes.map { attainable[$0] })
    }
    interval =
      subset == .all ? columns.replicates.map { BootstrapInterval(ofReplicates: $0.values) } : nil
    means = columns.measures.compactMapValues { column in
      let values = genes.map { column[$0] }.filter(\.isFinite)
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
  }

  /// The mean over sections, each counting the same.
  init(meanOf rows: [Self], _ sections: [SectionScores], _ settings: EvaluationSettings) {
    func mean(_ value: (Self) -> Double?) -> Double? {
      let values = rows.compactMap(value)
      // With one section propagating what has no mean, all of them have none.
      guard !values.isEmpty, values.count == rows.count || settings.constantGenes != .propagated
      else { return nil }
      return values.reduce(0, +) / Double(values.count)
    }
    method = rows[0].method
    section = nil
    subset = rows[0].subset
    standing = rows.map(\.standing).max() ?? .unknown
    correlation = CorrelationSummary(
      genes: rows.map(\.correlation.genes).min() ?? 0,
      constantGenes: rows.reduce(0) { $0 + $1.correlation.constantGenes },
      mean: mean(\.correlation.mean), median: mean(\.correlation.median),
      lowerQuartile: mean(\.correlation.lowerQuartile),
      upperQuartile: mean(\.correlation.upperQuartile))
    attainable = AttainableShare(meanOf: rows.compactMap(\.attainable))
    let method = self.method
    interval =
      subset == .all
      ? BootstrapInterval(
        sections.compactMap { $0.method(method)?.replicates?.values },
        means: rows.compactMap(\.correlation.mean), settings) : nil
    var means: [String: Double] = [:]
    for name in Set(rows.flatMap(\.means.keys)) { means[name] = mean { $0.means[name] } }
    self.means = means
  }
}
