import Sections
import TensorCore

/// Predicts expression for all spots of a section: convolutions, a transformer, then a graph.
///
/// Source: Hist2ST (Zeng et al., Briefings in Bioinformatics 23(5), 2022) and its released code.
/// Departure: a spot without neighbours has a mean of zeros, where the release divides 0 by 0.
public struct Hist2ST: Sendable {
  /// The sizes of the network; the defaults are the authors' for HER2+.
  public struct Configuration: Codable, Sendable, Equatable {
    /// The side of a patch.
    public var patchSidePixels = 112
    /// The side and stride of the first convolution.
    public var stemSide = 7
    /// The side of the depth-wise kernels; odd.
    public var kernelSide = 5
    /// Convolution mixers.
    public var mixers = 2
    /// Transformer blocks.
    public var layers = 8
    /// Layers of the graph network.
    public var graphLayers = 4
    /// Attention heads, each 64 wide.
    public var heads = 16
    /// Channels of the convolutions; a multiple of 8.
    public var channels = 32
    /// The size of the array along each axis.
    public var positions = 64
    /// How many genes are predicted: 785 for HER2+, 171 for cSCC.
    public var genes = 785
    /// The share of elements dropped in training.
    public var dropoutRate: Float = 0.2
    /// Which of a spot's four nearest spots it is joined to: those near it on HER2+, all on cSCC.
    public var pruning = Adjacency.Pruning.grid
    /// What is learned beside expression itself.
    public var counts = Counts.zeroInflated
    /// Whether batch normalization takes the statistics of the section that is predicted, as in
    /// training, so that stains of different strength are levelled; running ones, as released,
    /// without. A section's patches are then read all at once.
    public var normalizesBySection = false
    /// How much the image is reduced before patches are cut.
    public var reduction = ImageReduction.none
    /// What the first layer is given of a pixel.
    public var scaling = PatchScaling.raw
    /// How many changed copies of the patches the network learns to agree with itself on; with none
    /// it has no head for their weights.
    public var distillations = 5

    /// The distribution of counts that further heads describe.
    public enum Counts: String, Codable, Sendable {
      /// No such heads.
      case none
      /// Negative binomial with extra zeros.
      case zeroInflated
      /// Negative binomial.
      case negativeBinomial
    }

    /// The authors' values.
    public init() {}

    /// The width of a spot's token: the places of the first convolution times an eighth of its
    /// channels.
    var width: Int {
      let places = patchSidePixels / max(1, stemSide)
      return places * places * (channels / 8)
    }
  }

  /// What the network says of each spot.
  public struct Output: Sendable {
    /// The predicted expression, `[spots, genes]`, log-normalized as the training data were.
    public var expression: Tensor
    /// Each spot's features, `[spots, width]`, which the further heads read.
    public var features: Tensor
  }

  /// The sizes this network was built with.
  public let configuration: Configuration
  let patchEmbedding: Convolution
  let xEmbedding, yEmbedding: Embedding
  let mixers: [ConvolutionMixer]
  let narrowing: Convolution
  let blocks: [TransformerBlock]
  let graph: [Linear]
  let memory: LSTM
  let headNorm: LayerNorm
  let head: Linear
  let countHeads: [Linear]
  let weighing: (hidden: Linear, output: Linear)?

