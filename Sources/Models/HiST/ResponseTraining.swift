import TensorCore

/// A patient and how it responded to treatment.
public struct ResponsePatient: Sendable {
  /// What the network reads.
  public var stack: PatientStack
  /// The kind of response, from 0 on.
  public var response: Int

  /// Makes a patient of its parts.
  public init(_ stack: PatientStack, response: Int) {
    self.stack = stack
    self.response = response
  }
}

/// Trains networks that tell kinds of response apart, fold by fold; rare kinds count as much as
/// frequent ones.
///
/// Source: HiST's application module, eight patients a step. Departure: patients are split in folds by
/// response, where the release makes one split.
public struct ResponseTraining: Sendable {
  /// Kinds of response.
  public var kinds: Int
  /// How networks are trained.
  public var recipe: StackRecipe
  /// The network's sizes but for the numbers of maps and kinds.
  public var sizes: ConvNeXtV2.Sizes

  /// Three kinds and Eosin's recipe unless told otherwise.
  public init(
    kinds: Int = 3, recipe: StackRecipe = Self.ownRecipe, sizes: ConvNeXtV2.Sizes = .response
  ) {
    self.kinds = kinds
    self.recipe = recipe
    self.sizes = sizes
  }

  /// Eosin's recipe with eight patients a step.
  public static var ownRecipe: StackRecipe {
    var recipe = StackRecipe()
    recipe.patientsPerStep = 8
    return recipe
  }

  /// The release's recipe.
  public static let released = ResponseTraining(recipe: .releasedResponse)

  /// Trains a network a fold; epochs are chosen by the share of the fold's patients that are told right.
  ///
  /// - Throws: for a cohort that nothing can be learned from, and when `work` was cancelled.
  public func folds(
    _ cohort: [ResponsePatient], _ work: PredictionWork = PredictionWork()
  ) throws(ModelError) -> [StackFold] {
    try recipe.check()
    try Self.check(cohort, kinds: kinds)
    let classes = cohort.map(\.response)
    let split = try StratifiedFolds(of: classes, count: recipe.folds, seed: recipe.seed)
    var sizes = sizes
    (sizes.inputs, sizes.head) = (cohort[0].stack.maps.shape[0], .classes(kinds))
    let training = StackTraining(sizes: sizes, recipe: recipe, patients: cohort.map(\.stack))
    var folds: [StackFold] = []
    for (number, validation) in split.folds.enumerated() {
      let others = split.others(of: number)
      let weights = ClassWeights(of: others.map { classes[$0] }, count: kinds)
      folds.append(
        try training.run(
          training: others, validation: validation, stream: number,
          work.part(
            from: Double(number) / Double(split.folds.count),
            to: Double(number + 1) / Double(split.folds.count)),
          loss: { (scores: Tensor, members: [Int]) throws(ModelError) in
            weights.trainingLoss(scores, members.map { classes[$0] })
          },
          score: { scores in
            let right = zip(Self.kinds(of: scores), validation).count { $0 == classes[$1] }
            return Double(right) / Double(validation.count)
          }))
    }
    return folds
  }

  /// The kind with the highest of scores `[patients, kinds]`, the first of equals.
  public static func kinds(of scores: Tensor) -> [Int] {
    let (count, values) = (scores.shape[1], scores.array)
    return (0..<scores.shape[0]).map { patient in
      let own = values[patient * count..<(patient + 1) * count]
      return own.indices.max { own[$0] < own[$1] || own[$0] == own[$1] && $0 > $1 }.map {
        $0 - patient * count
      } ?? 0
    }
  }

  /// - Throws: for patients that no response can be learned from.
  static func check(_ cohort: [ResponsePatient], kinds: Int) throws(ModelError) {
    try PatientStack.check(cohort.map(\.stack))
    if let patient = cohort.first(where: { !(0..<kinds ~= $0.response) }) {
      throw ModelError(
        "Patient \(patient.stack.name) has response \(patient.response), where kinds are 0 to "
          + "\(kinds - 1). Number them from 0 on.")
    }
  }
}
