import TensorCore

/// What a linear model of pooled maps says of a cohort, and whom it did not learn from.
public struct PooledFold: Sendable {
  /// The patients that were kept out, ascending.
  public let validation: [Int]
  /// What it says of all patients, `[patients, outputs]`.
  public let outputs: Tensor
}

/// Learns risk or response from the means of patients' maps, fold by fold: for small cohorts.
///
/// With some dozen events a network of thousands of weights learns its patients by heart. Here a patient
/// is the mean of each map over the slide and its clinical values, standardized by the patients
/// learned from, and the model is linear in them with a ridge penalty: Cox's for risk (Breslow's
/// partial likelihood), a softmax with rare kinds weighed up for response. Nothing is chosen by any
/// outcome; nothing but the split is by chance.
///
/// How this was chosen: on eight cohorts of 32 patients drawn as the sample data are, from other seeds,
/// split by one to three seeds. Of the penalties 0.1, 0.03, 0.01, 0.003 and 0.001, 0.003 is the largest
/// whose mean score out of fold is within 0.015 of the best for risk with and without clinical values, for
/// risk with the outcomes of half of the patients exchanged, and for response. A choice within the
/// patients learned from, by cross-validated likelihood, scored lower by 0.02 to 0.06: twenty patients
/// are too few for it. Tiles weighed by their haematoxylin scored 0.75 where all of tissue alike scored
/// 0.69.
///
/// Source: Verweij and van Houwelingen, Statistics in Medicine 1994, for the penalty.
public struct PooledTraining: Sendable {
  /// Into how many folds patients are split.
  public var folds = 5
  /// Where the split comes from.
  public var seed = 22
  /// How strongly weights are drawn to 0: `λ/2` of their squares is added to the mean loss.
  public var penalty = 3e-3

  /// Five folds and HiST's seed.
  public init() {}

  /// A model of risk a fold; outputs are `[patients, 1]`.
  ///
  /// - Throws: for a cohort that nothing can be learned from, and when `work` was cancelled.
  public func risks(
    _ cohort: [SurvivalPatient], _ work: PredictionWork = PredictionWork()
  ) throws(ModelError) -> [PooledFold] {
    try SurvivalTraining.check(cohort)
    return try folds(
      cohort.map(\.stack), splitBy: cohort.map { $0.event ? 1 : 0 }, outputs: 1, work
    ) { (risks: Tensor, members: [Int]) throws(ModelError) in
      try CoxLoss.breslow(
        risks, times: members.map { cohort[$0].time }, events: members.map { cohort[$0].event })
    }
  }

  /// A model of response a fold; outputs are the scores of kinds, `[patients, kinds]`.
  ///
  /// - Throws: for a cohort that nothing can be learned from, and when `work` was cancelled.
  public func responses(
    _ cohort: [ResponsePatient], kinds: Int, _ work: PredictionWork = PredictionWork()
  ) throws(ModelError) -> [PooledFold] {
    try ResponseTraining.check(cohort, kinds: kinds)
    let classes = cohort.map(\.response)
    return try folds(cohort.map(\.stack), splitBy: classes, outputs: kinds, work) {
      (scores: Tensor, members: [Int]) throws(ModelError) in
      let own = members.map { classes[$0] }
      return ClassWeights(of: own, count: kinds).trainingLoss(scores, own)
    }
  }

  private func folds(
    _ patients: [PatientStack], splitBy kinds: [Int], outputs: Int, _ work: PredictionWork,
    loss: (_ outputs: Tensor, _ members: [Int]) throws(ModelError) -> Tensor
  ) throws(ModelError) -> [PooledFold] {
    guard penalty > 0, penalty.isFinite else {
      throw ModelError("The penalty is \(penalty). Take a number above 0.")
    }
    let pooled = PooledPatients(patients)
    let split = try StratifiedFolds(of: kinds, count: folds, seed: seed)
    var result: [PooledFold] = []
    for (number, validation) in split.folds.enumerated() {
      try work.check()
      let members = split.others(of: number)
      let values = pooled.values(learningFrom: members)
      let fit = try PenalizedFit(gather(values, members), outputs: outputs, penalty: penalty) {
        (outputs: Tensor) throws(ModelError) in try loss(outputs, members)
      }
      result.append(PooledFold(validation: validation, outputs: matmul(values, fit.weights)))
      work.report(Double(number + 1) / Double(split.folds.count))
    }
    return result
  }
}
