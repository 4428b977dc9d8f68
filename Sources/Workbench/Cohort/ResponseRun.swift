import Models
import TensorCore

/// Learns classes of response, a model a fold and seed, and asks each for those of its fold.
struct ResponseRun {
  let request: CohortRequest
  let patients: [ResponsePatient]
  let classes: [String]

  /// A model's scores of those it did not learn from, `[patients, classes]`.
  private struct Told {
    var validation: [Int]
    var scores: Tensor
    var epoch: Int?
  }

  /// - Throws: for a cohort that nothing can be learned from, and when `work` was cancelled.
  func result(_ work: PredictionWork) throws(ModelError) -> ResponseResult {
    var sharesOfSeeds: [[[Double]]] = []
    var folds: [ResponseResult.Fold] = []
    for (place, seed) in request.seeds.enumerated() {
      let part = work.part(
        from: Double(place) / Double(request.seeds.count),
        to: Double(place + 1) / Double(request.seeds.count))
      let told = try request.preset == .small ? linear(seed, part) : networks(seed, part)
      var shares = [[Double]](repeating: [], count: patients.count)
      for (number, fold) in told.enumerated() {
        let values = softmax(fold.scores).array.map(Double.init)
        for (row, patient) in fold.validation.enumerated() {
          shares[patient] = Array(values[row * classes.count..<(row + 1) * classes.count])
        }
        let right = zip(ResponseTraining.kinds(of: fold.scores), fold.validation)
          .count { $0 == patients[$1].response }
        folds.append(
          ResponseResult.Fold(
            seed: seed, fold: number + 1, patients: fold.validation.count, epoch: fold.epoch,
            accuracy: Double(right) / Double(fold.validation.count)))
      }
      sharesOfSeeds.append(shares)
    }
    return ResponseResult(
      slides: patients.map(\.stack.name), responses: patients.map(\.response), classes: classes,
      sharesOfSeeds: sharesOfSeeds, folds: folds)
  }

  private func linear(_ seed: Int, _ work: PredictionWork) throws(ModelError) -> [Told] {
    try request.pooled(seed: seed).responses(patients, kinds: classes.count, work).map { fold in
      Told(validation: fold.validation, scores: gather(fold.outputs, fold.validation))
    }
  }

  private func networks(_ seed: Int, _ work: PredictionWork) throws(ModelError) -> [Told] {
    try ResponseTraining(kinds: classes.count, recipe: request.recipe(seed: seed))
      .folds(patients, work).map { fold in
        Told(validation: fold.validation, scores: fold.outputs, epoch: fold.epoch)
      }
  }
}
