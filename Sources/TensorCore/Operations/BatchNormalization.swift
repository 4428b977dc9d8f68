/// Batch normalization with known statistics: `(x − mean) / √(variance + epsilon) · weight + bias`
/// for each channel.
///
/// Shape: `x` is `[batch, channels, ...]`, all others `[channels]`. Used in prediction, with the
/// running statistics.
///
/// Source: Ioffe and Szegedy, ICML 2015.
public func batchNorm(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, mean: Tensor, variance: Tensor,
  epsilon: Float = 1e-5
) -> Tensor {
  let scale = weight / sqrt(variance.detached + epsilon)
  let shape = channelShape(x)
  let shift = bias - mean.detached * scale
  return x * scale.reshaped(to: shape) + shift.reshaped(to: shape)
}

/// Batch normalization with the statistics of this batch, and those statistics.
///
/// Shape: as above; both statistics are `[channels]`. `x` is divided by the biased deviation; the
/// variance returned is the unbiased one, which running statistics are made of.
public func batchNorm(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, epsilon: Float = 1e-5
) -> (values: Tensor, mean: Tensor, variance: Tensor) {
  let shape = channelShape(x)
  let axes = x.shape.indices.filter { $0 != 1 }
  let count = Float(x.count / x.shape[1])
  let average = TensorCore.mean(x.detached, over: axes)  // [channels]
  let centred = x.detached - average.reshaped(to: shape)
  let spread = TensorCore.mean(square(centred), over: axes)  // [channels]
  let inverse = (1 / sqrt(spread + epsilon))  // [channels]
  let standard = centred * inverse.reshaped(to: shape)
  let values =
    standard * weight.detached.reshaped(to: shape) + bias.detached.reshaped(to: shape)
  return (
    values.made(
      from: x.source { [weight = weight.detached] gradient in
        let mean = TensorCore.mean(gradient, over: axes, keepingAxes: true)
        let along = TensorCore.mean(gradient * standard, over: axes, keepingAxes: true)
        return (gradient - mean - standard * along) * (weight * inverse).reshaped(to: shape)
      },
      weight.source { sum($0 * standard, over: axes) },
      bias.source { sum($0, over: axes) }),
    average, spread * (count / max(count - 1, 1))
  )
}

private func channelShape(_ x: Tensor) -> [Int] {
  [1, x.shape[1]] + Array(repeating: 1, count: x.rank - 2)
}
