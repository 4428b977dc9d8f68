import TensorCore

/// How the networks that read patients' stacks are trained.
public struct StackRecipe: Codable, Sendable, Equatable {
  /// The rate at the first epoch, before ``scalesWithBatches``.
  public var learningRate = 1e-3
  /// Whether the rate is multiplied with the number of batches of training and validation together,
  /// divided by 256, as released.
  public var scalesWithBatches = false
  /// The rate that half a cosine ends at after all epochs; the schedule rises where it is the larger.
  public var lastRate = 1e-5
  /// How strongly weights of two axes or more are drawn towards 0, past the gradient.
  public var weightDecay = 0.05
  /// How often each patient is seen.
  public var epochs = 100
  /// Epochs at the start whose weights are not kept, however they score.
  public var uncountedEpochs = 20
  /// Patients of a step; 0 for all.
  public var patientsPerStep = 0
  /// Into how many folds patients are split.
  public var folds = 5
  /// Where all random numbers come from.
  public var seed = 22

  /// Eosin's own: a rate at which a hundred epochs learn something.
  public init() {}

  /// What the release does for survival: all patients in one step, and a rate of 3.9e-6 that rises to
  /// 1e-5.
  public static var released: StackRecipe {
    var recipe = StackRecipe()
    (recipe.learningRate, recipe.scalesWithBatches) = (5e-4, true)
    return recipe
  }

  /// What the release does for response: the same, eight patients a step.
  public static var releasedResponse: StackRecipe {
    var recipe = released
    recipe.patientsPerStep = 8
    return recipe
  }

  /// Steps that so many patients take.
  func batches(of patients: Int) -> Int {
    patientsPerStep == 0 ? 1 : (patients + patientsPerStep - 1) / patientsPerStep
  }

  /// The rate at the first epoch, for such a split.
  func firstRate(training: Int, validation: Int) -> Double {
    guard scalesWithBatches else { return learningRate }
    return learningRate * Double(batches(of: training) + batches(of: validation)) / 256
  }

  /// - Throws: for values that no run can be made with.
  func check() throws(ModelError) {
    guard epochs > 0, 0..<epochs ~= uncountedEpochs, learningRate > 0, learningRate.isFinite,
      lastRate >= 0, lastRate.isFinite, weightDecay >= 0, patientsPerStep >= 0
    else {
      throw ModelError(
        "The recipe has \(epochs) epochs, of which \(uncountedEpochs) do not count, a rate of "
          + "\(learningRate) and \(patientsPerStep) patients a step. Take fewer uncounted epochs than "
          + "epochs, and a rate above 0.")
    }
  }
}
