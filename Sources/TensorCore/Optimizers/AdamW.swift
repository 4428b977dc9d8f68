/// Adam whose weight decay bypasses the averages.
///
/// `p ← p − η λ p`, then the step of ``Adam`` with `λ = 0`, from the gradient at the `p` before.
///
/// Source: Loshchilov and Hutter, ICLR 2019. Departure: as in PyTorch's `AdamW` the decay is scaled
/// by the learning rate, and so by its schedule; the paper scales it by the schedule's multiplier
/// alone.
public struct AdamW: Optimizer {
  /// `η`: how far a step goes.
  public var learningRate: Float
  /// `β₁` and `β₂`: how much of the averages of the gradient and of its square is kept at a step.
  public var betas: (Double, Double) = (0.9, 0.999)
  /// `ε`, which keeps the quotient finite.
  public var epsilon: Float = 1e-8
  /// `λ`: how strongly parameters are drawn towards 0.
  public var weightDecay: Float
  /// Which parameters are.
  public var decayed = DecayedParameters.all
  private var moments = AdamMoments()

  /// Begins with no averages; PyTorch's own `weightDecay` is 0.01.
  public init(learningRate: Float, weightDecay: Float) {
    self.learningRate = learningRate
    self.weightDecay = weightDecay
  }

  /// One step: the named parameters become new, untracked tensors.
  public mutating func update(_ weights: inout [String: Tensor], _ gradients: [String: Tensor]) {
    // In double precision: HiST's `η λ` of 2e-7 is three steps of a Float below 1.
    let kept = Float(1 - Double(learningRate) * Double(weightDecay))
    for (name, gradient) in gradients {
      // Taken out of the dictionary, so that it can be written to where it lies.
      let weight = takeWeight(name, from: &weights)
      let kept = decayed.contains(name, weight.shape) ? kept : 1
      weights[name] = moments.step(
        name, weight, gradient,
        .init(learningRate: learningRate, betas: betas, epsilon: epsilon, kept: kept))
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
