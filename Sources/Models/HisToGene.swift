import TensorCore

/// Predicts expression for all spots of a section at once with a vision transformer.
///
/// Each spot is a token: its whole patch through one linear layer, plus embeddings of its row and
/// column in the array.
///
/// Source: HisToGene (Pang, Su and Li, bioRxiv 2021.11.28.470212) and its released code.
public struct HisToGene: Sendable {
  /// The sizes of the network; the defaults are the constructor's, for the 785 genes of HER2+.
  public struct Configuration: Codable, Sendable, Equatable {
    /// The side of a patch.
    public var patchSidePixels = 112
    /// The width of a token.
    public var width = 1024
    /// Transformer blocks: 4 in the constructor, 8 in the authors' tutorial.
    public var layers = 4
    /// Attention heads, each 64 wide.
    public var heads = 16
    /// The size of the array along each axis.
    public var positions = 64
    /// How many genes are predicted.
    public var genes = 785
    /// The share of elements dropped in training.
    public var dropoutRate: Float = 0.1

    /// The authors' values.
    public init() {}
  }

  /// The sizes this network was built with.
  public let configuration: Configuration
  let patchEmbedding: Linear
  let xEmbedding: Embedding
  let yEmbedding: Embedding
  let blocks: [TransformerBlock]
  let headNorm: LayerNorm
  let head: Linear

  /// Declares the parameters under the names of the authors' checkpoints.
  public init(_ configuration: Configuration, _ parameters: inout Parameters) {
    self.configuration = configuration
    let width = configuration.width
    let side = configuration.patchSidePixels
    patchEmbedding = Linear(
      &parameters, "patch_embedding", inputs: 3 * side * side, outputs: width)
    xEmbedding = Embedding(&parameters, "x_embed", count: configuration.positions, width: width)
    yEmbedding = Embedding(&parameters, "y_embed", count: configuration.positions, width: width)
    blocks = (0..<configuration.layers).map { layer in
      let name = "vit.transformer.layers.\(layer)"
      return TransformerBlock(
        &parameters, .init(attention: "\(name).0", feedForward: "\(name).1"), width: width,
        heads: configuration.heads, hidden: 2 * width, dropoutRate: configuration.dropoutRate)
    }
    headNorm = LayerNorm(&parameters, "gene_head.0", width: width)
    head = Linear(&parameters, "gene_head.1", inputs: width, outputs: configuration.genes)
  }

  /// The network with given weights, which must be exactly those it declares.
  public init(_ configuration: Configuration, weights: [String: Tensor]) throws(ParameterError) {
    var parameters = Parameters(weights: weights)
    self.init(configuration, &parameters)
    try parameters.checkAll()
  }

  /// Predicts `[spots, genes]`, log-normalized as the training data were.
  ///
  /// - Parameters:
  ///   - patches: `[spots, 3 · side²]`, 0...255, in x, y, channel order as the authors' loader
  ///     gives them.
  ///   - x: each spot's place along the array's first axis, below ``Configuration/positions``.
  ///   - y: the same along the second axis.
  public func callAsFunction(
    _ patches: Tensor, x: [Int], y: [Int], training: TrainingPass? = nil
  ) -> Tensor {
    relate(encode(patches, training: training), x: x, y: y, training: training)
  }

  /// Reads each patch by itself: `[patches, 3 · side²]` to `[patches, width]`.
  ///
  /// A section may be read in parts and the codes laid end to end. Training changes nothing here;
  /// the parameter is there to be the same in all models.
  public func encode(_ patches: Tensor, training: TrainingPass? = nil) -> Tensor {
    patchEmbedding(patches)
  }

  /// Predicts `[spots, genes]` from the codes of all spots of a section, as ``encode(_:training:)``
  /// gives them, and from how the spots lie; the parameters are those of a whole prediction.
  public func relate(
    _ codes: Tensor, x: [Int], y: [Int], training: TrainingPass? = nil
  ) -> Tensor {
    var tokens = embed(codes, x: x, y: y)  // [spots, width]
    tokens = dropout(tokens, rate: configuration.dropoutRate, training)
    for block in blocks { tokens = block(tokens, training) }
    return head(headNorm(tokens))  // [spots, genes]
  }

  /// The transformer's input, `[spots, width]`.
  func embed(_ codes: Tensor, x: [Int], y: [Int]) -> Tensor {
    codes + xEmbedding(x) + yEmbedding(y)
  }
}
