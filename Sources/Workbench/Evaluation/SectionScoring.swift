import Evaluation
import Sections

/// Scores predictions of one section.
struct SectionScoring {
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
        section.expression(plan.normalization).mapBlocks { _, block in
          Evaluation.gearysC(
            ofGenesFrom: block.starts, spots: block.spots, values: block.values, weights: weights)
        }.flatMap(\.self)),
      attainable: attainable.map { NumberColumn($0.attainable) })
  }

  func columns(
    of prediction: Prediction, _ workbench: Workbench, _ isCancelled: @escaping @Sendable () -> Bool
  ) throws(WorkbenchError) -> SectionScores.MethodColumns {
    let shared = SharedGenes(prediction, section)
    let expression = observed(for: prediction)
    let observed = expression.block(ofGenes: shared.genes)
    let counted = section.section.counts.block(ofGenes: shared.genes)
    let agreement = GeneAgreement(
      Set(GeneMeasure.allCases), ofGenesFrom: observed.starts, spots: observed.spots,
      values: observed.values,
      counts: (expression.normalization.keepsZeros ? counted : counted.filled()).values,
      spotCount: observed.spotCount, with: shared.values,
      measuredGene: Array(shared.genes.indices), backgroundCells: backgroundCells)
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

  func observed(for prediction: Prediction) -> NormalizedExpression {
    prediction.observed(in: section.section, otherwise: section.expression(plan.normalization))
  }

  /// Values of some genes as a column of the table's genes.
  private func column(_ values: [Double], at places: [Int]) -> NumberColumn {
    var all = [Double](repeating: .nan, count: section.section.genes.count)
    for (place, value) in zip(places, values) { all[place] = value }
    return NumberColumn(genes.map { all[$0] })
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
