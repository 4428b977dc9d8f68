import TensorCore

/// The axis over which a spot's attention weights add up to one.
public enum AttentionNormalization: String, Codable, Sendable, CaseIterable {
  /// Over the spots that attend, as the released code does: its loader gives the adjacency an axis
  /// more, so that the softmax meets the wrong one. Published checkpoints were trained this way.
  case released
  /// Over the neighbours attended to, eq. 14 of the paper.
  case published
}

/// One head of attention between neighbours in a graph.
///
/// `h'ᵢ = Σⱼ αᵢⱼ W hⱼ` with `α` the softmax of `LeakyReLU(a₁ · W hᵢ + a₂ · W hⱼ)` where `j` is a
/// neighbour of `i`. Shape: `[spots, inputs]` to `[spots, outputs]`.
///
/// Source: Veličković et al., ICLR 2018, in the form of THItoGene's released code: the spot itself
/// is no neighbour. A spot without neighbours (`published`) or without attending spots
/// (`released`) gets or gives equal shares to all spots.
struct GraphAttentionHead: Sendable {
  let weight: Tensor  // [inputs, outputs]
  let attention: Tensor  // [2 · outputs, 1]

  init(_ parameters: inout Parameters, _ name: String, inputs: Int, outputs: Int) {
    weight = parameters.take(
      "\(name).W", [inputs, outputs], .xavier(inputs: inputs, outputs: outputs, gain: 1.414))
    attention = parameters.take(
      "\(name).a", [2 * outputs, 1], .xavier(inputs: 2 * outputs, outputs: 1, gain: 1.414))
  }

  func callAsFunction(
    _ x: Tensor, _ adjacency: Tensor, _ normalization: AttentionNormalization,
    dropoutRate: Float, _ training: TrainingPass?
  ) -> Tensor {
    let values = matmul(x, weight)  // [spots, outputs]
    let shares = dropout(
      self.shares(of: values, adjacency, normalization), rate: dropoutRate, training)
    return matmul(shares, values)  // [spots, outputs]
  }

  /// The attention weights, `[spots, spots]`, attending spots before those attended to.
  func shares(
    of values: Tensor, _ adjacency: Tensor, _ normalization: AttentionNormalization
  ) -> Tensor {
    let outputs = weight.shape[1]
    let attending = matmul(values, attention.slice(0..<outputs, along: 0))  // [spots, 1]
    let attended = matmul(values, attention.slice(outputs..<2 * outputs, along: 0))  // [spots, 1]
    let scores = leakyReLU(attending + attended.transposed(), slope: 0.01)  // [spots, spots]
    let among = masked(scores, by: adjacency, with: -9e15)  // [spots, spots]
    return softmax(among, along: normalization == .released ? 0 : 1)  // [spots, spots]
  }
}

/// Several heads side by side, then one that reads them all.
struct GraphAttention: Sendable {
  let heads: [GraphAttentionHead]
  let output: GraphAttentionHead
  let dropoutRate: Float

  init(
    _ parameters: inout Parameters, _ name: String, inputs: Int, hidden: Int, outputs: Int,
    heads: Int, dropoutRate: Float
  ) {
    self.heads = (0..<heads).map {
      GraphAttentionHead(&parameters, "\(name).attention_\($0)", inputs: inputs, outputs: hidden)
    }
    output = GraphAttentionHead(
      &parameters, "\(name).out_att", inputs: hidden * heads, outputs: outputs)
    self.dropoutRate = dropoutRate
  }

  func callAsFunction(
    _ x: Tensor, _ adjacency: Tensor, _ normalization: AttentionNormalization,
    _ training: TrainingPass?
  ) -> Tensor {
    let x = dropout(x, rate: dropoutRate, training)  // [spots, inputs]
    let parts = heads.map {
      elu($0(x, adjacency, normalization, dropoutRate: dropoutRate, training))
    }
    let joined = dropout(
      concatenate(parts, along: 1), rate: dropoutRate, training)  // [spots, heads · hidden]
    return elu(output(joined, adjacency, normalization, dropoutRate: dropoutRate, training))
  }
}
