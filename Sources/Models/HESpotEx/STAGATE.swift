import Foundation
import TensorCore

/// Finds a few numbers for each spot that its expression can be made of again, and that neighbours
/// have in common: an autoencoder with attention between neighbouring spots.
///
/// With `X` of shape `[spots, genes]` and `A` the shares of attention,
/// `h₁ = ELU(A · X W₁)`, `h₂ = h₁ W₂`, the embedding `[spots, latent]`, `h₃ = ELU(A · h₂ W₂ᵀ)` and
/// `h₄ = h₃ W₁ᵀ`, the expression again. A spot's shares are a softmax over the edges that end there,
/// of `σ(aₛ · (X W₁)ⱼ + aₜ · (X W₁)ᵢ)`; the decoder uses the encoder's.
///
/// Attention goes along edges: beside the expression, 4,000 spots take 40,000 shares, and no row an
/// edge.
///
/// Source: STAGATE (Dong and Zhang, Nature Communications 13, 2022) in the form released with
/// HESpotEx: sigmoid before softmax, no attention in the middle layers, no biases.
public struct STAGATE: Sendable {
  /// The sizes of the network; the defaults are those of HESpotEx.
  public struct Configuration: Sendable, Equatable {
    /// How many genes a spot has.
    public var genes: Int
    /// The width of the layer between.
    public var hidden = 512
    /// The width of the embedding.
    public var latent = 64

    /// Takes the number of genes, the rest as the authors have it.
    public init(genes: Int) { self.genes = genes }
  }

  /// What it makes of a section.
  public struct Output: Sendable {
    /// `[spots, latent]`.
    public let embedding: Tensor
    /// `[spots, genes]`.
    public let reconstruction: Tensor
  }

  /// The weights that take the embedding back to expression, where they are not the encoder's.
  struct Decoder: Sendable {
    let second: Tensor  // [latent, hidden]
    let first: Tensor  // [hidden, genes]
  }

  let first: Tensor  // [genes, hidden]
  let second: Tensor  // [hidden, latent]
  let attending: (source: Tensor, target: Tensor)  // [1, 1, hidden] each

  /// Declares the parameters under the authors' names: normal of deviation
  /// `1.414 · √(2 / (inputs + outputs))`.
  ///
  /// Departure: those of the release that are never read, `lin_dst`, which is `lin_src` again, and the
  /// attention of layers 2 to 4, are not declared, nor the decoder's, which are these transposed.
  public init(_ configuration: Configuration, _ parameters: inout Parameters) {
    func begin(_ inputs: Int, _ outputs: Int) -> Initializer {
      .normal(deviation: 1.414 * (2 / Float(inputs + outputs)).squareRoot())
    }
    let (genes, hidden, latent) = (
      configuration.genes, configuration.hidden, configuration.latent
    )
    first = parameters.take(Self.firstName, [genes, hidden], begin(genes, hidden))
    attending = (
      parameters.take("conv1.att_src", [1, 1, hidden], begin(hidden, hidden)),
      parameters.take("conv1.att_dst", [1, 1, hidden], begin(hidden, hidden))
    )
    second = parameters.take(Self.secondName, [hidden, latent], begin(hidden, latent))
  }

  static let firstName = "conv1.lin_src"
  static let secondName = "conv2.lin_src"

  /// Embeds a section's spots and makes their expression again.
  ///
  /// - Parameters:
  ///   - expression: `[spots, genes]`, log-normalized.
  ///   - edges: the graph, as ``Edges/aroundEach(of:count:)`` makes it.
  public func callAsFunction(_ expression: Tensor, _ edges: Edges) -> Output {
    self(expression, edges, decoder: nil)
  }

  /// The same with a decoder of its own; the encoder's weights transposed, gradients and all, where
  /// there is none.
  func callAsFunction(_ expression: Tensor, _ edges: Edges, decoder: Decoder?) -> Output {
    let decoder = decoder ?? Decoder(second: second.transposed(), first: first.transposed())
    let values = matmul(expression, first)  // [spots, hidden]
    let shares = shares(of: values, edges)  // [edges]
    let embedding = matmul(elu(edgeSums(values, shares, edges)), second)  // [spots, latent]
    let widened = matmul(embedding, decoder.second)  // [spots, hidden]
    let hidden = elu(edgeSums(widened, shares, edges))  // [spots, hidden]
    return Output(embedding: embedding, reconstruction: matmul(hidden, decoder.first))
  }

  /// How much attention each edge's source gets of its target, `[edges]`.
  func shares(of values: Tensor, _ edges: Edges) -> Tensor {
    let (sources, targets) = logits(of: values)
    let both = gather(sources, edges.sources) + gather(targets, edges.targets)  // [edges]
    return edgeSoftmax(sigmoid(both), edges)
  }

  /// What each spot adds to the attention as a source and as a target, `[spots]` each.
  func logits(of values: Tensor) -> (source: Tensor, target: Tensor) {
    func each(_ weight: Tensor) -> Tensor {
      matmul(values, weight.reshaped(to: [-1, 1])).reshaped(to: [values.shape[0]])
    }
    return (each(attending.source), each(attending.target))
  }
}
