/// Moves parameters along their gradients, each by its own measure of how much they vary.
///
/// Source: Kingma and Ba, ICLR 2015, algorithm 1. `weightDecay` is added to the gradient (the L2
/// kind), or taken from the parameter directly when `decaysDirectly` (AdamW: Loshchilov and Hutter,
/// ICLR 2019).
public struct Adam: Sendable {
  /// How far a step goes.
  public var learningRate: Float
  /// How much of the averages of the gradient and of its square is kept at a step.
  public var betas: (Float, Float) = (0.9, 0.999)
  /// What keeps the quotient finite.
  public var epsilon: Float = 1e-8
  /// How strongly parameters are drawn towards 0.
  public var weightDecay: Float = 0
  /// Whether the decay bypasses the averages.
  public var decaysDirectly = false
  private var steps = 0
  private var moments: [String: (first: Tensor, second: Tensor)] = [:]

  /// Begins with no averages.
  public init(learningRate: Float) {
    self.learningRate = learningRate
  }

  /// One step: the named parameters become new tensors.
  public mutating func update(_ weights: inout [String: Tensor], _ gradients: [String: Tensor]) {
    steps += 1
    let corrections = (
      1 - power(betas.0, steps), 1 - power(betas.1, steps)
    )
    for (name, gradient) in gradients {
      guard var weight = weights[name]?.detached else {
        preconditionFailure("a gradient for \(name), which is no parameter")
      }
      var gradient = gradient
      if weightDecay != 0 {
        if decaysDirectly {
          weight = weight * (1 - learningRate * weightDecay)
        } else {
          gradient = gradient + weight * weightDecay
        }
      }
      let zero = Tensor(shape: weight.shape, repeating: 0)
      let (first, second) = moments[name] ?? (zero, zero)
      let (keep, keepSquare) = betas
      let newFirst = first.zipped(gradient) { keep * $0 + (1 - keep) * $1 }
      let newSecond = second.zipped(gradient) { keepSquare * $0 + (1 - keepSquare) * $1 * $1 }
      moments[name] = (newFirst, newSecond)
      let step = learningRate / Float(corrections.0)
      let root = Float(1 / corrections.1.squareRoot())
      let epsilon = epsilon
      let move = newFirst.zipped(newSecond) { step * $0 / ($1.squareRoot() * root + epsilon) }
      weights[name] = weight - move
    }
  }

  /// In double precision: 0.999ⁿ in single precision is off by 1e-5 soon.
  private func power(_ base: Float, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1.0) { power, _ in power * Double(base) }
  }
}
