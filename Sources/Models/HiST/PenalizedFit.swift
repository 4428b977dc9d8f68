import TensorCore

/// The weights `W` that make `loss(X W) + λ/2 ‖W‖²` least, for a convex loss.
///
/// By Nesterov's accelerated gradients with the fixed momentum of a strongly convex function, from 0 on:
/// the same input gives the same bits. The loss may bend by no more than the longest row's square
/// length, as the means of a partial likelihood over events and of a cross-entropy over patients do.
///
/// Source: Nesterov, Introductory Lectures on Convex Optimization, 2004, section 2.2.
struct PenalizedFit {
  static let mostSteps = 2000
  /// The length of the gradient at which it ends.
  static let leastGradient: Float = 1e-4

  /// `[values, outputs]`.
  let weights: Tensor

  /// - Parameters:
  ///   - values: `[patients, values]` of those learned from.
  ///   - penalty: `λ`, above 0.
  ///   - loss: of outputs `[patients, outputs]`.
  /// - Throws: what `loss` throws, and when it is no finite number.
  init(
    _ values: Tensor, outputs: Int, penalty: Double,
    loss: (Tensor) throws(ModelError) -> Tensor
  ) throws(ModelError) {
    let longest = sum(values * values, over: [1]).array.max() ?? 0
    let (bend, least) = (longest + Float(penalty), Float(penalty))
    let momentum =
      (bend.squareRoot() - least.squareRoot()) / (bend.squareRoot() + least.squareRoot())
    var weights = Tensor.zeros([values.shape[1], outputs])
    var ahead = weights
    for step in 0..<Self.mostSteps {
      let measured = try MeasuredStep(["weights"], of: ["weights": ahead], epoch: step) {
        (tracked: [String: Tensor]) throws(ModelError) in
        try loss(matmul(values, tracked["weights"]!))  // Named above.
      }
      let gradient = measured.gradients["weights"]! + ahead * least  // Named above.
      let next = ahead - gradient * (1 / bend)
      ahead = next + (next - weights) * momentum
      weights = next
      if norm(gradient.reshaped(to: [-1])).item < Self.leastGradient { break }
    }
    self.weights = weights
  }
}
