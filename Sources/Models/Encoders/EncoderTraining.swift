import Sections
import TensorCore

/// A training of an encoder on patches without labels: Barlow Twins.
///
/// Two views of each patch of a batch go through the encoder and two more layers; each output is
/// standardized over the batch, and `C` is the correlation of one view's outputs with the other's.
/// `L = (Σ (1 − Cᵢᵢ)² + λ Σ_{i≠j} Cᵢⱼ²) / outputs`: what an output says of a patch is the same in both
/// views, and no two outputs say the same. It needs no pairs of unlike patches, which some hundred
/// spots of one tissue do not give, and no large batches.
///
/// Source: Zbontar et al., ICML 2021, eq. 1. Departures: the sum is divided by the number of outputs;
/// two layers in place of three; `λ` is one over the outputs, 0.005 in the paper for 8192 of them;
/// AdamW in place of LARS; views are changed as histology allows, by turns, cuts and stain.
///
/// A value that steps turn into the next: the same patches, recipe and seed give the same weights.
public struct EncoderTraining<Encoder: TileEncoder>: Sendable {
  /// The sizes of the encoder.
  public let configuration: Encoder.Configuration
  /// How it is trained.
  public let recipe: EncoderRecipe
  /// Where all random numbers come from.
  public let seed: Int
  /// How many steps have been taken.
  public private(set) var step = 0
  /// The losses of the steps taken in the epoch under way, or just finished.
  public private(set) var losses: [Double] = []
  private let pool: PatchPool
  private let declarations: [ParameterDeclaration]
  private let trained: [String]
  private var weights: [String: Tensor]
  private var optimizer: AdamW

  /// Begins with weights by chance.
  ///
  /// - Parameter patches: those of each section, of the encoder's side and in `channelRows` order; two
  ///   at least.
  public init(
    _ encoder: Encoder.Type, _ configuration: Encoder.Configuration, _ recipe: EncoderRecipe,
    seed: Int, on patches: [Patches]
  ) {
    pool = PatchPool(patches)
    precondition(
      pool.count > 1 && pool.sidePixels == configuration.imageSidePixels,
      "\(pool.count) patches of side \(pool.sidePixels) do not train an encoder")
    (self.configuration, self.recipe, self.seed) = (configuration, recipe, seed)
    var parameters = Parameters(
      generator: SeededGenerator(seed: UInt64(bitPattern: Int64(seed))))
    _ = Twins<Encoder>(configuration, recipe, &parameters)
    declarations = parameters.declarations
    trained = declarations.filter(\.isTrained).map(\.name)
    weights = parameters.values
    optimizer = AdamW(
      learningRate: Float(recipe.learningRate), weightDecay: Float(recipe.weightDecay))
  }

  /// Patches in a step.
  public var batch: Int { min(recipe.batch, pool.count) }
  /// How many steps an epoch has; patches that fill no batch wait for the next.
  public var stepsPerEpoch: Int { pool.count / batch }
  /// How many steps the recipe asks for.
  public var stepCount: Int { recipe.epochs * stepsPerEpoch }
  /// How many epochs are finished.
  public var epoch: Int { step / stepsPerEpoch }
  /// Whether the recipe's last epoch is finished.
  public var isFinished: Bool { step >= stepCount }
  /// The mean loss over the steps of the epoch under way, or of the one just finished.
  public var epochLoss: Double { losses.reduce(0, +) / Double(max(losses.count, 1)) }

  /// One batch forward and backward, and all parameters moved; returns the loss before.
  ///
  /// - Throws: when the loss or a gradient is no longer a finite number; the weights are then those
  ///   before the step.
  @discardableResult
  public mutating func takeStep() throws(TrainingFailure) -> Double {
    var result = try gradients()
    clip(&result.gradients, toNorm: Float(recipe.longestGradient))
    let schedule = LearningRateSchedule.cosine(
      minimum: recipe.learningRate / 100, epochs: recipe.epochs)
    optimizer.learningRate = schedule.rate(atEpoch: epoch, from: recipe.learningRate)
    optimizer.update(&weights, result.gradients)
    weights.merge(result.statistics) { $1 }
    if step % stepsPerEpoch == 0 { losses = [] }
    step += 1
    losses.append(result.loss)
    return result.loss
  }

  private struct Measured {
    var loss: Double
    var gradients: [String: Tensor]
    var statistics: [String: Tensor]
  }

