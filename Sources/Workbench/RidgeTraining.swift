import Dispatch
import Evaluation
import Foundation
import Models
import Sections
import Synchronization
import TensorCore

/// Sections read for fitting ridges: what their spots look like and what is expressed there.
///
/// The images are gone through once, however many ridges are fitted.
struct RidgeTraining {
  let sections: [LoadedSection]
  let statistics: [StainStatistics]
  let genes: [String]
  let normalization: Normalization

  /// Reads the images, those of different sections at once.
  init(
    _ sections: [LoadedSection], genes: [String], normalization: Normalization,
    _ work: PredictionWork
  ) throws(WorkbenchError) {
    self.sections = sections
    self.genes = genes
    self.normalization = normalization
    let shares = Mutex([Double](repeating: 0, count: sections.count))
    let results = Mutex(
      [Result<StainStatistics, ModelError>?](repeating: nil, count: sections.count))
    DispatchQueue.concurrentPerform(iterations: sections.count) { index in
      let part = PredictionWork(
        report: { share in
          let sum = shares.withLock { shares in
            shares[index] = share
            return shares.reduce(0, +)
          }
          work.report(sum / Double(sections.count))
        }, isCancelled: work.isCancelled)
      let result = Result { () throws(ModelError) in try sections[index].stainStatistics(part) }
      results.withLock { $0[index] = result }
    }
    var statistics: [StainStatistics] = []
    for result in results.withLock({ $0 }) {
      // Every iteration has set its own.
      do { statistics.append(try result!.get()) } catch { throw WorkbenchError(error.description) }
    }
    self.statistics = statistics
  }

  /// Fits a ridge to some of the sections, each of which has all the genes.
  func checkpoint(
    on trained: [Int], _ work: PredictionWork
  ) throws(WorkbenchError) -> (checkpoint: Checkpoint, fit: RidgeFit) {
    let fit: RidgeFit
    do {
      fit = try RidgeFit(
        of: trained.map(observations), genes: genes.count, work, score: meanCorrelation)
    } catch { throw WorkbenchError(error.description) }
    let names = trained.map { sections[$0].section.name }
    let checkpoint = Checkpoint(
      ridge: fit, genes: genes, normalization: normalization, sections: names,
      patients: trained.map { sections[$0].section.patient })
    return (checkpoint, fit)
  }

  private func observations(ofSection index: Int) -> RidgeFit.Observations {
    let section = sections[index].section
    let places = Panel(name: "genes", genes: genes).indices(in: section).found
    let expression = NormalizedExpression(
      counts: section.counts, normalization: normalization, panel: places)
    return RidgeFit.Observations(statistics[index], expression: expression.dense(genes: places))
  }

  /// Scores a ridge on a section.
  func row(
    heldOut: Int, trainedOn trained: [Int], by checkpoint: Checkpoint, _ fit: RidgeFit,
    _ workbench: Workbench
  ) throws(WorkbenchError) -> TrainingReport.Row {
    let section = sections[heldOut].section
    let ridge: Ridge
    do { ridge = try Ridge(checkpoint) } catch { throw WorkbenchError(error.description) }
    let expression = ridge(statistics[heldOut])  // [spots, genes]
    let prediction = Prediction(
      method: "Ridge", genes: genes, spotCount: section.spots.count,
      values: expression.transposed(0, 1).array, normalization: normalization)
    let scores = workbench.scores(
      of: prediction, on: sections[heldOut], otherwise: normalization)
    return TrainingReport.Row(
      section: section.name, patient: section.patient, spots: section.spots.count,
      trainedOn: trained.map { sections[$0].section.name },
      samePatient: trained.map { sections[$0].section }.filter { $0.patient == section.patient }
        .map(\.name),
      penalty: fit.penalty, correlation: scores.summary)
  }

  /// The mean of Pearson's correlation over the genes that have one, of `[genes, spots]`.
  private func meanCorrelation(_ predicted: [Float], _ observed: [Float]) -> Double? {
    let spots = predicted.count / genes.count
    let starts = (0...genes.count).map { $0 * spots }
    let correlations = pearsonCorrelations(
      ofGenesFrom: starts, spots: (0..<predicted.count).map { UInt32($0 % spots) },
      values: observed, spotCount: spots, with: predicted,
      measuredGene: Array(genes.indices))
    return CorrelationSummary(of: correlations.map(\.r)).mean
  }
}

extension LoadedSection {
  fileprivate func stainStatistics(
    _ work: PredictionWork
  ) throws(ModelError) -> StainStatistics {
    guard let image = section.image else {
      throw ModelError(
        "Section \(section.name) has no image, so there is nothing to see of its spots. Leave it "
          + "out, or put its image into the data set.")
    }
    return try StainStatistics(
      of: section.spots, pitchPixels: layout.pitch, image: image, work)
  }
}
