import TensorCore

/// The loss of one training step and its gradients by parameter.
struct MeasuredStep {
  let loss: Double
  let gradients: [String: Tensor]

  /// Measures a network of given weights, of which those named are trained.
  ///
  /// - Parameter epoch: from 0 on, for the message.
  /// - Throws: when the loss is no finite number.
  init(
    _ names: [String], of weights: [String: Tensor], epoch: Int,
    _ loss: (_ weights: [String: Tensor]) throws(ModelError) -> Tensor
  ) throws(ModelError) {
    var tracked = weights
    for name in names { tracked[name] = weights[name]!.tracked() }  // All declared.
    let measured = try loss(tracked)
    self.loss = Double(measured.item)
    guard self.loss.isFinite else {
      throw ModelError(
        "The loss is no finite number in epoch \(epoch + 1). Lower the learning rate.")
    }
    let slopes = measured.gradients(
      for: names.map { tracked[$0]! }, keepingGraph: false)  // All declared.
    gradients = Dictionary(uniqueKeysWithValues: zip(names, slopes))
  }
}
