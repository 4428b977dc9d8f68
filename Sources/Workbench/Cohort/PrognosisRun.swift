import Evaluation
import Models
import Sections
import TensorCore

/// Trains a network a fold and seed on patients' times, and asks each for the risks of its fold.
struct PrognosisRun {
  let request: CohortRequest
  let patients: [SurvivalPatient]

  /// Patients whose risks are asked for at a time.
  private static let patientsAtOnce = 16

  /// - Throws: for a cohort that nothing can be learned from, and when `work` was cancelled.
  func result(_ work: PredictionWork) throws(ModelError) -> PrognosisResult {
    var risksOfSeeds: [[Double]] = []
    var folds: [PrognosisResult.Fold] = []
    for (place, seed) in request.seeds.enumerated() {
      let part = work.part(
        from: Double(place) / Double(request.seeds.count),
        to: Double(place + 1) / Double(request.seeds.count))
      let trained = try training(seed: seed).folds(patients, part) { risks, times, events in
        ConcordanceIndex(of: FollowUp(times: times, events: events), risks: risks).value
      }
      var risks = [Double](repeating: 0, count: patients.count)
      for (number, fold) in trained.enumerated() {
        for (patient, risk) in zip(fold.validation, risksOnScale(of: fold)) {
          risks[patient] = risk
        }
        folds.append(
          PrognosisResult.Fold(
            seed: seed, fold: number + 1, patients: fold.validation.count,
            events: fold.validation.count { patients[$0].event }, epoch: fold.epoch,
            concordance: fold.score.finite))
      }
      risksOfSeeds.append(risks)
    }
    return PrognosisResult(
      patients.map {
        PrognosisResult.Patient(
          slide: $0.stack.name, time: $0.time, event: $0.event, risk: 0, group: .lower)
      }, risksOfSeeds: risksOfSeeds, folds: folds)
  }

  private func training(seed: Int) -> SurvivalTraining {
    SurvivalTraining(
      loss: request.preset == .released ? .released : .breslow, recipe: request.recipe(seed: seed))
  }

  /// A fold's risks less the median of the patients trained on, divided by their standard deviation.
  ///
  /// Risks of two networks have no common zero, and cannot be compared without one; nothing of the fold
  /// enters it.
  private func risksOnScale(of fold: StackFold) -> [Double] {
    let isKeptOut = Set(fold.validation)
    let others = patients.indices.filter { !isKeptOut.contains($0) }
    let known = risks(of: others, fold.network).sorted()
    let median = (known[(known.count - 1) / 2] + known[known.count / 2]) / 2
    let mean = known.reduce(0, +) / Double(known.count)
    let squares = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(known.count)).squareRoot()
    return fold.outputs.array.map {
      deviation > 0 ? (Double($0) - median) / deviation : 0
    }
  }

  private func risks(of members: [Int], _ network: ConvNeXtV2) -> [Double] {
    stride(from: 0, to: members.count, by: Self.patientsAtOnce).flatMap { start in
      let batch = members[start..<min(start + Self.patientsAtOnce, members.count)]
      let maps = stack(batch.map { patients[$0].stack.maps })
      let values = batch.flatMap { patients[$0].stack.clinical }
      let clinical =
        values.isEmpty
        ? nil : Tensor(shape: [batch.count, values.count / batch.count], values)
      return network(maps, clinical: clinical).array.map(Double.init)
    }
  }
}
