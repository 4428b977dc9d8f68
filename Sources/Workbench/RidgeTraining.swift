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
  let normalization: Normalization

  /// Reads the images, those of different sections at once.
  init(
    _ sections: [LoadedSection], normalization: Normalization, _ work: PredictionWork
  ) throws(WorkbenchError) {
    self.sections = sections
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

  /// Fits a ridge to a fold's sections, each of which has all the genes, and scores it on those held
  /// out.
  func train(
    _ fold: TrainingFold, _ chosen: ChosenGenes, to output: URL?, replacing: Bool,
    _ work: PredictionWork
  ) throws(WorkbenchError) -> TrainingOutcome {
    let genes = chosen.genes
    let trained = fold.trained.map(place)
    let fit: RidgeFit
    do {
      fit = try RidgeFit(
        of: trained.map { observations(ofSection: $0, genes) }, genes: genes.count, work
      ) { meanCorrelation($0, $1, genes: genes.count) }
    } catch { throw WorkbenchError(error.description) }
    let checkpoint = Checkpoint(
      ridge: fit, genes: genes, normalization: normalization, sections: fold.trained,
      patients: trained.map { sections[$0].section.patient }, heldOut: fold.heldOut)
    if let output {
      do { try checkpoint.write(to: output, replacing: replacing) } catch {
        throw WorkbenchError(error.description)
      }
    }
    var rows: [TrainingReport.Row] = []
    for section in fold.heldOut.map(place) {
      rows.append(
        TrainingReport.Row(
          sections[section], trainedOn: trained.map { sections[$0] },
          scores: try scores(on: section, by: checkpoint), penalty: fit.penalty))
    }
    return TrainingOutcome(rows: rows, file: output)
  }

  private func place(_ name: String) -> Int {
    sections.firstIndex { $0.section.name == name }!  // Folds are made of these sections.
  }

  private func observations(ofSection index: Int, _ genes: [String]) -> RidgeFit.Observations {
    let section = sections[index].section
    let places = Panel(name: "genes", genes: genes).indices(in: section).found
    let expression = NormalizedExpression(
      counts: section.counts, normalization: normalization, panel: places)
    return RidgeFit.Observations(statistics[index], expression: expression.dense(genes: places))
  }

  private func scores(
    on index: Int, by checkpoint: Checkpoint
  ) throws(WorkbenchError) -> MethodScores {
    let ridge: Ridge
    do { ridge = try Ridge(checkpoint) } catch { throw WorkbenchError(error.description) }
    let expression = ridge(statistics[index])  // [spots, genes]
    let prediction = Prediction(
      method: "Ridge", genes: checkpoint.genes,
      spotCount: sections[index].section.spots.count,
      values: expression.transposed(0, 1).array, normalization: normalization)
    return Workbench().scores(of: prediction, on: sections[index], otherwise: normalization)
  }

  /// The mean of Pearson's correlation over the genes that have one, of `[genes, spots]`.
  private func meanCorrelation(
    _ predicted: [Float], _ observed: [Float], genes: Int
  ) -> Double? {
    let spots = predicted.count / genes
    let correlations = pearsonCorrelations(
      ofGenesFrom: (0...genes).map { $0 * spots },
      spots: (0..<predicted.count).map { UInt32($0 % spots) }, values: observed,
      spotCount: spots, with: predicted, measuredGene: Array(0..<genes))
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
