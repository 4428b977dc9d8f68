import TensorCore

/// Predicts expression for all spots of a section from their patches, places and neighbours.
///
/// Dynamic convolution, capsules, a transformer over all spots, attention between neighbours, and a
/// head for the genes, in that order.
///
/// Source: THItoGene (Jia et al., Briefings in Bioinformatics 25(1), 2024) and its released code.
/// Where they differ, each layer says which one it follows.
public struct THItoGene: Sendable {
  /// The sizes of the network; the defaults are the authors' for HER2+.
  public struct Configuration: Codable, Sendable, Equatable {
    /// Transformer blocks: 4 for HER2+, 8 for cSCC; with 0 spots do not see each other there.
    public var layers = 4
    /// How many genes are predicted: 785 for HER2+, 171 for cSCC.
    public var genes = 785
    /// Half the hidden width of the transformer's blocks, and nothing else.
    public var width = 1024
    /// The size of the array along each axis.
    public var positions = 64
    /// Attention heads of the transformer, each 64 wide.
    public var heads = 16
    /// Heads of the graph attention; with 0 there is none.
    public var graphHeads = 8
    /// Routed capsules of a spot.
    public var capsules = 20
    /// The width of a routed capsule and of a position's embedding.
    public var capsuleWidth = 64
    /// The width of each head of the graph attention.
    public var graphHidden = 1024
    /// The width after the graph attention.
    public var graphOutput = 512
    /// The hidden width of the head for the genes.
    public var headHidden = 1024
    /// The share of elements dropped in training.
    public var dropoutRate: Float = 0.2
    /// Whether the first convolution mixes its kernels for each patch; a plain one without.
    public var dynamicKernels = true
    /// Whether capsules are routed; without, a linear layer takes their place.
    public var routesCapsules = true
    /// Whether batch normalization takes the statistics of the section that is predicted, as in
    /// training, so that stains of different strength are levelled; running ones, as released,
    /// without. A section's patches are then read all at once.
    public var normalizesBySection = false
    /// How much the image is reduced before patches are cut.
    public var reduction = ImageReduction.none
    /// What the first layer is given of a pixel.
    public var scaling = PatchScaling.raw
    /// Which form of graph attention; a checkpoint wants the one it was trained with.
    public var graphAttention = AttentionNormalization.released

    /// The authors' values.
    public init() {}

    /// What the head for the genes reads.
    var headInputs: Int { graphHeads > 0 ? graphOutput : tokenWidth }

    /// The width of a spot's token: its capsules and the two embeddings of its place.
    var tokenWidth: Int { (capsules + 2) * capsuleWidth }
  }

  /// The side of a patch, the only one the convolutions reduce to one place.
  public static let patchSidePixels = 112

  /// The sizes this network was built with.
  public let configuration: Configuration
  let dynamicConvolution: DynamicConvolution?
  let plainConvolution: Convolution?
  let stem: [(convolution: Convolution, norm: BatchNorm)]
  let primaryCapsules: Convolution
  let routing: CapsuleRouting?
  let plainCapsules: Linear?
  let xEmbedding, yEmbedding: Embedding
  let blocks: [TransformerBlock]
  let graph: GraphAttention?
  let headHidden: Linear
  let headNorm: LayerNorm
  let head: Linear

