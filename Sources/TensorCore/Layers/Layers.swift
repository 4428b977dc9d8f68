/// `x · weightᵀ + bias`, `[..., inputs]` to `[..., outputs]`.
public struct Linear: Sendable {
  let weight: Tensor  // [outputs, inputs]
  let bias: Tensor?  // [outputs]

  /// Declares `name.weight` and, unless told otherwise, `name.bias`.
  public init(
    _ parameters: inout Parameters, _ name: String, inputs: Int, outputs: Int,
    hasBias: Bool = true, weightInitializer: Initializer? = nil
  ) {
    weight = parameters.take(
      "\(name).weight", [outputs, inputs], weightInitializer ?? .fan(inputs: inputs))
    bias = hasBias ? parameters.take("\(name).bias", [outputs], .fan(inputs: inputs)) : nil
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor { linear(x, weight, bias) }
}

/// Layer normalization over the last axis.
public struct LayerNorm: Sendable {
  let weight, bias: Tensor  // [width]
  let epsilon: Float

  /// Declares `name.weight` and `name.bias`.
  public init(_ parameters: inout Parameters, _ name: String, width: Int, epsilon: Float = 1e-5) {
    weight = parameters.take("\(name).weight", [width], .constant(1))
    bias = parameters.take("\(name).bias", [width], .constant(0))
    self.epsilon = epsilon
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    layerNorm(x, weight, bias, epsilon: epsilon)
  }
}

/// A table with a row for each of `count` things, such as the places along an axis.
public struct Embedding: Sendable {
  let weight: Tensor  // [count, width]

  /// Declares `name.weight`.
  public init(_ parameters: inout Parameters, _ name: String, count: Int, width: Int) {
    weight = parameters.take("\(name).weight", [count, width], .normal(deviation: 1))
  }

  /// The rows asked for, `[indices.count, width]`.
  public func callAsFunction(_ indices: [Int]) -> Tensor { gather(weight, indices) }
}

/// A convolution, `[batch, inputs, height, width]` to `[batch, outputs, places, places]`.
public struct Convolution: Sendable {
  let weight: Tensor  // [outputs, inputs / groups, side, side]
  let bias: Tensor?  // [outputs]
  let window: Window
  let groups: Int

  /// Declares `name.weight` and, unless told otherwise, `name.bias`.
  public init(
    _ parameters: inout Parameters, _ name: String, inputs: Int, outputs: Int, side: Int,
    window: Window = Window(), groups: Int = 1, hasBias: Bool = true,
    weightInitializer: Initializer? = nil, biasInitializer: Initializer? = nil
  ) {
    let taps = inputs / groups * side * side
    weight = parameters.take(
      "\(name).weight", [outputs, inputs / groups, side, side],
      weightInitializer ?? .fan(inputs: taps))
    bias =
      hasBias
      ? parameters.take("\(name).bias", [outputs], biasInitializer ?? .fan(inputs: taps)) : nil
    self.window = window
    self.groups = groups
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor, epilogue: Epilogue = .none) -> Tensor {
    convolution(x, weight, bias: bias, window: window, groups: groups, epilogue: epilogue)
  }

  /// The convolution and the normalization after it: in prediction one convolution, the
  /// normalization folded into its weights; step by step where gradients are wanted.
  public func callAsFunction(
    _ x: Tensor, normalizedBy norm: BatchNorm, epilogue: Epilogue = .none,
    _ training: TrainingPass?
  ) -> Tensor {
    if training != nil || x.isTracked || weight.isTracked {
      let normalized = norm(self(x), training)
      return epilogue == .relu ? relu(normalized) : normalized
    }
    let (scale, shift) = norm.scaleAndShift
    let folded = bias.map { $0 * scale + shift } ?? shift
    return convolution(
      x, weight * scale.reshaped(to: [-1, 1, 1, 1]), bias: folded, window: window, groups: groups,
      epilogue: epilogue)
  }
}

/// Batch normalization: of the batch in training, by running statistics in prediction.
public struct BatchNorm: Sendable {
  let name: String
  let weight, bias, mean, variance: Tensor  // [channels]
  let batches: Tensor  // []
  let epsilon: Float = 1e-5

  /// Declares `name.weight`, `name.bias` and the running statistics.
  public init(_ parameters: inout Parameters, _ name: String, channels: Int) {
    self.name = name
    weight = parameters.take("\(name).weight", [channels], .constant(1))
    bias = parameters.take("\(name).bias", [channels], .constant(0))
    mean = parameters.take("\(name).running_mean", [channels], .constant(0), isTrained: false)
    variance = parameters.take("\(name).running_var", [channels], .constant(1), isTrained: false)
    batches = parameters.take("\(name).num_batches_tracked", [], .constant(0), isTrained: false)
  }

  /// Applies the layer to `[batch, channels, ...]`.
  public func callAsFunction(_ x: Tensor, _ training: TrainingPass?) -> Tensor {
    guard let training else {
      return batchNorm(x, weight, bias, mean: mean, variance: variance, epsilon: epsilon)
    }
    let (values, batchMean, batchVariance) = batchNorm(x, weight, bias, epsilon: epsilon)
    training.move("\(name).running_mean", from: mean, towards: batchMean)
    training.move("\(name).running_var", from: variance, towards: batchVariance)
    training.count("\(name).num_batches_tracked", from: batches)
    return values
  }

  /// What prediction multiplies each channel by and then adds, `[channels]` each.
  var scaleAndShift: (scale: Tensor, shift: Tensor) {
    let scale = weight / sqrt(variance.detached + epsilon)
    return (scale, bias - mean.detached * scale)
  }
}