  /// Declares the parameters under the names of the authors' checkpoints.
  public init(_ configuration: Configuration, _ parameters: inout Parameters) {
    self.configuration = configuration
    let (width, channels) = (configuration.width, configuration.channels)
    let name = "vit.transformer"
    patchEmbedding = Convolution(
      &parameters, "patch_embedding", inputs: 3, outputs: channels, side: configuration.stemSide,
      window: Window(stride: configuration.stemSide))
    xEmbedding = Embedding(&parameters, "x_embed", count: configuration.positions, width: width)
    yEmbedding = Embedding(&parameters, "y_embed", count: configuration.positions, width: width)
    mixers = (0..<configuration.mixers).map {
      ConvolutionMixer(
        &parameters, "\(name).layer1.\($0)", channels: channels, side: configuration.kernelSide)
    }
    blocks = (0..<configuration.layers).map {
      TransformerBlock(
        &parameters,
        .init(attention: "\(name).layer2.\($0).attn", feedForward: "\(name).layer2.\($0).ff"),
        width: width, heads: configuration.heads, hidden: width,
        dropoutRate: configuration.dropoutRate)
    }
    graph = (0..<configuration.graphLayers).map {
      Linear(
        &parameters, "\(name).layer3.\($0)", inputs: width, outputs: width, hasBias: false,
        weightInitializer: .xavier(inputs: width, outputs: width))
    }
    memory = LSTM(&parameters, "\(name).jknet.0", inputs: width, width: width, levels: 2)
    narrowing = Convolution(
      &parameters, "\(name).down.0", inputs: channels, outputs: channels / 8, side: 1)
    headNorm = LayerNorm(&parameters, "gene_head.0", width: width)
    head = Linear(&parameters, "gene_head.1", inputs: width, outputs: configuration.genes)
    let names: [String]
    switch configuration.counts {
    case .none: names = []
    case .zeroInflated: names = ["mean.0", "disp.0", "pi.0"]
    case .negativeBinomial: names = ["hr", "hp"]
    }
    countHeads = names.map {
      Linear(&parameters, $0, inputs: width, outputs: configuration.genes)
    }
    weighing =
      configuration.distillations == 0
      ? nil
      : (
        Linear(&parameters, "coef.0", inputs: width, outputs: width),
        Linear(&parameters, "coef.2", inputs: width, outputs: 1)
      )
  }

  /// Predicts expression and gives the features it was made from.
  ///
  /// - Parameters:
  ///   - patches: `[spots, 3, side, side]`, 0...255, in channel, x, y order as the authors' loader
  ///     gives them.
  ///   - x: each spot's place along the array's first axis, below ``Configuration/positions``.
  ///   - y: the same along the second axis.
  ///   - adjacency: `[spots, spots]`, 1 where the column's spot is a neighbour of the row's.
  public func callAsFunction(
    _ patches: Tensor, x: [Int], y: [Int], adjacency: Tensor, training: TrainingPass? = nil
  ) -> Output {
    relate(
      encode(patches, training: training), x: x, y: y, adjacency: adjacency, training: training)
  }

  /// Reads each patch by itself: `[patches, 3, side, side]` to `[patches, width]`.
  ///
  /// In prediction a section may be read in parts and the codes laid end to end.
  /// In training batch normalization needs all of a section's patches.
  public func encode(_ patches: Tensor, training: TrainingPass? = nil) -> Tensor {
    let patches = configuration.scaling(patches)
    let pass = training ?? (configuration.normalizesBySection ? .normalizing : nil)
    let maps = predictedMaps(patches, pass) ?? self.maps(patches, pass)
    return maps.reshaped(to: [patches.shape[0], configuration.width])
  }

  /// The patches after the convolutions, `[patches, channels / 8, places, places]`.
  func maps(_ patches: Tensor, _ training: TrainingPass?) -> Tensor {
    var maps = dropout(patchEmbedding(patches), rate: configuration.dropoutRate, training)
    if let training, fitsChannelsLast(configuration.channels) {
      let shape = [patches.shape[0], maps.shape[2], maps.shape[3], configuration.channels / 8]
      maps = maps.permuted([0, 2, 3, 1])  // [patches, places, places, channels]
      for mixer in mixers { maps = mixer.channelsLast(maps, training) }
      return narrowing.ofPixels(maps).reshaped(to: shape).permuted([0, 3, 1, 2])
    }
    for mixer in mixers { maps = mixer(maps, training) }  // [patches, channels, places, places]
    return narrowing(maps)
  }

  /// The same, one patch after the other through all layers; nothing where gradients are wanted.
  func predictedMaps(_ patches: Tensor, _ training: TrainingPass?) -> Tensor? {
    guard training == nil, !patches.isTracked else { return nil }
    let side = configuration.patchSidePixels
    var layers = PatchConvolutions(channels: 3, height: side, width: side)
    layers.add(patchEmbedding)
    for mixer in mixers { mixer.add(to: &layers) }
    layers.add(narrowing)
    return layers.isTracked ? nil : layers(patches)
  }

  /// Predicts expression from the codes of all spots of a section, as ``encode(_:training:)`` gives
  /// them, and from how the spots lie; the parameters are those of a whole prediction.
  public func relate(
    _ codes: Tensor, x: [Int], y: [Int], adjacency: Tensor, training: TrainingPass? = nil
  ) -> Output {
    var tokens = codes + xEmbedding(x) + yEmbedding(y)  // [spots, width]
    for block in blocks { tokens = block(tokens, training) }
    let features = remembered(passed(tokens, along: adjacency))  // [spots, width]
    return Output(expression: head(headNorm(features)), features: features)
  }

