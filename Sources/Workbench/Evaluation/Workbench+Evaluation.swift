import Evaluation
import Foundation
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
