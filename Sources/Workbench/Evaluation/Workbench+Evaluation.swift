import Evaluation
import Foundation
import Models
import Sections

extension Workbench {
  /// Scores every method of a plan on one of its sections.
  ///
  /// - Parameters:
  ///   - progress: hears what is being done and how far it has come.
  ///   - isCancelled: asked between the steps.
  /// - Throws: the first thing that cannot be read, predicted or compared.
  public func scores(
    of plan: EvaluationPlan, on reference: SectionReference,
    progress: @escaping @Sendable (PredictionProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> SectionScores {
    let section = try load(reference, of: plan)
    var predictions: [Prediction] = []
    for (place, method) in plan.methods.enumerated() {
      let share = Double(place) / Double(plan.methods.count)
      let prediction = try predict(
        method, section,
        progress: {
          progress(
            PredictionProgress(
              stage: "\(method.name) on \(reference.name)",
              fraction: share + $0.fraction / Double(plan.methods.count)))
        }, isCancelled: isCancelled)
      predictions.append(prediction)
    }
    return try scores(of: predictions, on: section, plan, isCancelled: isCancelled)
  }

  /// Scores predictions that have been made, on the section they are of.
  public func scores(
    of predictions: [Prediction], on section: LoadedSection, _ plan: EvaluationPlan,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> SectionScores {
    let scoring = try SectionScoring(predictions, section, plan)
    var methods: [SectionScores.MethodColumns] = []
    for prediction in predictions {
      methods.append(try scoring.columns(of: prediction, self, isCancelled))
    }
    let pairs = scoring.addIntervals(to: &methods)
    return SectionScores(
      section: section.section.name, patient: section.section.patient,
      spots: section.section.spots.count, backgroundCells: scoring.backgroundCells,
      fingerprint: section.fingerprint, genes: scoring.names,
      observed: try scoring.observed(self, isCancelled),
      methods: methods, pairs: pairs,
      clusters: try clusterComparison(of: predictions, on: section, plan, isCancelled: isCancelled),
      notes: section.section.notes)
  }

  /// A plan's section as it is read and normalized for scoring.
  public func load(
    _ reference: SectionReference, of plan: EvaluationPlan
  ) throws(WorkbenchError) -> LoadedSection {
    do {
      let section = try readSection(reference, format: plan.format)
      return LoadedSection(
        section: section, panel: plan.panel?.indices(in: section).found,
        normalization: plan.normalization)
    } catch { throw WorkbenchError(error.description) }
  }
}

/// Scores predictions of one section.
private struct SectionScoring {
  let predictions: [Prediction]
  let section: LoadedSection
  let plan: EvaluationPlan
  /// The genes of the table, as indices into the section's and by name.
  let genes: [Int]
  let names: [String]
  let backgroundCells: Int

  init(
    _ predictions: [Prediction], _ section: LoadedSection, _ plan: EvaluationPlan
  ) throws(WorkbenchError) {
    self.predictions = predictions
    self.section = section
    self.plan = plan
    let all = section.section.genes
    if predictions.isEmpty {
      genes = section.panel ?? Array(all.indices)
    } else {
      let predicted = Set(predictions.flatMap(\.genes))
      genes = all.indices.filter { predicted.contains(all[$0]) }
    }
    names = genes.map { all[$0] }
    backgroundCells = plan.settings.places == .grid ? section.section.cellsWithoutSpot : 0
    for prediction in predictions {
      guard prediction.denserSpots == nil, prediction.spotCount == section.section.spots.count
      else {
        throw WorkbenchError(
          "\(prediction.method) predicts other places than the spots of "
            + "\(section.section.name), where nothing was measured. Score a prediction at the spots."
        )
      }
    }
  }

  func observed(
    _ workbench: Workbench, _ isCancelled: @escaping @Sendable () -> Bool
  ) throws(WorkbenchError) -> SectionScores.Observed {
    let statistics = section.statistics
    let counts = section.section.counts
    let values = section.expression(plan.normalization).entryValues()
    let weights = section.neighbourWeights
    var attainable: AttainableCorrelation?
    if predictions.isEmpty, plan.settings.attainableRepeats > 0 {
      attainable = try workbench.attainable(
        on: section, genes: genes, plan.normalization, library: section.panel,
        plan.settings.attainable, isCancelled: isCancelled)
    }
    func column(_ values: [Float]) -> NumberColumn { NumberColumn(genes.map { values[$0] }) }
    func column(_ values: [Double]) -> NumberColumn { NumberColumn(genes.map { values[$0] }) }
    return SectionScores.Observed(
      mean: column(statistics.mean), variance: column(statistics.variance),
      moransI: column(workbench.moransI(of: section, plan.normalization)),
      gearysC: column(
        gearysC(
          ofGenesFrom: counts.starts, spots: counts.spots, values: values, weights: weights)),
      attainable: attainable.map { NumberColumn($0.attainable) })
  }

  func columns(
    of prediction: Prediction, _ workbench: Workbench, _ isCancelled: @escaping @Sendable () -> Bool
  ) throws(WorkbenchError) -> SectionScores.MethodColumns {
    let counts = section.section.counts
    let shared = SharedGenes(prediction, section)
    let agreement = GeneAgreement(
      Set(GeneMeasure.allCases), ofGenesFrom: counts.starts, spots: counts.spots,
      values: observed(for: prediction).entryValues(), counts: counts.values,
      spotCount: counts.spotCount, with: shared.values, measuredGene: shared.genes,
      backgroundCells: backgroundCells)
    var measures: [String: NumberColumn] = [:]
    for measure in GeneMeasure.allCases {
      measures[measure.rawValue] = column(agreement[measure], at: shared.genes)
    }
    var attainable: (attainable: [Float], spread: [Float])?
    if plan.settings.attainableRepeats > 0 {
      attainable = try workbench.attainable(
        for: prediction, on: section, otherwise: plan.normalization,
        plan.settings.attainable,
        isCancelled: isCancelled)
    }
    let predicted = Set(prediction.genes)
    return SectionScores.MethodColumns(
      method: prediction.method, origin: prediction.origin,
      standing: prediction.origin?.standing(
        ofSection: section.section.name, patient: section.section.patient) ?? .unknown,
      normalization: prediction.normalization ?? plan.normalization,
      normalizationIsAssumed: prediction.normalization == nil,
      missingGenes: names.filter { !predicted.contains($0) }, notes: prediction.notes,
      measures: measures,
      attainable: attainable.map { values in NumberColumn(genes.map { values.attainable[$0] }) },
      attainableSpread: attainable.map { values in NumberColumn(genes.map { values.spread[$0] }) },
      replicates: nil)
  }

  /// Resamples the spots, the same for all methods; fills in each method's replicates and gives those
  /// of the pairs.
  func addIntervals(to methods: inout [SectionScores.MethodColumns]) -> [SectionScores.Pair] {
    guard plan.settings.bootstrapReplicates > 0, section.section.spots.count > 2 else { return [] }
    let bootstrap = SpotBootstrap(
      spotCount: section.section.spots.count, replicates: plan.settings.bootstrapReplicates,
      seed: plan.settings.seed)
    let correlations = predictions.map { resampled($0, bootstrap) }
    for place in methods.indices {
      methods[place].replicates = NumberColumn(correlations[place].means)
    }
    return predictions.indices.flatMap { first in
      predictions.indices[(first + 1)...].map { second in
        let difference = correlations[first].difference(to: correlations[second])
        let intervals = difference.intervals
        return SectionScores.Pair(
          first: predictions[first].method, second: predictions[second].method,
          lower: NumberColumn(intervals.map(\.lower)), upper: NumberColumn(intervals.map(\.upper)),
          replicates: NumberColumn(difference.means))
      }
    }
  }

  /// The correlations of every gene of the table over each resampling.
  private func resampled(_ prediction: Prediction, _ bootstrap: SpotBootstrap) -> GeneReplicates {
    let counts = section.section.counts
    let shared = SharedGenes(prediction, section)
    let correlations = bootstrap.correlations(
      ofGenesFrom: counts.starts, spots: counts.spots,
      values: observed(for: prediction).entryValues(), with: shared.values,
      measuredGene: shared.genes)
    var rowOfGene: [Int: Int] = [:]
    for (row, gene) in shared.genes.enumerated() { rowOfGene[gene] = row }
    let width = bootstrap.replicates
    let nothing = [Double](repeating: .nan, count: width)[...]
    return GeneReplicates(
      replicates: width,
      values: genes.flatMap { gene in
        rowOfGene[gene].map { correlations[$0 * width..<($0 + 1) * width] } ?? nothing
      })
  }

  private func observed(for prediction: Prediction) -> NormalizedExpression {
    prediction.observed(in: section.section, otherwise: section.expression(plan.normalization))
  }

  /// Values of some genes as a column of the table's genes.
  private func column(_ values: [Double], at places: [Int]) -> NumberColumn {
    var all = [Double](repeating: .nan, count: section.section.genes.count)
    for (place, value) in zip(places, values) { all[place] = value }
    return NumberColumn(genes.map { all[$0] })
  }
}

/// The genes of a prediction that its section has.
struct SharedGenes {
  /// Indices into the section's genes.
  let genes: [Int]
  /// `[genes, spots]`
  let values: [Float]

  init(_ prediction: Prediction, _ section: LoadedSection) {
    let indexOfGene = Dictionary(uniqueKeysWithValues: zip(section.section.genes, 0...))
    let shared = prediction.genes.enumerated().compactMap { row, name in
      indexOfGene[name].map { (row: row, gene: $0) }
    }
    let width = prediction.spotCount
    genes = shared.map(\.gene)
    values =
      shared.count == prediction.geneCount
      ? prediction.values
      : shared.flatMap { prediction.values[$0.row * width..<($0.row + 1) * width] }
  }
}

/// Each gene's correlation over every resampling; NaN throughout where there is none.
private struct GeneReplicates {
  let replicates: Int
  /// `[genes, replicates]`
  let values: [Double]

  /// Each resampling's mean over the genes that have a correlation there.
  var means: [Double] {
    (0..<replicates).map { replicate in
      var (sum, count) = (0.0, 0.0)
      for place in stride(from: replicate, to: values.count, by: replicates) {
        guard values[place].isFinite else { continue }
        sum += values[place]
        count += 1
      }
      return sum / count
    }
  }

  /// Each gene's interval.
  var intervals: [BootstrapInterval] {
    stride(from: 0, to: values.count, by: replicates).map { start in
      BootstrapInterval(ofReplicates: Array(values[start..<start + replicates]))
    }
  }

  func difference(to other: GeneReplicates) -> GeneReplicates {
    GeneReplicates(replicates: replicates, values: zip(values, other.values).map { $0 - $1 })
  }
}

extension Section {
  /// Cells of the smallest rectangle of the array that holds all spots, less the spots.
  var cellsWithoutSpot: Int {
    guard let columns = spots.map(\.column).range, let rows = spots.map(\.row).range else {
      return 0
    }
    // Hexagonal arrays number every other column: those in between are no cells.
    let parities = Set(spots.map { ($0.column + $0.row) & 1 })
    let cells = columns.count * rows.count / (parities.count == 1 && spots.count > 1 ? 2 : 1)
    return max(0, cells - spots.count)
  }
}

extension [Int] {
  fileprivate var range: ClosedRange<Int>? {
    guard let least = self.min(), let greatest = self.max() else { return nil }
    return least...greatest
  }
}