  /// What each graph layer makes of the one before: the mean over a spot's neighbours, without the
  /// spot itself, through a layer, at unit length.
  func passed(_ tokens: Tensor, along adjacency: Tensor) -> [Tensor] {
    let degrees = sum(adjacency, over: [1], keepingAxes: true)  // [spots, 1]
    let means = adjacency / clamp(degrees, 1e-12, .greatestFiniteMagnitude)  // [spots, spots]
    var outputs: [Tensor] = []
    for layer in graph {
      let gathered = matmul(means, outputs.last ?? tokens)  // [spots, width]
      outputs.append(normalizedRows(relu(layer(gathered))))
    }
    return outputs
  }

  /// The graph layers' outputs read one after the other, and the mean of what was read.
  func remembered(_ layers: [Tensor]) -> Tensor {
    mean(stack(memory(layers)), over: [0])  // [spots, width]
  }
}

/// Depth-wise convolutions around which a residual runs, then a mixing of the channels.
///
/// Source: Trockman and Kolter, arXiv 2201.09792, in the form of Hist2ST's code: normalization
/// before GELU in the depth-wise part, after it in the mixing, and no residual around the mixing.
struct ConvolutionMixer: Sendable {
  let first, second, mixing: Convolution
  let firstNorm, secondNorm, mixingNorm: BatchNorm

  init(_ parameters: inout Parameters, _ name: String, channels: Int, side: Int) {
    func depthwise(_ place: Int) -> Convolution {
      Convolution(
        &parameters, "\(name).dw.\(place)", inputs: channels, outputs: channels, side: side,
        window: Window(padding: side / 2), groups: channels)
    }
    first = depthwise(0)
    firstNorm = BatchNorm(&parameters, "\(name).dw.1", channels: channels)
    second = depthwise(3)
    secondNorm = BatchNorm(&parameters, "\(name).dw.4", channels: channels)
    mixing = Convolution(
      &parameters, "\(name).pw.0", inputs: channels, outputs: channels, side: 1)
    mixingNorm = BatchNorm(&parameters, "\(name).pw.2", channels: channels)
  }

  func callAsFunction(_ x: Tensor, _ training: TrainingPass?) -> Tensor {
    mixingNorm(gelu(mixing(x + depthwise(x, training))), training)
  }

  /// The same on `[patches, height, width, channels]`, in training.
  func channelsLast(_ x: Tensor, _ training: TrainingPass) -> Tensor {
    let once = firstNorm.channelsLast(first.channelsLast(x), epilogue: .gelu, training)
    let both = secondNorm.channelsLast(
      second.channelsLast(once), epilogue: .gelu, residual: x, training)
    return mixingNorm.channelsLast(gelu(mixing.ofPixels(both)), training)
  }

  /// The same as layers that one patch goes through after the other, in prediction.
  func add(to layers: inout PatchConvolutions) {
    layers.remember()
    layers.add(first, normalizedBy: firstNorm, epilogue: .gelu)
    layers.add(second, normalizedBy: secondNorm, epilogue: .gelu)
    layers.addRemembered()
    layers.add(mixing, epilogue: .gelu)
    layers.add(mixingNorm)
  }

  func depthwise(_ x: Tensor, _ training: TrainingPass?) -> Tensor {
    let once = gelu(first(x, normalizedBy: firstNorm, training))
    return gelu(second(once, normalizedBy: secondNorm, training))
  }
}

// What training compares with the measured section.
extension Hist2ST {
  /// The distribution of each spot's counts, `[spots, genes]` each.
  public struct CountDistribution: Sendable {
    /// The mean before the spot's size factor.
    public var mean: Tensor
    /// How much counts vary: the larger, the less.
    public var dispersion: Tensor
    /// The share of extra zeros.
    public var zeroShare: Tensor
  }

  /// What the heads for zero-inflated counts say; nothing in a network without them.
  public func countDistribution(_ features: Tensor) -> CountDistribution? {
    guard configuration.counts == .zeroInflated else { return nil }
    return CountDistribution(
      mean: clamp(exp(countHeads[0](features)), 1e-5, 1e6),
      dispersion: clamp(softplus(countHeads[1](features)), 1e-4, 1e4),
      zeroShare: sigmoid(countHeads[2](features)))
  }

