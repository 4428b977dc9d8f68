import TensorCore

/// How the autoencoder's decoder is kept the encoder transposed.
public enum DecoderTying: String, Codable, Sendable, CaseIterable {
  /// As released: the decoder's weights lie in the encoder's memory and are parameters of their own,
  /// with gradients and averages of their own, so that each step moves the same numbers twice, by the
  /// encoder's gradient and then by the decoder's. The first step goes twice the learning rate.
  case released
  /// As one parameter used twice: both gradients are added up first, and the step is made once.
  case summed
}

/// The autoencoder in training.
///
/// The mean squared error of expression and what is made of it again, by Adam with weight decay in
/// the gradient, gradients of all parameters together cut to a length first.
///
/// Source: HESpotEx's released training of STAGATE.
public struct STAGATETraining: Sendable {
  /// The sizes of the network.
  public let configuration: STAGATE.Configuration
  /// How its decoder is tied.
  public let tying: DecoderTying
  /// The length that the gradient of all parameters together is cut to.
  static let longestGradient: Float = 5
  private(set) var weights: [String: Tensor]
  private var optimizer = Adam(learningRate: 1e-3, weightDecay: 1e-4)

  /// Begins with weights by chance.
  public init(_ configuration: STAGATE.Configuration, tying: DecoderTying, seed: Int) {
    var parameters = Parameters(
      generator: SeededGenerator(seed: UInt64(bitPattern: Int64(seed))))
    _ = STAGATE(configuration, &parameters)
    self.init(configuration, tying: tying, weights: parameters.values)
  }

  /// Begins with given weights.
  init(_ configuration: STAGATE.Configuration, tying: DecoderTying, weights: [String: Tensor]) {
    self.configuration = configuration
    self.tying = tying
    self.weights = weights
  }

  /// The network as it is.
  public var network: STAGATE { network(of: weights) }

  /// One step on a section; gives the loss before it.
  ///
  /// - Parameters:
  ///   - expression: `[spots, genes]`.
  ///   - edges: the section's graph.
  @discardableResult
  public mutating func takeStep(_ expression: Tensor, _ edges: Edges) -> Float {
    // Measured in a function of its own: what it tracked is gone when the weights are moved.
    var (loss, gradients) = measured(expression, edges)
    clip(&gradients, toNorm: Self.longestGradient)
    let decoder = gradients.filter { Self.encoderNames[$0.key] != nil }
    optimizer.update(&weights, gradients.filter { decoder[$0.key] == nil })
    for (name, gradient) in decoder.sorted(by: { $0.key < $1.key }) {
      let own = Self.encoderNames[name]!  // Just filtered by it.
      var alias = [name: weights[own]!.transposed()]  // All declared.
      optimizer.update(&alias, [name: gradient])
      weights[own] = alias[name]!.transposed()
    }
    return loss
  }

  /// The parameter that each of the decoder's is, transposed; conv3's is moved before conv4's.
  private static let encoderNames = [
    "conv3.lin_src": STAGATE.secondName, "conv4.lin_src": STAGATE.firstName,
  ]

  private func network(of weights: [String: Tensor]) -> STAGATE {
    var parameters = Parameters(weights: weights)
    return STAGATE(configuration, &parameters)
  }

  /// The loss and the gradient of each parameter, the decoder's under names of their own where they
  /// have any.
  func measured(_ expression: Tensor, _ edges: Edges) -> (Float, [String: Tensor]) {
    var tracked = weights.mapValues { $0.tracked() }
    let network = network(of: tracked)
    var decoder: STAGATE.Decoder?
    if tying == .released {
      for (name, own) in Self.encoderNames {
        tracked[name] = weights[own]!.transposed().tracked()  // All declared.
      }
      decoder = .init(second: tracked["conv3.lin_src"]!, first: tracked["conv4.lin_src"]!)
    }
    let output = network(expression, edges, decoder: decoder)
    let loss = meanSquaredError(output.reconstruction, expression)
    let names = tracked.keys.sorted()
    let gradients = loss.gradients(for: names.map { tracked[$0]! }, keepingGraph: false)
    return (loss.item, Dictionary(uniqueKeysWithValues: zip(names, gradients)))
  }
}

extension STAGATETraining {
  /// Trains on sections one after another, the same weights going on, and embeds each by what was
  /// learned up to its own last step, as released.
  ///
  /// - Parameters:
  ///   - sections: each section's expression, `[spots, genes]`, and graph.
  ///   - epochs: steps on each section; the authors take 500.
  /// - Returns: `[spots, latent]` for each section.
  /// - Throws: ``ModelError/cancelled``.
  public mutating func embeddings(
    of sections: [(expression: Tensor, edges: Edges)], epochs: Int, _ work: PredictionWork
  ) throws(ModelError) -> [Tensor] {
    var embeddings: [Tensor] = []
    let steps = Double(max(sections.count * epochs, 1))
    for (place, section) in sections.enumerated() {
      for epoch in 0..<epochs {
        try work.check()
        takeStep(section.expression, section.edges)
        work.report(Double(place * epochs + epoch + 1) / steps)
      }
      embeddings.append(network(section.expression, section.edges).embedding)
    }
    return embeddings
  }
}
