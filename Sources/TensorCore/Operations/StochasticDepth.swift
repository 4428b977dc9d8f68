/// Zeros whole entries of the first axis with probability `rate` and scales the others by
/// `1 / (1 − rate)`, in training; in prediction nothing.
///
/// Shape: as `x`. Used on what a block adds, so that the block is skipped for some entries.
///
/// Source: Huang et al., ECCV 2016, in the form of timm's `DropPath`: by entry, and scaled.
public func stochasticDepth(_ x: Tensor, rate: Float, _ training: TrainingPass?) -> Tensor {
  guard let training, training.dropsOut, rate > 0 else { return x }
  precondition(rate < 1, "a rate of \(rate) leaves no entry")
  let factors = (0..<x.shape[0]).map { _ in
    Float(training.generator.nextUnit()) < rate ? 0 : 1 / (1 - rate)
  }
  return x * Tensor(shape: [x.shape[0]] + x.shape.dropFirst().map { _ in 1 }, factors)
}
