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

  /// What the model is shown of a section again and again: its patches, or the features of a frozen
  /// encoder.
  func sight(of input: SectionInput, _ work: PredictionWork) throws(ModelError) -> SectionSight

  /// What else the model wants to know of a section's spots, of a type of its own; nil for nothing.
  func surroundings(
    of input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> (any Sendable)?

  /// What is worked out of all sections trained on before the first step; done again, it changes
  /// nothing.
  ///
  /// - Throws: ``ModelError/cancelled``, and nothing else.
  static func prepare(
    _ sections: inout [TrainingSection], _ configuration: Configuration, seed: Int,
    _ work: PredictionWork
  ) throws(ModelError)

  /// Predicts `[spots, genes]` of a whole section; `patches` are `[spots, 3 · side²]`, 0...255, or
  /// what else the model sees of it, a row a spot.
  func expression(_ section: TrainingSection, _ patches: Tensor, _ training: TrainingPass?)
    -> Tensor

  /// What training makes small, from the patches as the recipe changed them.
  func objective(
    _ section: TrainingSection, _ patches: Tensor, _ recipe: TrainingRecipe, _ pass: TrainingPass
  ) -> TrainingObjective

  /// What a step that sees several sections makes small: the mean over them unless a model reads them
  /// together.
  func objective(
    _ batch: [(section: TrainingSection, patches: Tensor)], _ recipe: TrainingRecipe,
    _ pass: TrainingPass
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

  /// The patches around its spots.
  public func sight(
    of input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> SectionSight {
    .patches(try input.patches(patchShape, work))
  }

  /// Nothing.
  public func surroundings(
    of input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> (any Sendable)? { nil }

  /// Nothing.
  public static func prepare(
    _ sections: inout [TrainingSection], _ configuration: Configuration, seed: Int,
    _ work: PredictionWork
  ) throws(ModelError) {}

  /// The squared error alone.
  public func objective(
    _ section: TrainingSection, _ patches: Tensor, _ recipe: TrainingRecipe, _ pass: TrainingPass
  ) -> TrainingObjective {
    TrainingObjective(squaredError: section.squaredError(expression(section, patches, pass)))
  }

  /// The mean of the sections' own.
  public func objective(
    _ batch: [(section: TrainingSection, patches: Tensor)], _ recipe: TrainingRecipe,
    _ pass: TrainingPass
  ) -> TrainingObjective {
    TrainingObjective(meanOf: batch.map { objective($0.section, $0.patches, recipe, pass) })
  }
}

/// What training shows a model of a section's spots, a row a spot.
public enum SectionSight: Sendable {
  /// Patches, which a recipe may change by chance.
  case patches(Patches)
  /// Features `[spots, width]`, which stay as they are.
  case features(Tensor)

  /// Some spots of several, which are all of the same kind.
  init(picking picks: [(sight: SectionSight, spot: Int)]) {
    let patches = picks.compactMap { pick in
      pick.sight.knownPatches.map { (patches: $0, place: pick.spot) }
    }
    self =
      patches.count == picks.count
      ? .patches(Patches(picking: patches))
      : .features(
        concatenate(
          picks.map { $0.sight.tensor.slice($0.spot..<$0.spot + 1, along: 0) }, along: 0))
  }

  /// The patches, where it is those.
  var knownPatches: Patches? {
    if case .patches(let patches) = self { patches } else { nil }
  }

  /// As prediction sees it.
  var tensor: Tensor {
    switch self {
    case .patches(let patches): patches.tensor
    case .features(let features): features
    }
  }

  /// As a step of training sees it, changed by chance as the recipe says.
  func tensor(_ recipe: TrainingRecipe, using generator: inout SeededGenerator) -> Tensor {
    switch self {
    case .patches(let patches): patches.tensor(recipe, using: &generator)
    case .features(let features): features
    }
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

  /// The mean of one or more of the same parts.
  init(meanOf objectives: [TrainingObjective]) {
    let share = 1 / Float(objectives.count)
    guard objectives.count > 1 else { self = objectives[0]; return }
    total = objectives.dropFirst().reduce(objectives[0].total) { $0 + $1.total } * share
    parts = objectives.dropFirst().reduce(objectives[0].parts) {
      $0.merging($1.parts) { $0 + $1 }
    }.mapValues { $0 * share }
  }

  /// The squared error and others, each times its weight.
  public init(squaredError: Tensor, with others: [(name: String, loss: Tensor, weight: Float)]) {
    total = others.reduce(squaredError) { $0 + $1.loss * $1.weight }
    parts = Dictionary(
      uniqueKeysWithValues: [("squaredError", squaredError)] + others.map { ($0.name, $0.loss) })
  }
}
