/// Moves parameters against an average of their gradients that fades with time.
///
/// `b ← μ b + g`, `p ← p − η b`; at a parameter's first step `b = g`. Without momentum, `b = g`
/// always and nothing is kept.
///
/// Source: Sutskever et al., ICML 2013, classical momentum. Departure: as in PyTorch's `SGD`, without
/// dampening or Nesterov's variant, `b` is not scaled by the learning rate, so a change of rate acts
/// on all of it at once.
public struct SGD: Optimizer {
  /// `η`: how far a step goes.
  public var learningRate: Float
  /// `μ`: how much of the earlier gradients is kept at a step.
  public let momentum: Float
  private var velocities: [String: Tensor] = [:]
  /// Each step makes and drops the same large tensors.
  private let reuse = MemoryReuse()

  /// Begins at rest.
  public init(learningRate: Float, momentum: Float = 0) {
    self.learningRate = learningRate
    self.momentum = momentum
  }

  /// One step: the named parameters become new, untracked tensors.
  public mutating func update(_ weights: inout [String: Tensor], _ gradients: [String: Tensor]) {
    let (rate, momentum) = (learningRate, momentum)
    for (name, gradient) in gradients {
      let weight = weight(name, in: weights)
      var velocity = gradient.detached
      if momentum != 0 {
        velocity = velocities[name]?.zipped(velocity) { momentum * $0 + $1 } ?? velocity
        velocities[name] = velocity
      }
      weights[name] = weight.zipped(velocity) { $0 - rate * $1 }
    }
  }

  /// `b` by parameter: `momentum_buffer`. Empty without momentum.
  public var state: [String: Tensor] {
    var state: [String: Tensor] = [:]
    for (name, velocity) in velocities { state["momentum_buffer.\(name)"] = velocity }
    return state
  }

  /// Takes up where the optimizer that had this state left off.
  public mutating func restore(
    _ state: [String: Tensor], for weights: [String: Tensor]
  ) throws(OptimizerStateError) {
    let kinds = momentum == 0 ? [] : [OptimizerStateKind(name: "momentum_buffer")]
    velocities = try sorted(state, into: kinds, for: weights).mapValues { $0[0] }
  }
}
