import TensorCore

/// A depth-wise convolution of 7 by 7 and two layers for each place, added to what came in.
///
/// Source: Woo et al., CVPR 2023.
struct ConvNeXtBlock: Sendable {
  let depthwise: Convolution
  let norm: LayerNorm
  let widening, narrowing: Linear
  let response: GlobalResponseNorm
  /// How often training skips the block.
  let skippedShare: Float

  init(_ parameters: inout Parameters, _ name: String, channels: Int, skippedShare: Float) {
    self.skippedShare = skippedShare
    depthwise = Convolution(
      &parameters, "\(name).dwconv", inputs: channels, outputs: channels, side: 7,
      window: Window(padding: 3), groups: channels, weightInitializer: .normal(deviation: 0.02),
      biasInitializer: .constant(0))
    norm = LayerNorm(&parameters, "\(name).norm", width: channels, epsilon: 1e-6)
    widening = linearLayer(
      &parameters, "\(name).pwconv1", inputs: channels, outputs: 4 * channels)
    response = GlobalResponseNorm(&parameters, "\(name).grn", channels: 4 * channels)
    narrowing = linearLayer(
      &parameters, "\(name).pwconv2", inputs: 4 * channels, outputs: channels)
  }

  func callAsFunction(_ x: Tensor, _ training: TrainingPass?) -> Tensor {
    let change = narrowing(responses(x)).permuted([0, 3, 1, 2])  // as x
    return x + stochasticDepth(change, rate: skippedShare, training)
  }

  /// What the narrowing layer is given, `[patients, rows, columns, 4 · channels]`.
  func responses(_ x: Tensor) -> Tensor {
    let places = norm(depthwise(x).permuted([0, 2, 3, 1]))  // [patients, rows, columns, channels]
    return response(widening(places, epilogue: .gelu))
  }
}

/// Makes a channel that responds strongly stand out: `γ · (x · n) + β + x`, with `n` the channel's
/// length over all places divided by the mean length of all channels.
///
/// Shape: `[patients, rows, columns, channels]` in and out. The length of a channel of zeros is 0.
///
/// Source: Woo et al., CVPR 2023; 1e-6 is added to the mean length.
struct GlobalResponseNorm: Sendable {
  let gamma, beta: Tensor  // [1, 1, 1, channels]

  init(_ parameters: inout Parameters, _ name: String, channels: Int) {
    gamma = parameters.take("\(name).gamma", [1, 1, 1, channels], .constant(0))
    beta = parameters.take("\(name).beta", [1, 1, 1, channels], .constant(0))
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let (patients, channels) = (x.shape[0], x.shape[3])
    let planes = x.reshaped(to: [patients, -1, channels]).transposed()
    let lengths = TensorCore.norm(planes)  // [patients, channels, 1]
    let shares = lengths / (mean(lengths, over: [1], keepingAxes: true) + 1e-6)
    return gamma * (x * shares.reshaped(to: [patients, 1, 1, channels])) + beta + x
  }
}

/// A linear layer with ConvNeXt's beginning: weights of deviation 0.02, which the authors cut at 2
/// where no number comes, and biases of 0.
func linearLayer(
  _ parameters: inout Parameters, _ name: String, inputs: Int, outputs: Int
) -> Linear {
  Linear(
    &parameters, name, inputs: inputs, outputs: outputs,
    weightInitializer: .normal(deviation: 0.02), biasInitializer: .constant(0))
}
