import TensorCore

/// Trains a network to tell tumour from its surroundings, spot by spot, on the grid of tiles.
///
/// Source: HiST's prediction module: binary cross-entropy of logits, all sections a step.
public struct TumourTraining: Sendable {
  /// How the network is trained.
  public var recipe: GridRecipe
  /// The network's sizes but for features and outputs, which sections and task tell.
  public var sizes: CMUNet.Sizes

  /// The release's values unless told otherwise.
  public init(recipe: GridRecipe = GridRecipe(), sizes: CMUNet.Sizes = CMUNet.Sizes()) {
    self.recipe = recipe
    self.sizes = sizes
  }

  /// What came of it.
  public struct Result: Sendable {
    /// The network.
    public let network: CMUNet
    /// Its weights by name.
    public let weights: [String: Tensor]
    /// The epoch whose weights these are, from 1 on.
    public let epoch: Int
    /// The mean loss of each epoch's steps.
    public let losses: [Double]
  }

  /// What an epoch came to.
  public struct Epoch: Sendable, Hashable {
    /// Which it is, from 1 on.
    public let number: Int
    /// The steps it took.
    public let steps: Int
    /// The mean loss of these steps.
    public let loss: Double
    /// The rate they were taken at.
    public let learningRate: Double
  }

  /// Trains on sections; the last epoch's weights are kept.
  ///
  /// - Parameters:
  ///   - sections: what to learn from.
  ///   - choosing: where given, the epoch is kept that scores best, of those that count: the release
  ///     scores a section held out by IoU, which is then no longer unseen. Takes the network and gives
  ///     a score, the higher, the better.
  ///   - report: hears of every epoch.
  /// - Throws: for sections or a recipe that no run can be made with, and when `work` was cancelled.
  public func train(
    _ sections: [TumourSection], _ work: PredictionWork = PredictionWork(),
    choosing score: ((CMUNet) -> Double)? = nil, report: (Epoch) -> Void = { _ in }
  ) throws(ModelError) -> Result {
    try recipe.check()
    let sizes = try fitted(to: sections)
    var generator = SeededGenerator(seed: UInt64(bitPattern: Int64(recipe.seed)))
    var parameters = Parameters(generator: generator)
    _ = CMUNet(sizes, &parameters)
    let names = parameters.declarations.filter(\.isTrained).map(\.name)
    var weights = parameters.values
    var optimizer = Adam(
      learningRate: Float(recipe.learningRate), weightDecay: Float(recipe.weightDecay))
    let schedule = LearningRateSchedule.cosine(minimum: recipe.lastRate, epochs: recipe.epochs)
    var losses: [Double] = []
    var best: (epoch: Int, score: Double, weights: [String: Tensor])?
    for epoch in 0..<recipe.epochs {
      optimizer.learningRate = schedule.rate(atEpoch: epoch, from: recipe.learningRate)
      var sum = 0.0
      let batches = batches(of: sections, using: &generator)
      for sections in batches {
        try work.check()
        let batch =
          recipe.symmetries ? sections.map { $0.varied(using: &generator) } : sections
        let pass = TrainingPass.normalizing
        let features = concatenate(batch.map(\.features), along: 0)
        let step = try MeasuredStep(names, of: weights, epoch: epoch) {
          loss(network($0, sizes)(features, pass), batch)
        }
        sum += step.loss
        optimizer.update(&weights, step.gradients)
        weights.merge(pass.statistics) { $1 }
      }
      losses.append(sum / Double(batches.count))
      work.report(Double(epoch + 1) / Double(recipe.epochs))
      report(
        Epoch(
          number: epoch + 1, steps: batches.count, loss: losses[epoch],
          learningRate: Double(optimizer.learningRate)))
      guard let score, epoch >= recipe.uncountedEpochs else { continue }
      let scored = score(network(weights, sizes))
      if best == nil || scored > best!.score { best = (epoch + 1, scored, weights) }
    }
    let kept = best ?? (recipe.epochs, .nan, weights)
    return Result(
      network: network(kept.weights, sizes), weights: kept.weights, epoch: kept.epoch,
      losses: losses)
  }

  private func network(_ weights: [String: Tensor], _ sizes: CMUNet.Sizes) -> CMUNet {
    var parameters = Parameters(weights: weights)
    return CMUNet(sizes, &parameters)
  }

  private func fitted(to sections: [TumourSection]) throws(ModelError) -> CMUNet.Sizes {
    guard let first = sections.first else {
      throw ModelError("There are no sections to train on. Name at least one with labels.")
    }
    let width = first.tiles.shape[1]
    for section in sections where section.tiles.shape[1] != width {
      throw ModelError(
        "Section \(section.name) has \(section.tiles.shape[1]) features a tile, \(first.name) has "
          + "\(width). Take one encoder for all.")
    }
    guard sections.contains(where: { $0.isTumour.contains(true) }) else {
      throw ModelError(
        "No spot of \(sections.map(\.name).joined(separator: ", ")) is labelled tumour. Name other "
          + "labels, or sections that have some.")
    }
    var sizes = sizes
    (sizes.inputs, sizes.outputs) = (width, 1)
    return sizes
  }

  /// What a step makes small, of logits `[sections, 1, 80, 64]`.
  func loss(_ logits: Tensor, _ sections: [TumourSection]) -> Tensor {
    switch recipe.loss {
    case .padded:
      return binaryCrossEntropy(
        logits: logits, concatenate(sections.map(\.mask), along: 0))
    case .tissue:
      let each = logits.split(sections.map { _ in 1 }, along: 0)
      let known = sections.map(\.labelled)
      let atSpots = zip(each, known).map { TileGrid.values(of: $0, at: $1.cells) }
      let observed = known.flatMap(\.isTumour)
      return binaryCrossEntropy(
        logits: concatenate(atSpots, along: 0), Tensor(shape: [observed.count, 1], observed))
    }
  }

  private func batches(
    of sections: [TumourSection], using generator: inout SeededGenerator
  ) -> [[TumourSection]] {
    guard recipe.sectionsPerStep > 0 else { return [sections] }
    let order = generator.order(of: sections.count).map { sections[$0] }
    return stride(from: 0, to: order.count, by: recipe.sectionsPerStep).map {
      Array(order[$0..<min($0 + recipe.sectionsPerStep, order.count)])
    }
  }
}

/// What a tumour network says of a section's spots.
public struct TumourPrediction: Sendable, Equatable {
  /// How likely each spot is tumour, 0...1.
  public let probabilities: [Float]

  /// Reads the spots off the network's logits `[1, 1, 80, 64]`.
  public init(_ logits: Tensor, at grid: TileGrid) {
    probabilities = sigmoid(grid.values(atSpotsOf: logits)).array
  }

  /// Whether each spot is called tumour: at a probability above one half.
  public var isTumour: [Bool] { probabilities.map { $0 > 0.5 } }

  /// The release's mask, soft: the probability where it is above one half, else 0.
  public var softMask: [Float] { probabilities.map { $0 > 0.5 ? $0 : 0 } }
}
