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

  /// How networks are trained.
  public enum Preset: String, Sendable, Codable, CaseIterable {
    /// Breslow's loss, a rate that learns, and the last epoch.
    case eosin
    /// HiST's released loss and rates, and the epoch that scores best on the fold itself.
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
  /// How networks are trained.
  public var preset = Preset.eosin
  /// What they see; one at least.
  public var maps: Set<Maps> = [.stains]
  /// The encoder's file, for features; nil takes that of the HiST checkpoint.
  public var encoder: URL?
  /// A HiST checkpoint, for genes.
  public var model: URL?
  /// Into how many folds patients are split.
  public var folds = 5
  /// Where random numbers come from: each seed is a split and networks of its own, and a patient's
  /// outcome is the mean over them. Not empty.
  public var seeds = [22]
  /// How often each patient is seen; nil for the preset's.
  public var epochs: Int?
  /// The rate at the first epoch; nil for the preset's.
  public var learningRate: Double?
  /// What times count, such as `months`.
  public var timeName = "time"

  /// The prognosis from stains, under Eosin's preset.
  public init() {}

  /// The recipe of one seed.
  ///
  /// Eosin's keeps the last epoch: a choice among epochs by the fold would have seen the patients
  /// that the fold's score is about.
  func recipe(seed: Int) -> StackRecipe {
    var recipe: StackRecipe
    switch (preset, task) {
    case (.released, .prognosis): recipe = .released
    case (.released, .response): recipe = .releasedResponse
    case (.eosin, .prognosis): recipe = StackRecipe()
    case (.eosin, .response): recipe = ResponseTraining.ownRecipe
    }
    (recipe.folds, recipe.seed) = (folds, seed)
    if let epochs { recipe.epochs = epochs }
    if let learningRate { (recipe.learningRate, recipe.scalesWithBatches) = (learningRate, false) }
    recipe.uncountedEpochs =
      preset == .eosin ? recipe.epochs - 1 : min(recipe.uncountedEpochs, recipe.epochs - 1)
    return recipe
  }
}