  /// Declares the parameters under the names of the authors' checkpoints.
  public init(_ configuration: Configuration, _ parameters: inout Parameters) {
    self.configuration = configuration
    let width = configuration.tokenWidth
    if configuration.dynamicKernels {
      dynamicConvolution = DynamicConvolution(&parameters, "odconv2d", channels: 3, filters: 16)
      plainConvolution = nil
    } else {
      dynamicConvolution = nil
      let side = DynamicConvolution.side
      plainConvolution = Convolution(
        &parameters, "conv2d", inputs: 3, outputs: 16, side: side, window: Window(stride: side))
    }
    let sizes = [(16, 32, 5, 1), (32, 64, 3, 1), (64, 64, 3, 1), (64, 128, 3, 2)]
    stem = sizes.enumerated().map { index, size in
      let (inputs, outputs, side, stride) = size
      return (
        Convolution(
          &parameters, "caps_layer.conv\(index + 1)", inputs: inputs, outputs: outputs, side: side,
          window: Window(stride: stride),
          weightInitializer: .kaiming(fan: inputs * side * side)),
        BatchNorm(&parameters, "caps_layer.batch_norm\(index + 1)", channels: outputs)
      )
    }
    primaryCapsules = Convolution(
      &parameters, "caps_layer.primary_caps.depthwise_conv", inputs: 128, outputs: 128, side: 9,
      groups: 128)
    if configuration.routesCapsules {
      routing = CapsuleRouting(
        &parameters, "caps_layer.digit_caps", routed: configuration.capsules,
        width: configuration.capsuleWidth, primary: 16, primaryWidth: 8)
      plainCapsules = nil
    } else {
      routing = nil
      plainCapsules = Linear(
        &parameters, "caps_layer.linear", inputs: 128,
        outputs: configuration.capsules * configuration.capsuleWidth)
    }
    xEmbedding = Embedding(
      &parameters, "x_embed", count: configuration.positions, width: configuration.capsuleWidth)
    yEmbedding = Embedding(
      &parameters, "y_embed", count: configuration.positions, width: configuration.capsuleWidth)
    blocks = (0..<configuration.layers).map { layer in
      let name = "vit.transformer.layers.\(layer)"
      return TransformerBlock(
        &parameters, .init(attention: "\(name).0", feedForward: "\(name).1"), width: width,
        heads: configuration.heads, hidden: 2 * configuration.width,
        dropoutRate: configuration.dropoutRate)
    }
    graph =
      configuration.graphHeads == 0
      ? nil
      : GraphAttention(
        &parameters, "gat", inputs: width, hidden: configuration.graphHidden,
        outputs: configuration.graphOutput, heads: configuration.graphHeads,
        dropoutRate: configuration.dropoutRate)
    headHidden = Linear(
      &parameters, "gene_head.0", inputs: configuration.headInputs,
      outputs: configuration.headHidden)
    headNorm = LayerNorm(&parameters, "gene_head.2", width: configuration.headHidden)
    head = Linear(
      &parameters, "gene_head.3", inputs: configuration.headHidden, outputs: configuration.genes)
  }

  /// Predicts `[spots, genes]`, log-normalized as the training data were.
  ///
  /// - Parameters:
  ///   - patches: `[spots, 3, 112, 112]`, 0...255, in channel, x, y order as the authors' loader
  ///     gives them.
  ///   - x: each spot's place along the array's first axis, below ``Configuration/positions``.
  ///   - y: the same along the second axis.
  ///   - adjacency: `[spots, spots]`, 1 where the column's spot is a neighbour of the row's.
  public func callAsFunction(
    _ patches: Tensor, x: [Int], y: [Int], adjacency: Tensor, training: TrainingPass? = nil
  ) -> Tensor {
    relate(
      encode(patches, training: training), x: x, y: y, adjacency: adjacency, training: training)
  }

  /// Reads each patch by itself: its routed capsules, `[patches, capsules · capsuleWidth]`.
  ///
  /// In prediction a section may be read in parts and the codes laid end to end.
  /// In training batch normalization needs all of a section's patches, `[patches, 3, 112, 112]`.
  public func encode(_ patches: Tensor, training: TrainingPass? = nil) -> Tensor {
    let pass = training ?? (configuration.normalizesBySection ? .normalizing : nil)
    return capsules(configuration.scaling(patches), pass).reshaped(to: [patches.shape[0], -1])
  }

  /// Predicts `[spots, genes]` from the codes of all spots of a section, as ``encode(_:training:)``
  /// gives them, and from how the spots lie; the parameters are those of a whole prediction.
  public func relate(
    _ codes: Tensor, x: [Int], y: [Int], adjacency: Tensor, training: TrainingPass? = nil
  ) -> Tensor {
    var tokens = tokens(of: codes, x: x, y: y)  // [spots, tokenWidth]
    tokens = dropout(tokens, rate: configuration.dropoutRate, training)
    for block in blocks { tokens = block(tokens, training) }
    let gathered =
      graph?(tokens, adjacency, configuration.graphAttention, training) ?? tokens
    return genes(gathered)  // [spots, genes]
  }

  /// The routed capsules of each patch, `[spots, capsules, capsuleWidth]`.
  func capsules(_ patches: Tensor, _ training: TrainingPass?) -> Tensor {
    let primary = predictedPrimary(patches, training) ?? primary(patches, training)
    guard let routing else {
      let sizes = [-1, configuration.capsules, configuration.capsuleWidth]
      return plainCapsules!(primary.reshaped(to: [-1, 128])).reshaped(to: sizes)  // One of the two.
    }
    return routing(squash(primary.reshaped(to: [-1, 16, 8])))
  }

