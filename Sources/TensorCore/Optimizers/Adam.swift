/// Moves parameters along their gradients, each element by its own measure of how much they vary.
///
/// `g ← g + λ p`, `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`,
/// `p ← p − η · m̂ / (√v̂ + ε)` with `m̂ = m / (1 − β₁ᵗ)`, `v̂ = v / (1 − β₂ᵗ)`, at step `t = 1, 2…`
/// of the parameter.
///
/// Source: Kingma and Ba, ICLR 2015, algorithm 1. The weight decay `λ` is of the L2 kind, added to
/// the gradient, as PyTorch's `Adam` has it; ``AdamW`` has the other.
public struct Adam: Optimizer {
  /// `η`: how far a step goes.
  public var learningRate: Float
  /// `β₁` and `β₂`: how much of the averages of the gradient and of its square is kept at a step.
  public var betas: (Double, Double) = (0.9, 0.999)
  /// `ε`, which keeps the quotient finite.
  public var epsilon: Float = 1e-8
  /// `λ`: how strongly parameters are drawn towards 0.
  public var weightDecay: Float = 0
  /// Which parameters are.
  public var decayed = DecayedParameters.all
  private var moments = AdamMoments()

  /// Begins with no averages.
  public init(learningRate: Float, weightDecay: Float = 0) {
    self.learningRate = learningRate
    self.weightDecay = weightDecay
  }

  /// One step: the named parameters become new, untracked tensors.
  public mutating func update(_ weights: inout [String: Tensor], _ gradients: [String: Tensor]) {
    for (name, gradient) in gradients {
      // Taken out of the dictionary, so that it can be written to where it lies.
      let weight = takeWeight(name, from: &weights)
      let decay = decayed.contains(name, weight.shape) ? weightDecay : 0
      weights[name] = moments.step(
        name, weight, gradient,
        .init(learningRate: learningRate, betas: betas, epsilon: epsilon, decay: decay))
    }
  }

  /// The averages and how many steps went into them, by parameter: `exp_avg`, `exp_avg_sq`, `step`.
  public var state: [String: Tensor] { moments.state }

  /// Takes up where the optimizer that had this state left off.
  public mutating func restore(
    _ state: [String: Tensor], for weights: [String: Tensor]
  ) throws(OptimizerStateError) {
    moments = try AdamMoments(state, for: weights)
  }
}
