/// The mean of the squared differences of all elements, a scalar.
public func meanSquaredError(_ predicted: Tensor, _ observed: Tensor) -> Tensor {
  precondition(
    predicted.shape == observed.shape, "\(predicted.shape) predicted, \(observed.shape) observed")
  return mean(square(predicted - observed))
}

/// The mean over rows of `−ln softmax(logits)[class]`, a scalar.
///
/// Shape: `logits` is `[rows, classes]`. With `weights`, one for each class, a weighted mean.
public func crossEntropy(_ logits: Tensor, _ classes: [Int], weights: [Float]? = nil) -> Tensor {
  let count = logits.shape[1]
  precondition(
    classes.count == logits.shape[0] && classes.allSatisfy { (0..<count).contains($0) }
      && (weights == nil || weights?.count == count),
    "\(classes.count) classes do not fit logits of \(logits.shape)")
  let each = classes.map { weights?[$0] ?? 1 }
  let total = each.reduce(0, +)
  var shares = [Float](repeating: 0, count: logits.count)
  for (row, member) in classes.enumerated() { shares[row * count + member] = each[row] / total }
  return -sum(logSoftmax(logits) * Tensor(shape: logits.shape, shares))
}

/// The mean of `−y ln σ(x) − (1 − y) ln(1 − σ(x))`, a scalar, exact for logits of any size.
public func binaryCrossEntropy(logits: Tensor, _ observed: Tensor) -> Tensor {
  mean(relu(logits) - logits * observed + softplus(-magnitude(logits)))
}

/// `|x|`; the gradient at 0 is 0.
public func magnitude(_ x: Tensor) -> Tensor {
  x.mapped { abs($0) }.made(
    from: x.source { [x = x.detached] in $0.zipped(x) { $1 > 0 ? $0 : $1 < 0 ? -$0 : 0 } })
}