  /// The primary capsules before they are squashed, `[spots, 128, 1, 1]`.
  func primary(_ patches: Tensor, _ training: TrainingPass?) -> Tensor {
    // One of the two is there.
    var maps =
      dynamicConvolution?(patches, epilogue: .relu, training)
      ?? plainConvolution!(patches, epilogue: .relu)  // [spots, 16, 28, 28]
    if let training {
      maps = maps.permuted([0, 2, 3, 1])  // [spots, 28, 28, 16]
      for layer in stem {
        maps = layer.norm.channelsLast(
          layer.convolution.channelsLast(maps), epilogue: .relu, training)
      }  // [spots, 9, 9, 128]
      return primaryCapsules.channelsLast(maps).reshaped(to: [-1, 128, 1, 1])
    }
    for layer in stem {
      maps = layer.convolution(maps, normalizedBy: layer.norm, epilogue: .relu, training)
    }  // [spots, 128, 9, 9]
    return primaryCapsules(maps)
  }

  /// The same, one patch after the other through all layers; nothing where gradients are wanted.
  func predictedPrimary(_ patches: Tensor, _ training: TrainingPass?) -> Tensor? {
    guard training == nil, !patches.isTracked else { return nil }
    let side = Self.patchSidePixels
    var layers = PatchConvolutions(channels: 3, height: side, width: side)
    if let dynamicConvolution {
      layers.convolve(
        dynamicConvolution.kernels(for: patches, nil), stride: DynamicConvolution.side,
        epilogue: .relu)
    } else if let plainConvolution {
      layers.add(plainConvolution, epilogue: .relu)
    }
    for layer in stem {
      layers.add(layer.convolution, normalizedBy: layer.norm, epilogue: .relu)
    }
    layers.add(primaryCapsules)
    return layers.isTracked ? nil : layers(patches)
  }

  /// The capsules and, after them, the embeddings of each spot's place: `[spots, tokenWidth]`.
  func tokens(of capsules: Tensor, x: [Int], y: [Int]) -> Tensor {
    let flat = capsules.reshaped(to: [x.count, -1])  // [spots, capsules · capsuleWidth]
    return concatenate([flat, xEmbedding(x), yEmbedding(y)], along: 1)
  }

  /// The head for the genes, `[spots, headInputs]` to `[spots, genes]`.
  func genes(_ x: Tensor) -> Tensor {
    head(headNorm(relu(headHidden(x))))
  }
}

extension THItoGene: ExpressionModel {
  /// THItoGene's row of the catalog.
  public static let entry = ModelEntry(
    THItoGene.self, name: "thitogene", title: "THItoGene",
    summary: "dynamic convolutions, capsules, a transformer, graph attention",
    source: "Jia et al., Briefings in Bioinformatics 25(1), 2024, bbad464")

  /// The side of the square that a patch is cut from.
  public var patchSidePixels: Int? { patchShape.sidePixels }

  /// How a patch is cut, and the order of its values.
  public var patchShape: PatchShape {
    PatchShape(side: Self.patchSidePixels, order: .channelFirst, reduction: configuration.reduction)
  }

  /// Predicts `[spots, genes]`, encoding the patches batch by batch.
  public func predict(
    _ input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> Tensor {
    let side = Self.patchSidePixels
    let (x, y) = try input.places(below: configuration.positions)
    let codes = try input.encoded(
      patchShape, batchSize: configuration.normalizesBySection ? .max : 32, work
    ) {
      encode($0.reshaped(to: [-1, 3, side, side]))
    }
    return relate(codes, x: x, y: y, adjacency: input.adjacency(pruning: .none))
  }
}

extension THItoGene.Configuration: ModelConfiguration {
  /// Takes over the sizes that a checkpoint's shapes tell.
  public mutating func adopt(_ shapes: ParameterShapes) {
    let layer = "vit.transformer.layers.0"
    if shapes.contains("conv2d.weight") { dynamicKernels = false }
    if shapes.contains("caps_layer.linear.weight") { routesCapsules = false }
    layers.adopt(shapes.count("vit.transformer.layers."))
    genes.adopt(shapes.size("gene_head.3.weight", axis: 0))
    width.adopt(shapes.size("\(layer).1.fn.net.0.weight", axis: 0).map { max(1, $0 / 2) })
    positions.adopt(shapes.size("x_embed.weight", axis: 0))
    heads.adopt(shapes.heads("\(layer).0.fn.to_qkv"))
    graphHeads.adopt(shapes.count("gat.attention_"))
    capsules.adopt(shapes.size("caps_layer.digit_caps.W", axis: 0))
    capsuleWidth.adopt(shapes.size("caps_layer.digit_caps.W", axis: 3))
    graphHidden.adopt(shapes.size("gat.attention_0.W", axis: 1))
    graphOutput.adopt(shapes.size("gat.out_att.W", axis: 1))
    headHidden.adopt(shapes.size("gene_head.0.weight", axis: 0))
  }
}
