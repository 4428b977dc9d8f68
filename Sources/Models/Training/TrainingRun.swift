import Sections
import TensorCore

/// A training under way: weights, what the optimizer remembers, and how many steps were taken.
///
/// A value that can be stored after any step and taken up again. Every random number of a step comes
/// from a generator that belongs to the run's seed and the step's number, and the order of sections
/// from one that belongs to the epoch's: the same seed, sections, recipe and number of threads give
/// the same weights to the bit, however often the run was stopped.
///
/// One section a step, each section once an epoch in an order by chance, as in the papers; or, where
/// the recipe says so, several, or some spots of all sections, each spot once an epoch.
public struct TrainingRun<Model: TrainableModel>: Sendable {
  /// The sizes of the network.
  public let configuration: Model.Configuration
  /// How it is trained.
  public let recipe: TrainingRecipe
  /// Where all random numbers come from.
  public let seed: Int
  /// How many steps have been taken.
  public internal(set) var step = 0
  /// The losses of the steps taken in the epoch under way.
  public internal(set) var losses: [Double] = []
  private let batches: TrainingBatches
  /// The parameters that training moves, in the order the model declares them.
  private let trained: [String]
  private let declarations: [ParameterDeclaration]
  /// Weights that were given and stay as they are: those of a frozen encoder.
  private let fixed: [String: Tensor]
  var weights: [String: Tensor]
  var averages: [String: Tensor] = [:]
  var optimizer: any Optimizer

  /// Begins with weights by chance, as the model's code has it, but for those given.
  ///
  /// Sections that were not prepared as ``TrainableModel/prepare(_:_:seed:_:)`` does are now, which
  /// may take long.
  ///
  /// - Parameters:
  ///   - start: weights by name to begin with in place of those by chance, of the model's shapes.
  ///   - fixed: weights by name that training does not move, such as those of
  ///     ``EncoderCheckpoint/frozen(file:)``.
  public init(
    _ model: Model.Type, _ configuration: Model.Configuration, _ recipe: TrainingRecipe, seed: Int,
    from start: [String: Tensor] = [:], fixed: [String: Tensor] = [:],
    on sections: [TrainingSection]
  ) {
    precondition(!sections.isEmpty, "a run trains on at least one section")
    precondition(
      recipe.batchSpots == 0 || Model.readsSpotsAlone,
      "\(Model.entry.title) reads sections as a whole")
    self.recipe = recipe
    self.seed = seed
    var sections = sections
    // Not cancelled, so that nothing is thrown; what the caller prepared already is left alone.
    try? Model.prepare(&sections, configuration, seed: seed, PredictionWork())
    if recipe.target == .withinSections { TrainingSection.center(&sections) }
    for index in sections.indices { sections[index].smooth(Float(recipe.smoothing)) }
    let batches = TrainingBatches(sections, of: recipe, seed: seed)
    self.batches = batches
    let configuration = Model.configuration(configuration, measuredOn: batches.first(12))
    self.configuration = configuration
    var parameters = Parameters(
      generator: SeededGenerator(seed: UInt64(bitPattern: Int64(seed))), given: fixed)
    _ = Model(configuration, &parameters)
    declarations = parameters.declarations
    self.fixed = parameters.values.filter { fixed[$0.key] != nil }
    trained = declarations.filter { $0.isTrained && fixed[$0.name] == nil }.map(\.name)
    weights = parameters.values.filter { fixed[$0.key] == nil }.merging(start) { drawn, given in
      precondition(given.shape == drawn.shape, "weights of \(given.shape), not \(drawn.shape)")
      return given
    }
    if recipe.beginsAtMeans {
      let means = TrainingSection.means(sections).map(Float.init)
      weights["\(Model.outputLayer).bias"] = Tensor(shape: [means.count], means)
      let weight = "\(Model.outputLayer).weight"
      weights[weight] = weights[weight].map { Tensor.zeros($0.shape) }
    }
    if recipe.positionScale != 1 {
      for name in ["x_embed.weight", "y_embed.weight"] {
        weights[name] = weights[name].map { $0 * Float(recipe.positionScale) }
      }
    }
    optimizer = recipe.makeOptimizer()
  }

  /// How many epochs are finished.
  public var epoch: Int { step / stepsPerEpoch }
  /// How many steps the recipe asks for.
  public var stepCount: Int { recipe.epochs * stepsPerEpoch }
  /// How many steps an epoch has.
  public var stepsPerEpoch: Int { batches.count }
  /// Whether the recipe's last epoch is finished.
  public var isFinished: Bool { step >= stepCount }

  /// A step's sections or spots forward and backward, and all parameters moved.
  ///
  /// - Throws: when the loss or a gradient is no longer a finite number, naming where it began; the
  ///   weights are then those before the step.
  public mutating func takeStep() throws(TrainingFailure) -> TrainingStep {
    let epoch = epoch
    let batch = batches.batch(step % stepsPerEpoch, ofEpoch: epoch)
    let rate = recipe.schedule.rate(atEpoch: epoch, from: recipe.learningRate)
    // Measured in a function of its own: what it tracked is gone when the weights are moved.
    var result = try gradients(on: batch)
    if recipe.longestGradient > 0 {
      clip(&result.gradients, toNorm: Float(recipe.longestGradient))
    }
    optimizer.learningRate = rate
    optimizer.update(&weights, result.gradients)
    weights.merge(result.statistics) { $1 }
    if recipe.averaging > 0 { average() }
    if step % stepsPerEpoch == 0 { losses = [] }
    step += 1
    losses.append(result.loss)
    return TrainingStep(
      number: step, section: batch.map(\.name).joined(separator: ", "), loss: result.loss,
      parts: result.parts,
      learningRate: Double(rate))
  }

