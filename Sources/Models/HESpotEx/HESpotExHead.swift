import TensorCore

/// All of HESpotEx that comes after the encoder: what is trained.
///
/// From features `f`: the latent `z = W₂ · LN(ReLU(W₁ f))`, a first prediction of the same form from
/// `z`, and a second from the neighbours: four graph layers read the same `z` side by side, each
/// `ReLU([z ‖ neighbours' z] · Wᵀ)` divided by its length, and a long short-term memory of two levels
/// goes through the four and gives the mean of what it outputs. The sum of both is multiplied with
/// `ν`, which grows with a spot's nuclei.
///
/// The memory is as wide as there are genes, `G`, so that it has `12 G²` weights: 48 MB for 1,000
/// genes, 1.4 GB for 5,457. Training holds four numbers a weight, 16 bytes, 5.7 GB for 5,457 genes; and
/// of `n` spots, which it sees at once, gates, outputs and their gradients, about `300 n G` bytes,
/// 1.2 GB for 4,000 spots and 1,000 genes, 6.5 GB for 5,457. Prediction leaves the weights in the mapped
/// file and holds a quarter of a gigabyte of gates at most, however many spots there are.
///
/// Source: HESpotEx's released `Image_Model`.
struct HESpotExHead: Sendable {
  /// What it makes of a section.
  struct Output: Sendable {
    /// `[spots, latent]`, trained to resemble STAGATE's embedding.
    let latent: Tensor
    /// `[spots, genes]`.
    let expression: Tensor
  }

  let latentHead, geneHead: HESpotExProjection
  let layers: [Tensor]  // [latent, 2 · latent] each
  let memory: LSTM
  let genes: Int

  /// Declares the parameters under the names of the authors' checkpoints.
  init(_ configuration: HESpotEx.Configuration, features: Int, _ parameters: inout Parameters) {
    let (latent, hidden) = (configuration.latent, configuration.hidden)
    genes = configuration.genes
    layers = (0..<configuration.graphLayers).map { layer in
      parameters.take(
        "image_decoder.\(layer).weight", [latent, 2 * latent],
        .xavier(inputs: 2 * latent, outputs: latent))
    }
    memory = LSTM(&parameters, "jknet.0", inputs: latent, width: genes, levels: 2)
    latentHead = HESpotExProjection(
      &parameters, "latent_head", inputs: features, hidden: hidden, outputs: latent)
    geneHead = HESpotExProjection(
      &parameters, "gene_head", inputs: latent, hidden: hidden, outputs: genes)
  }

  /// - Parameters:
  ///   - features: `[spots, features]`.
  ///   - neighbours: the graph of the spots.
  ///   - scale: `ν`, `[spots, 1]`; nil for 1.
  ///   - isTrained: whether gradients will be asked for, which takes all spots at once.
  func callAsFunction(
    _ features: Tensor, _ neighbours: NeighbourSums, scale: Tensor?, isTrained: Bool
  ) -> Output {
    let latent = latentHead(features)  // [spots, latent]
    let sequence = graphLayers(latent, neighbours)  // graphLayers × [spots, latent]
    let atOnce = isTrained ? features.shape[0] : spotsAtOnce
    let sum = remembered(sequence, atOnce: atOnce) + geneHead(latent)  // [spots, genes]
    return Output(latent: latent, expression: scale.map { sum * $0 } ?? sum)
  }

  /// What each layer makes of the latent and the neighbours' latents.
  func graphLayers(_ latent: Tensor, _ neighbours: NeighbourSums) -> [Tensor] {
    let both = concatenate([latent, neighbours(latent)], along: 1)  // [spots, 2 · latent]
    return layers.map { normalizedRows(relu(linear(both, $0))) }
  }

  /// So many spots that their gates take a quarter of a gigabyte.
  var spotsAtOnce: Int { max(16, (1 << 28) / max(4 * 4 * genes * layers.count, 1)) }

  /// The mean of what the memory outputs at each layer, `[spots, genes]`, some spots at a time, none of
  /// which knows of another.
  func remembered(_ sequence: [Tensor], atOnce: Int) -> Tensor {
    let spots = sequence[0].shape[0]
    let parts = stride(from: 0, to: spots, by: max(atOnce, 1)).map { start in
      let rows = start..<min(start + atOnce, spots)
      let outputs = memory(sequence.map { $0.slice(rows, along: 0) })
      return outputs.dropFirst().reduce(outputs[0], +) * (1 / Float(outputs.count))
    }
    return parts.count == 1 ? parts[0] : concatenate(parts, along: 0)
  }
}

/// `W₂ · LN(ReLU(W₁ x + b₁)) + b₂`, `[spots, inputs]` to `[spots, outputs]`.
struct HESpotExProjection: Sendable {
  let widening: Linear
  let norm: LayerNorm
  let output: Linear

  init(_ parameters: inout Parameters, _ name: String, inputs: Int, hidden: Int, outputs: Int) {
    widening = Linear(&parameters, "\(name).0", inputs: inputs, outputs: hidden)
    norm = LayerNorm(&parameters, "\(name).2", width: hidden)
    output = Linear(&parameters, "\(name).3", inputs: hidden, outputs: outputs)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { output(norm(relu(widening(x)))) }
}
