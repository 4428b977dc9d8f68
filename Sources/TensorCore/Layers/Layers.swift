/// `x · weightᵀ + bias`, `[..., inputs]` to `[..., outputs]`.
public struct Linear: Sendable {
  let weight: Tensor  // [outputs, inputs]
  let bias: Tensor?  // [outputs]

  /// Declares `name.weight` and, unless told otherwise, `name.bias`.
  public init(
    _ parameters: inout Parameters, _ name: String, inputs: Int, outputs: Int,
    hasBias: Bool = true, weightInitializer: Initializer? = nil,
    biasInitializer: Initializer? = nil
  ) {
    weight = parameters.take(
      "\(name).weight", [outputs, inputs], weightInitializer ?? .fan(inputs: inputs))
    bias =
      hasBias
      ? parameters.take("\(name).bias", [outputs], biasInitializer ?? .fan(inputs: inputs)) : nil
  }

  /// Applies the layer, and in the same pass what follows it: `epilogue(layer) + residual`.
  public func callAsFunction(
    _ x: Tensor, epilogue: Epilogue = .none, residual: Tensor? = nil
  ) -> Tensor {
    linear(x, weight, bias, epilogue: epilogue, residual: residual)
  }
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

  /// Applies the layer to the channels of each pixel of `[batch, channels, height, width]`.
  public func overChannels(_ x: Tensor) -> Tensor {
    channelNorm(x, weight, bias, epsilon: epsilon)
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

  /// The convolution and the normalization after it: in prediction one pass, step by step where
  /// gradients are wanted.
  public func callAsFunction(
    _ x: Tensor, normalizedBy norm: BatchNorm, epilogue: Epilogue = .none,
    _ training: TrainingPass?
  ) -> Tensor {
    if training != nil || x.isTracked || weight.isTracked {
      return epilogue(norm(self(x), training))
    }
    guard groups == 1 else {
      let folded = folded(norm)
      return convolution(
        x, folded.weight, bias: folded.bias, window: window, groups: groups, epilogue: epilogue)
    }
    // Not folded into the weights, which may be many more than the results.
    let (scale, shift) = norm.scaleAndShift
    return scaledConvolution(
      x, weight, scale: scale, bias: bias.map { $0 * scale + shift } ?? shift, window: window,
      epilogue: epilogue)
  }

  /// The layer on `[batch, height, width, channels]`, for training; it must have no groups and no
  /// padding, or as many groups as channels and stride 1.
  public func channelsLast(_ x: Tensor) -> Tensor {
    if groups > 1 {
      return channelsLastDepthwise(
        x, weight, bias: bias ?? .zeros([weight.shape[0]]), padding: window.padding)
    }
    precondition(window.padding == 0, "only one kernel a channel takes padding")
    return channelsLastConvolution(x, weight, bias: bias, stride: window.stride)
  }

  /// The layer on `[..., channels]`, each pixel by itself; its kernel must be one pixel.
  public func ofPixels(_ x: Tensor) -> Tensor {
    precondition(
      weight.shape[2...].allSatisfy { $0 == 1 } && groups == 1, "\(weight.shape) is no pixel")
    return linear(x, weight.reshaped(to: [weight.shape[0], -1]), bias)
  }

  /// The convolution with the normalization after it as one, in prediction.
  func folded(_ norm: BatchNorm) -> (weight: Tensor, bias: Tensor) {
    let (scale, shift) = norm.scaleAndShift
    return (
      weight * scale.reshaped(to: [-1, 1, 1, 1]), bias.map { $0 * scale + shift } ?? shift
    )
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
    self.name = parameters.prefix + name
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
    let result = batchNorm(x, weight, bias, epsilon: epsilon)
    note(result.mean, result.variance, in: training)
    return result.values
  }

  /// Applies the layer to `[..., channels]`, and in training in the same pass what follows it:
  /// `epilogue(layer) + residual`.
  public func channelsLast(
    _ x: Tensor, epilogue: Epilogue = .none, residual: Tensor? = nil, _ training: TrainingPass?
  ) -> Tensor {
    guard let training else {
      let (scale, shift) = scaleAndShift
      let values = epilogue(x * scale + shift)
      return residual.map { values + $0 } ?? values
    }
    let result = channelsLastBatchNorm(
      x, weight, bias, epsilon: epsilon, epilogue: epilogue, residual: residual)
    note(result.mean, result.variance, in: training)
    return result.values
  }

  private func note(_ batchMean: Tensor, _ batchVariance: Tensor, in training: TrainingPass) {
    training.move("\(name).running_mean", from: mean, towards: batchMean)
    training.move("\(name).running_var", from: variance, towards: batchVariance)
    training.count("\(name).num_batches_tracked", from: batches)
  }

  /// What prediction multiplies each channel by and then adds, `[channels]` each.
  var scaleAndShift: (scale: Tensor, shift: Tensor) {
    let scale = weight / sqrt(variance.detached + epsilon)
    return (scale, bias - mean.detached * scale)
  }
}

extension PatchConvolutions {
  /// Adds a layer and the normalization after it, as one convolution; one kernel a channel if the
  /// layer has as many groups as channels.
  public mutating func add(
    _ layer: Convolution, normalizedBy norm: BatchNorm? = nil, epilogue: Epilogue = .none
  ) {
    let zeros = Tensor.zeros([layer.weight.shape[0]])
    let (weight, bias) = norm.map(layer.folded) ?? (layer.weight, layer.bias ?? zeros)
    if layer.groups > 1 {
      convolveChannels(weight, bias: bias, padding: layer.window.padding, epilogue: epilogue)
    } else {
      precondition(layer.window.padding == 0, "only one kernel a channel takes padding")
      convolve(weight, bias: bias, stride: layer.window.stride, epilogue: epilogue)
    }
  }

  /// Adds a normalization by running statistics.
  public mutating func add(_ norm: BatchNorm) {
    let (scale, shift) = norm.scaleAndShift
    self.scale(scale, shift)
  }
}