  private func gradients() throws(TrainingFailure) -> Measured {
    var tracked = weights
    for name in trained { tracked[name] = weights[name]!.tracked() }  // All declared.
    let pass = TrainingPass(generator: generator(stream: step))
    let chosen = order(inEpoch: epoch)[
      step % stepsPerEpoch * batch..<(step % stepsPerEpoch + 1) * batch]
    let views = (0..<2).map { _ in
      pool.views(of: Array(chosen), recipe, using: &pass.generator)
    }
    var parameters = Parameters(weights: tracked)
    let twins = Twins<Encoder>(configuration, recipe, &parameters)
    let total = twins.loss(concatenate(views, along: 0), pass)
    let loss = Double(total.item)
    guard loss.isFinite else { throw failure("the loss is \(loss)", at: "the loss itself") }
    let gradients = total.gradients(for: trained.map { tracked[$0]! }, keepingGraph: false)
    if let bad = firstNonFinite(in: gradients) {
      throw failure("a gradient is not a number", at: trained[bad])
    }
    return Measured(
      loss: loss, gradients: Dictionary(uniqueKeysWithValues: zip(trained, gradients)),
      statistics: pass.statistics)
  }

  private func failure(_ what: String, at layer: String) -> TrainingFailure {
    TrainingFailure(step: step + 1, epoch: epoch + 1, what: what, layer: layer)
  }

  private func order(inEpoch epoch: Int) -> [Int] {
    // Steps have the streams from 0 on, epochs those below.
    var generator = generator(stream: -1 - epoch)
    return generator.order(of: pool.count)
  }

  private func generator(stream: Int) -> SeededGenerator {
    SeededGenerator(seed: UInt64(bitPattern: Int64(seed)), stream: stream)
  }

  /// The encoder as it is now.
  public var encoder: Encoder {
    var parameters = Parameters(weights: encoderWeights)
    return Encoder(configuration, &parameters)
  }

  /// The encoder as a file's content, without the layers of the task.
  ///
  /// - Parameter origin: how it came about, with a `summary`.
  public func checkpoint(origin: [String: JSON]) -> EncoderCheckpoint {
    let own = encoderWeights
    let names = declarations.map(\.name).filter { $0.hasPrefix(Twins<Encoder>.prefix) }
      .map { String($0.dropFirst(Twins<Encoder>.prefix.count)) }
    return EncoderCheckpoint(
      settings: EncoderSettings(Encoder.self, configuration), origin: origin,
      tensors: names.map { StoredTensor(name: $0, own[$0]!) })  // All declared.
  }

  private var encoderWeights: [String: Tensor] {
    let prefix = Twins<Encoder>.prefix
    let own = weights.filter { $0.key.hasPrefix(prefix) }
    return Dictionary(
      uniqueKeysWithValues: own.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
  }
}

/// The encoder with the layers that the task is stated on.
private struct Twins<Encoder: TileEncoder> {
  static var prefix: String { "encoder." }
  let encoder: Encoder
  let first, second: Linear
  let norm: BatchNorm
  let weight: Float

  init(
    _ configuration: Encoder.Configuration, _ recipe: EncoderRecipe, _ parameters: inout Parameters
  ) {
    encoder = parameters.within(Self.prefix) { Encoder(configuration, &$0) }
    let outputs = recipe.projection
    first = Linear(
      &parameters, "projector.0", inputs: configuration.featureWidth, outputs: outputs,
      hasBias: false)
    norm = BatchNorm(&parameters, "projector.1", channels: outputs)
    second = Linear(&parameters, "projector.3", inputs: outputs, outputs: outputs)
    weight = recipe.redundancyWeight > 0 ? Float(recipe.redundancyWeight) : 1 / Float(outputs)
  }

  /// The loss of a batch's first views and then its second ones, `[2 · patches, 3 · side²]`.
  func loss(_ views: Tensor, _ pass: TrainingPass) -> Tensor {
    let features = encoder.features(views, training: pass)  // [2 · patches, featureWidth]
    let outputs = second(relu(norm(first(features), pass)))  // [2 · patches, outputs]
    let count = views.shape[0] / 2
    let halves = outputs.split([count, count], along: 0)
    return redundancyLoss(halves[0], halves[1], weight: weight)
  }
}

/// How far two views' outputs are from agreeing one by one and from nothing else:
/// `(Σ (1 − Cᵢᵢ)² + weight · Σ_{i≠j} Cᵢⱼ²) / outputs`, `C` their correlations over the batch.
///
/// Shape: `[patches, outputs]` both; the result is a scalar, 0 or more. A constant output correlates
/// with nothing.
///
/// Source: Zbontar et al., ICML 2021, eqs. 1 and 2.
func redundancyLoss(_ one: Tensor, _ other: Tensor, weight: Float) -> Tensor {
  func standardized(_ x: Tensor) -> Tensor {
    (x - mean(x, over: [0], keepingAxes: true))
      / sqrt(variance(x, over: [0], keepingAxes: true) + 1e-5)
  }
  let (count, outputs) = (one.shape[0], one.shape[1])
  let correlations =
    matmul(standardized(one), standardized(other), transposingFirst: true) * (1 / Float(count))
  var identity = [Float](repeating: 0, count: outputs * outputs)
  for output in 0..<outputs { identity[output * outputs + output] = 1 }
  let diagonal = Tensor(shape: [outputs, outputs], identity)
  let weights = diagonal * (1 - weight) + weight
  return sum(square(correlations - diagonal) * weights) * (1 / Float(outputs))
}