  /// The mean loss over the steps of the epoch under way, or of the one just finished.
  public var epochLoss: Double { losses.reduce(0, +) / Double(max(losses.count, 1)) }

  private struct Measured {
    var loss: Double
    var parts: [String: Double]
    var gradients: [String: Tensor]
    var statistics: [String: Tensor]
  }

  private func gradients(on batch: [TrainingSection]) throws(TrainingFailure) -> Measured {
    let tracked = trackedWeights
    let (objective, statistics) = objective(tracked, on: batch)
    let loss = Double(objective.total.item)
    guard loss.isFinite else {
      throw failure("the loss is \(loss)", at: origin(of: batch))
    }
    let gradients = objective.total.gradients(
      for: trained.map { tracked[$0]! }, keepingGraph: false)  // All tracked.
    if let bad = firstNonFinite(in: gradients) {
      throw failure("a gradient is not a number", at: layer(ofParameter: trained[bad]))
    }
    return Measured(
      loss: loss, parts: objective.parts.mapValues { Double($0.item) },
      gradients: Dictionary(uniqueKeysWithValues: zip(trained, gradients)), statistics: statistics)
  }

  private var trackedWeights: [String: Tensor] {
    var tracked = weights
    for name in trained { tracked[name] = weights[name]!.tracked() }  // All declared.
    return tracked
  }

  private func objective(
    _ weights: [String: Tensor], on batch: [TrainingSection]
  ) -> (TrainingObjective, statistics: [String: Tensor]) {
    let pass = TrainingPass(generator: generator(stream: step))
    let model = model(weights)
    let patches = batch.map { $0.sight.tensor(recipe, using: &pass.generator) }
    return (
      model.objective(Array(zip(batch, patches)), recipe, pass), pass.statistics
    )
  }

  /// The network of given weights.
  private func model(_ weights: [String: Tensor]) -> Model {
    var parameters = Parameters(weights: weights.merging(fixed) { $1 })
    return Model(configuration, &parameters)
  }

  /// Steps have the streams from 0 on, epochs those below.
  private func generator(stream: Int) -> SeededGenerator {
    SeededGenerator(seed: UInt64(bitPattern: Int64(seed)), stream: stream)
  }

  /// Moves the averages towards the weights; sooner in the first steps, which are far off.
  private mutating func average() {
    let steps = Double(step + 1)
    let kept = Float(min(recipe.averaging, steps / (steps + 9)))
    for name in trained {
      let weight = weights[name]!  // All declared.
      averages[name] = averages[name].map { $0 * kept + weight * (1 - kept) } ?? weight
    }
  }
}

// What came of it.
extension TrainingRun {
  /// The weights to predict with: the last step's, or their average where the recipe asks for it.
  public var network: Model { model(weights.merging(averages) { $1 }) }

  /// Predicts the expression of a section's spots, `[spots, genes]`; some spots at a time where each is
  /// read by itself.
  public func prediction(of section: TrainingSection) -> Tensor {
    let network = network
    guard Model.readsSpotsAlone else {
      return network.expression(section, section.sight.tensor, nil)
    }
    let starts = stride(from: 0, to: section.spotCount, by: 32)
    return concatenate(
      starts.map { start in
        let part = TrainingSection(
          joining: (start..<min(start + 32, section.spotCount)).map { (section, $0) })
        return network.expression(part, part.sight.tensor, nil)
      }, along: 0)
  }

  /// The weights to predict with, as a file's content.
  public func checkpoint(
    genes: [String], normalization: Normalization, _ training: TrainingProtocol
  ) -> Checkpoint {
    let values = weights.merging(averages) { $1 }.merging(fixed) { $1 }
    return Checkpoint(
      modelName: Model.entry.name, configuration: configuration.members, genes: genes,
      normalization: normalization, trainingProtocol: training.members,
      tensors: declarations.map { StoredTensor(name: $0.name, values[$0.name]!) })  // All declared.
  }
}

// Where numbers went wrong.
extension TrainingRun {
  /// The layer that first gave something that is no finite number: the step's forward pass once more,
  /// which gives the same numbers, watched.
  private func origin(of batch: [TrainingSection]) -> String {
    let tracked = trackedWeights
    let watch = NumberWatch(names: tracked)
    NumberWatch.$current.withValue(watch) { _ = objective(tracked, on: batch) }
    return watch.firstBadLayer ?? "the loss itself"
  }

  private func layer(ofParameter name: String) -> String {
    name.split(separator: ".").dropLast().joined(separator: ".")
  }

  private func failure(_ what: String, at layer: String) -> TrainingFailure {
    TrainingFailure(step: step + 1, epoch: epoch + 1, what: what, layer: layer)
  }
}

/// What one step came to.
public struct TrainingStep: Sendable {
  /// Its number, from 1 on.
  public let number: Int
  /// The section it saw, or the names of several.
  public let section: String
  /// The loss before the weights were moved.
  public let loss: Double
  /// What the loss is the sum of, where it is one.
  public let parts: [String: Double]
  /// The learning rate.
  public let learningRate: Double
}

/// A run whose numbers left what a `Float` can hold.
public struct TrainingFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The step that could not be taken, from 1 on.
  public let step: Int
  /// The epoch it belongs to, from 1 on.
  public let epoch: Int
  /// What was found.
  public let what: String
  /// The layer it began in.
  public let layer: String

  /// What happened, where, and what to do.
  public var description: String {
    "Training stopped at step \(step), in epoch \(epoch): \(what), and it began in layer "
      + "\(layer). Lower --learning-rate, or cut gradients with --set longestGradient=1."
  }
}
