import TensorCore

/// A patient, how long it was followed, and whether the event came.
public struct SurvivalPatient: Sendable {
  /// What the network reads.
  public var stack: PatientStack
  /// How long the patient was followed, in any unit, 0 or above.
  public var time: Double
  /// Whether the event came at the end; false for a censored patient.
  public var event: Bool

  /// Makes a patient of its parts.
  public init(_ stack: PatientStack, time: Double, event: Bool) {
    self.stack = stack
    self.time = time
    self.event = event
  }
}

/// Trains networks for risk on a cohort, fold by fold.
///
/// Patients are split by event into folds of nearly equal share; for each a network learns from the
/// others, and of its epochs the one that scores best on the fold is kept, as in the release: a score of
/// that fold is then no longer of unseen patients.
///
/// Source: HiST's application module. All patients of a split make one step.
public struct SurvivalTraining: Sendable {
  /// How risks are held against times.
  public var loss: CoxLoss
  /// How networks are trained.
  public var recipe: StackRecipe
  /// The network's sizes but for the number of maps and clinical values, which the cohort tells.
  public var sizes: ConvNeXtV2.Sizes

  /// Breslow's loss and Eosin's recipe unless told otherwise.
  public init(
    loss: CoxLoss = .breslow, recipe: StackRecipe = StackRecipe(),
    sizes: ConvNeXtV2.Sizes = .survival
  ) {
    self.loss = loss
    self.recipe = recipe
    self.sizes = sizes
  }

  /// The release's loss and recipe.
  public static let released = SurvivalTraining(loss: .released, recipe: .released)

  /// Trains a network a fold.
  ///
  /// - Parameters:
  ///   - cohort: the patients.
  ///   - score: how well risks agree with times and events, such as the concordance index; the higher,
  ///     the better.
  /// - Throws: for a cohort that nothing can be learned from, and when `work` was cancelled.
  public func folds(
    _ cohort: [SurvivalPatient], _ work: PredictionWork = PredictionWork(),
    score: (_ risks: [Double], _ times: [Double], _ events: [Bool]) -> Double
  ) throws(ModelError) -> [StackFold] {
    try recipe.check()
    try Self.check(cohort)
    let split = try StratifiedFolds(
      of: cohort.map { $0.event ? 1 : 0 }, count: recipe.folds, seed: recipe.seed)
    var folds: [StackFold] = []
    for (number, validation) in split.folds.enumerated() {
      let part = work.part(
        from: Double(number) / Double(split.folds.count),
        to: Double(number + 1) / Double(split.folds.count))
      folds.append(
        try fold(
          cohort, training: split.others(of: number), validation: validation, number, part,
          score: score))
    }
    return folds
  }

  private func fold(
    _ cohort: [SurvivalPatient], training: [Int], validation: [Int], _ number: Int,
    _ work: PredictionWork, score: ([Double], [Double], [Bool]) -> Double
  ) throws(ModelError) -> StackFold {
    var sizes = sizes
    sizes.inputs = cohort[0].stack.maps.shape[0]
    sizes.head = .risk(clinical: cohort[0].stack.clinical.count)
    let training = inOrder(training, of: cohort)
    func times(_ members: [Int]) -> [Double] { members.map { cohort[$0].time } }
    func events(_ members: [Int]) -> [Bool] { members.map { cohort[$0].event } }
    return try StackTraining(sizes: sizes, recipe: recipe, patients: cohort.map(\.stack)).run(
      training: training, validation: validation, stream: number, work,
      loss: { (risks: Tensor, members: [Int]) throws(ModelError) in
        try loss(risks, times: times(members), events: events(members))
      },
      score: { risks in
        score(risks.array.map(Double.init), times(validation), events(validation))
      })
  }

  /// The order that the released loss takes patients in: all censored ones, then all others.
  private func inOrder(_ members: [Int], of cohort: [SurvivalPatient]) -> [Int] {
    guard loss == .released else { return members }
    return members.filter { !cohort[$0].event } + members.filter { cohort[$0].event }
  }

  /// - Throws: for patients that no risk can be learned from.
  static func check(_ cohort: [SurvivalPatient]) throws(ModelError) {
    try PatientStack.check(cohort.map(\.stack))
    if let patient = cohort.first(where: { !($0.time.isFinite && $0.time >= 0) }) {
      throw ModelError(
        "Patient \(patient.stack.name) was followed for \(patient.time). Give a time of 0 or above."
      )
    }
    let events = cohort.count { $0.event }
    guard events >= 2 else {
      throw ModelError(
        "\(events) of \(cohort.count) patients had the event; every fold has to learn from one at "
          + "least. Add patients with the event.")
    }
  }
}
