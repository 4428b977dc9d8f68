import Evaluation
import Models
import Sections
import TensorCore

/// Learns risk from patients' times, a model a fold and seed, and asks each for the risks of its fold.
struct PrognosisRun {
  let request: CohortRequest
  let patients: [SurvivalPatient]

  /// A model's risks of those it did not learn from and of those it did, in the order of the patients.
  private struct Told {
    var validation: [Int]
    var unseen: [Double]
    var learned: [Double]
    var epoch: Int?
  }

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
      let told = try request.preset == .small ? linear(seed, part) : networks(seed, part)
      var risks = [Double](repeating: 0, count: patients.count)
      for (number, fold) in told.enumerated() {
        for (patient, risk) in zip(fold.validation, onScale(fold)) { risks[patient] = risk }
        let members = fold.validation.map { patients[$0] }
        folds.append(
          PrognosisResult.Fold(
            seed: seed, fold: number + 1, patients: members.count,
            events: members.count { $0.event }, epoch: fold.epoch,
            concordance: Self.concordance(
              fold.unseen, members.map(\.time), members.map(\.event)
            ).finite))
      }
      risksOfSeeds.append(risks)
    }
    return PrognosisResult(
      patients.map {
        PrognosisResult.Patient(
          slide: $0.stack.name, time: $0.time, event: $0.event, risk: 0, group: .lower)
      }, risksOfSeeds: risksOfSeeds, folds: folds)
  }

  private func linear(_ seed: Int, _ work: PredictionWork) throws(ModelError) -> [Told] {
    try request.pooled(seed: seed).risks(patients, work).map { fold in
      let risks = fold.outputs.array.map(Double.init)
      return Told(
        validation: fold.validation, unseen: fold.validation.map { risks[$0] },
        learned: others(than: fold.validation).map { risks[$0] })
    }
  }

  private func networks(_ seed: Int, _ work: PredictionWork) throws(ModelError) -> [Told] {
    try SurvivalTraining(
      loss: request.preset == .released ? .released : .breslow, recipe: request.recipe(seed: seed)
    ).folds(patients, work, score: Self.concordance).map { fold in
      Told(
        validation: fold.validation, unseen: fold.outputs.array.map(Double.init),
        learned: risks(of: others(than: fold.validation), fold.network), epoch: fold.epoch)
    }
  }

  private static func concordance(
    _ risks: [Double], _ times: [Double], _ events: [Bool]
  ) -> Double {
    ConcordanceIndex(of: FollowUp(times: times, events: events), risks: risks).value
  }

  private func others(than members: [Int]) -> [Int] {
    let isKeptOut = Set(members)
    return patients.indices.filter { !isKeptOut.contains($0) }
  }

  /// A fold's risks less the median of the patients learned from, divided by their standard deviation.
  ///
  /// Risks of two models have no common zero, and cannot be compared without one; nothing of the fold
  /// enters it.
  private func onScale(_ fold: Told) -> [Double] {
    let known = fold.learned.sorted()
    let median = (known[(known.count - 1) / 2] + known[known.count / 2]) / 2
    let mean = known.reduce(0, +) / Double(known.count)
    let squares = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(known.count)).squareRoot()
    return fold.unseen.map { deviation > 0 ? ($0 - median) / deviation : 0 }
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
