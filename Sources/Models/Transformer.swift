import TensorCore

/// The blocks THItoGene, HisToGene and Hist2ST share: every spot of a section attends to every other.
///
/// Each block is `x + attention(norm(x))`, then `x + feedForward(norm(x))`; no norm follows the last.
/// Shape: `[spots, width]` in and out.
///
/// Source: Dosovitskiy et al., ICLR 2021, in the form of the models' released code.
struct TransformerBlock: Sendable {
  /// The head width is fixed, whatever the model's width.
  static let headWidth = 64

  let heads: Int
  let attentionNorm: LayerNorm
  let queriesKeysValues: Linear
  let attentionOutput: Linear
  let feedForwardNorm: LayerNorm
  let widening: Linear
  let narrowing: Linear
  let dropoutRate: Float

  /// The names of a block's two halves, which the papers' code wraps differently.
  struct Names {
    var attention: String
    var feedForward: String
  }

  init(
    _ parameters: inout Parameters, _ names: Names, width: Int, heads: Int, hidden: Int,
    dropoutRate: Float
  ) {
    self.heads = heads
    self.dropoutRate = dropoutRate
    let inner = heads * Self.headWidth
    attentionNorm = LayerNorm(&parameters, "\(names.attention).norm", width: width)
    queriesKeysValues = Linear(
      &parameters, "\(names.attention).fn.to_qkv", inputs: width, outputs: 3 * inner,
      hasBias: false)
    attentionOutput = Linear(
      &parameters, "\(names.attention).fn.to_out.0", inputs: inner, outputs: width)
    feedForwardNorm = LayerNorm(&parameters, "\(names.feedForward).norm", width: width)
    widening = Linear(
      &parameters, "\(names.feedForward).fn.net.0", inputs: width, outputs: hidden)
    narrowing = Linear(
      &parameters, "\(names.feedForward).fn.net.3", inputs: hidden, outputs: width)
  }

  func callAsFunction(_ x: Tensor, _ training: TrainingPass?) -> Tensor {
    if training == nil {
      let attended = attentionOutput(mixed(attentionNorm(x)), residual: x)  // [spots, width]
      let hidden = widening(feedForwardNorm(attended), epilogue: .gelu)  // [spots, hidden]
      return narrowing(hidden, residual: attended)  // [spots, width]
    }
    let attended = attention(attentionNorm(x), training, residual: x)  // [spots, width]
    return feedForward(feedForwardNorm(attended), training, residual: attended)  // [spots, width]
  }

  func attention(_ x: Tensor, _ training: TrainingPass?, residual: Tensor? = nil) -> Tensor {
    dropout(
      attentionOutput(mixed(x)), rate: dropoutRate, training, residual: residual)  // [spots, width]
  }

  /// The values every spot gathers, `[spots, heads · headWidth]`.
  private func mixed(_ x: Tensor) -> Tensor {
    TensorCore.attention(queriesKeysValues(x), heads: heads, scale: Self.scale)
  }

  func feedForward(_ x: Tensor, _ training: TrainingPass?, residual: Tensor? = nil) -> Tensor {
    let hidden = widening(x, epilogue: .gelu)  // [spots, hidden]
    let kept = dropout(hidden, rate: dropoutRate, training)  // [spots, hidden]
    return dropout(
      narrowing(kept), rate: dropoutRate, training, residual: residual)  // [spots, width]
  }

  /// `1 / √headWidth`.
  static let scale: Float = 1 / 8
}