  /// What the heads for negative binomial counts say, as ``negativeBinomialLoss(_:r:p:)`` takes it,
  /// `[spots, genes]` each; nothing in a network without them.
  public func negativeBinomial(_ features: Tensor) -> (r: Tensor, p: Tensor)? {
    guard configuration.counts == .negativeBinomial else { return nil }
    return (countHeads[0](features), countHeads[1](features))
  }

  /// How much a changed copy's prediction counts in ``distilled(_:)``, `[spots, 1]`; nothing in a
  /// network without that head.
  func weight(of features: Tensor) -> Tensor? {
    weighing.map { $0.output(relu($0.hidden(features))) }
  }

  /// The predictions for changed copies of the patches, averaged by the network's own weights:
  /// `[spots, genes]`; nothing in a network without that head.
  public func distilled(_ copies: [Output]) -> Tensor? {
    let weights = copies.compactMap { weight(of: $0.features) }
    guard !copies.isEmpty, weights.count == copies.count else { return nil }
    let shares = softmax(stack(weights), along: 0)  // [copies, spots, 1]
    return sum(stack(copies.map(\.expression)) * shares, over: [0])  // [spots, genes]
  }
}

extension Hist2ST: ExpressionModel {
  /// Hist2ST's row of the catalog.
  public static let entry = ModelEntry(
    Hist2ST.self, name: "hist2st", title: "Hist2ST", aliases: ["his2st"],
    summary: "convolution mixers, a transformer, a graph network read by an LSTM",
    source: "Zeng et al., Briefings in Bioinformatics 23(5), 2022, bbac297")

  /// The side of the square that a patch is cut from.
  public var patchSidePixels: Int? { patchShape.sidePixels }

  /// How a patch is cut, and the order of its values.
  public var patchShape: PatchShape {
    PatchShape(
      side: configuration.patchSidePixels, order: .channelFirst, reduction: configuration.reduction)
  }

  /// Predicts `[spots, genes]`, encoding the patches batch by batch.
  public func predict(
    _ input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> Tensor {
    let side = configuration.patchSidePixels
    let (x, y) = try input.places(below: configuration.positions)
    let codes = try input.encoded(
      patchShape, batchSize: configuration.normalizesBySection ? .max : 32, work
    ) {
      encode($0.reshaped(to: [-1, 3, side, side]))
    }
    let adjacency = input.adjacency(pruning: configuration.pruning)
    return relate(codes, x: x, y: y, adjacency: adjacency).expression
  }
}

extension Hist2ST.Configuration: ModelConfiguration {
  /// Takes over the sizes that a checkpoint's shapes tell.
  public mutating func adopt(_ shapes: ParameterShapes) {
    let name = "vit.transformer"
    channels.adopt(shapes.size("patch_embedding.weight", axis: 0))
    stemSide.adopt(shapes.size("patch_embedding.weight", axis: 2))
    // An even kernel would not leave a map's size as it is.
    kernelSide.adopt(
      shapes.size("\(name).layer1.0.dw.0.weight", axis: 2).flatMap { $0 % 2 == 1 ? $0 : nil })
    mixers.adopt(shapes.count("\(name).layer1."))
    layers.adopt(shapes.count("\(name).layer2."))
    graphLayers.adopt(shapes.count("\(name).layer3."))
    heads.adopt(shapes.heads("\(name).layer2.0.attn.fn.to_qkv"))
    positions.adopt(shapes.size("x_embed.weight", axis: 0))
    genes.adopt(shapes.size("gene_head.1.weight", axis: 0))
    if let width = shapes.size("gene_head.1.weight", axis: 1) {
      // The places are a square number; an uneven rest of the patch leaves no trace in the shapes.
      let places = Int(Double(width / max(1, channels / 8)).squareRoot().rounded())
      if patchSidePixels / stemSide != places { patchSidePixels = max(1, places) * stemSide }
    }
    if shapes.contains("gene_head.1.weight") {
      counts =
        shapes.contains("mean.0.weight")
        ? .zeroInflated : shapes.contains("hr.weight") ? .negativeBinomial : .none
      if !shapes.contains("coef.0.weight") { distillations = 0 }
    }
  }
}
