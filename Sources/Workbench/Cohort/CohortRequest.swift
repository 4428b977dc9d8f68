import Foundation
import Models
import Sections

/// What is to be learned from a cohort, and how.
public struct CohortRequest: Sendable {
  /// What is predicted of each patient.
  public enum Task: String, Sendable, Codable, CaseIterable {
    /// A risk, held against times and events.
    case prognosis
    /// The class of response to a treatment.
    case response
  }

  /// What learns, and how.
  public enum Preset: String, Sendable, Codable, CaseIterable {
    /// For small cohorts: a linear model with a ridge penalty of the maps' means, ``PooledTraining``.
    case small
    /// HiST's network, Breslow's loss, a rate that learns, and the last epoch: for some hundreds of
    /// patients.
    case eosin
    /// HiST's network, its released loss and rates, and the epoch that scores best on the fold itself.
    case released
  }

  /// What a network sees of a slide, in the order in which maps are laid one after another.
  public enum Maps: String, Sendable, Codable, CaseIterable {
    /// What a HiST checkpoint predicts of each tile.
    case genes
    /// What an encoder makes of each tile.
    case features
    /// Haematoxylin, eosin and their texture in each tile.
    case stains
  }

  /// What is predicted.
  public var task = Task.prognosis
  /// What learns, and how.
  public var preset = Preset.small
  /// What is seen of slides; one at least.
  public var maps: Set<Maps> = [.stains]
  /// The encoder's file, for features; nil takes that of the HiST checkpoint.
  public var encoder: URL?
  /// A HiST checkpoint, for genes.
  public var model: URL?
  /// Into how many folds patients are split.
  public var folds = 5
  /// Where random numbers come from: each seed is a split and models of its own, and a patient's
  /// outcome is the mean over them. Not empty.
  public var seeds = [22]
  /// How often a network sees each patient; nil for the preset's.
  public var epochs: Int?
  /// A network's rate at the first epoch; nil for the preset's.
  public var learningRate: Double?
  /// How strongly the preset small draws weights to 0; nil for its own.
  public var penalty: Double?
  /// What times count, such as `months`.
  public var timeName = "time"

  /// The prognosis from stains, as a small cohort allows it.
  public init() {}

  /// One seed's linear models.
  func pooled(seed: Int) -> PooledTraining {
    var training = PooledTraining()
    (training.folds, training.seed) = (folds, seed)
    if let penalty { training.penalty = penalty }
    return training
  }

  /// The recipe of one seed's networks.
  ///
  /// Eosin's keeps the last epoch: a choice among epochs by the fold would have seen the patients
  /// that the fold's score is about.
  func recipe(seed: Int) -> StackRecipe {
    var recipe: StackRecipe
    switch (preset, task) {
    case (.released, .prognosis): recipe = .released
    case (.released, .response): recipe = .releasedResponse
    case (_, .prognosis): recipe = StackRecipe()
    case (_, .response): recipe = ResponseTraining.ownRecipe
    }
    (recipe.folds, recipe.seed) = (folds, seed)
    if let epochs { recipe.epochs = epochs }
    if let learningRate { (recipe.learningRate, recipe.scalesWithBatches) = (learningRate, false) }
    recipe.uncountedEpochs =
      preset == .released ? min(recipe.uncountedEpochs, recipe.epochs - 1) : recipe.epochs - 1
    return recipe
  }
}
