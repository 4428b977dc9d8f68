import TensorCore

/// Over which cells of the grid a network's errors are counted.
public enum GridLoss: String, Codable, Sendable, CaseIterable {
  /// Over all, cells without a spot being 0: as released.
  case padded
  /// Over the spots alone.
  case tissue
}

/// How a network over the grid of tiles is trained; the defaults are the release's.
public struct GridRecipe: Codable, Sendable, Equatable {
  /// The rate at the first epoch.
  public var learningRate = 1e-3
  /// The rate that half a cosine ends at after all epochs.
  public var lastRate = 1e-5
  /// How strongly parameters are drawn towards 0, by the gradient.
  public var weightDecay = 1e-4
  /// How often each section is seen.
  public var epochs = 200
  /// Sections of a step; 0 for all.
  public var sectionsPerStep = 0
  /// Over which cells errors are counted.
  public var loss = GridLoss.padded
  /// Epochs at the start whose weights are not chosen where a held-out section chooses.
  public var uncountedEpochs = 20
  /// Whether arrays are laid on the grid in another way by chance at each step, so that few sections
  /// are not learned by heart; the release does not.
  public var symmetries = false
  /// Where all random numbers come from.
  public var seed = 42

  /// The release's values.
  public init() {}

  /// - Throws: for values that no run can be made with.
  func check() throws(ModelError) {
    guard epochs > 0, learningRate > 0, learningRate.isFinite, lastRate >= 0, lastRate.isFinite,
      weightDecay >= 0, sectionsPerStep >= 0
    else {
      throw ModelError(
        "The recipe has \(epochs) epochs, a rate of \(learningRate) and \(sectionsPerStep) sections a "
          + "step. Take one epoch at least, and a rate above 0.")
    }
  }
}
