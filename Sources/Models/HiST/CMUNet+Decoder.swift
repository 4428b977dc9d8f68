import TensorCore

/// Doubles a map's height and width and joins it with the map of that size from the way down.
struct UpwardStep: Sendable {
  let gate: SkipGate
  let up: NormalizedConvolution
  let join: ConvolutionPair

  /// `level` is that of the result, 1 being the largest map.
  init(
    _ parameters: inout Parameters, level: Int, inputs: Int, outputs: Int
  ) {
    up = NormalizedConvolution(
      &parameters, "Up\(level + 1).up.1", "Up\(level + 1).up.2",
      inputs: inputs, outputs: outputs, side: 3)
    join = ConvolutionPair(
      &parameters, "Up_conv\(level + 1)", inputs: 2 * outputs, outputs: outputs)
    gate = SkipGate(&parameters, "msag\(level)", channels: outputs)
  }

  /// The gated map's channels come first, as in the release.
  func callAsFunction(_ x: Tensor, _ skip: Tensor, _ training: TrainingPass?) -> Tensor {
    join(concatenate([gate(skip, training), enlarged(x, training)], along: 1), training)
  }

  func enlarged(_ x: Tensor, _ training: TrainingPass?) -> Tensor {
    up(upsampleNearest(x), epilogue: .relu, training)
  }
}

/// Weighs every number of a map by what surrounds it: `x + x · vote`.
///
/// The vote is a sigmoid of what three convolutions see: of one place, of 3 by 3, and of 3 by 3 two
/// places apart.
struct SkipGate: Sendable {
  let branches: [NormalizedConvolution]
  let voting: NormalizedConvolution

  init(_ parameters: inout Parameters, _ name: String, channels: Int) {
    let kinds = [("pointwiseConv", 1, 1), ("ordinaryConv", 3, 1), ("dilationConv", 3, 2)]
    branches = kinds.map { kind, side, dilation in
      NormalizedConvolution(
        &parameters, "\(name).\(kind).0", "\(name).\(kind).1", inputs: channels, outputs: channels,
        side: side, dilation: dilation)
    }
    voting = NormalizedConvolution(
      &parameters, "\(name).voteConv.0", "\(name).voteConv.1", inputs: 3 * channels,
      outputs: channels, side: 1)
  }

  func callAsFunction(_ x: Tensor, _ training: TrainingPass?) -> Tensor {
    x + x * vote(x, training)
  }

  /// What each number counts, 0...1.
  func vote(_ x: Tensor, _ training: TrainingPass?) -> Tensor {
    let seen = concatenate(branches.map { $0(x, training) }, along: 1)  // 3 · channels
    return sigmoid(voting(relu(seen), training))
  }
}
