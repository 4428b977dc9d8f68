import Sections
import TensorCore

/// What a model adds to be trained on sections.
///
/// The first of its presets is the one taken where none is named.
public protocol TrainableModel: ExpressionModel {
  /// Recipes by name: the paper's own, and Eosin's.
  static var presets: [TrainingPreset] { get }

  /// The parts that can be left out, as the paper's ablations do, and the settings that leave them
  /// out.
  static var ablations: [String: [String: JSON]] { get }

  /// How a patch is cut, and the order of its values.
  var patchShape: PatchShape { get }

  /// Which of a spot's nearest spots it is joined to.
  var pruning: Adjacency.Pruning { get }

  /// The size of the array along each axis.
  var positions: Int { get }

  /// Predicts `[spots, genes]` of a whole section; `patches` are `[spots, 3 · side²]`, 0...255.
  func expression(_ section: TrainingSection, _ patches: Tensor, _ training: TrainingPass?)
    -> Tensor

  /// What training makes small, from the patches as the recipe changed them.
  func objective(
    _ section: TrainingSection, _ patches: Tensor, _ recipe: TrainingRecipe, _ pass: TrainingPass
  ) -> TrainingObjective

  /// The name of the linear layer that gives the genes, which may begin at their means.
  static var outputLayer: String { get }

  /// Whether a spot's prediction depends on its own patch alone, so that a step may see spots of any
  /// sections.
  static var readsSpotsAlone: Bool { get }

  /// Whether spots whose patches are not wholly on the image are left out of training.
  static var leavesOutBorder: Bool { get }

  /// The sizes with what a run measures on the patches that its first twelve steps see.
  static func configuration(
    _ configuration: Configuration, measuredOn patches: [Patches]
  ) -> Configuration
}

extension TrainableModel {
  /// Nothing can be left out.
  public static var ablations: [String: [String: JSON]] { [:] }

  /// A section is read as a whole, spots at its border too.
  public static var readsSpotsAlone: Bool { false }

  /// Patches at the border are filled up with white, as in prediction.
  public static var leavesOutBorder: Bool { false }

  /// Nothing is measured.
  public static func configuration(
    _ configuration: Configuration, measuredOn patches: [Patches]
  ) -> Configuration { configuration }

  /// Every one of its nearest spots.
  public var pruning: Adjacency.Pruning { .none }

  /// The squared error alone.
  public func objective(
    _ section: TrainingSection, _ patches: Tensor, _ recipe: TrainingRecipe, _ pass: TrainingPass
  ) -> TrainingObjective {
    TrainingObjective(squaredError: section.squaredError(expression(section, patches, pass)))
  }
}

extension ExpressionModel {
  /// What the model's first preset predicts: that of the authors.
  public static var usualNormalization: Normalization {
    (self as? any TrainableModel.Type)?.presets.first?.normalization ?? .released
  }
}

/// The number that a training step makes smaller, and what it is the sum of.
public struct TrainingObjective: Sendable {
  /// The sum, a scalar.
  public let total: Tensor
  /// Its parts by name, unweighed.
  public let parts: [String: Tensor]

  /// The squared error alone.
  public init(squaredError: Tensor) {
    total = squaredError
    parts = [:]
  }

  /// The squared error and others, each times its weight.
  public init(squaredError: Tensor, with others: [(name: String, loss: Tensor, weight: Float)]) {
    total = others.reduce(squaredError) { $0 + $1.loss * $1.weight }
    parts = Dictionary(
      uniqueKeysWithValues: [("squaredError", squaredError)] + others.map { ($0.name, $0.loss) })
  }
}
