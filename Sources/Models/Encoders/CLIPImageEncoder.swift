import Images
import TensorCore

/// The image half of CLIP, a vision transformer: HESpotEx's encoder, with QuiltNet's weights.
///
/// Source: Radford et al., ICML 2021, in the form of open_clip; Ikezogwo et al., NeurIPS 2023
/// (QuiltNet).
public struct CLIPImageEncoder: Sendable {
  /// The sizes of the network; the defaults are those of ViT-B/32 as HESpotEx uses it.
  public struct Configuration: Codable, Sendable, Equatable {
    /// The side of the square it reads.
    public var imageSidePixels = 224
    /// The side of the patch that a token is made of.
    public var patchSidePixels = 32
    /// The width of a token.
    public var width = 768
    /// Transformer blocks.
    public var layers = 12
    /// The width of an attention head: 64 in every published CLIP.
    public var headWidth = 64
    /// The hidden layer of a block.
    public var hidden = 3072
    /// How many features it makes.
    public var features = 512
    /// What the first layer is given of a pixel: 0...255, as HESpotEx's release does; `clip` for what
    /// the weights were trained on.
    public var scaling = PixelStandard.raw
    /// Whether features are divided by their length, as HESpotEx does.
    public var normalizesFeatures = true

    /// The authors' values.
    public init() {}
  }

  /// The sizes this network was built with.
  public let configuration: Configuration
  let patchEmbedding: Tensor  // [width, 3, patch, patch]
  let classEmbedding: Tensor  // [width]
  let positionEmbedding: Tensor  // [tokens, width]
  let firstNorm: LayerNorm
  let blocks: [CLIPBlock]
  let lastNorm: LayerNorm
  let projection: Tensor  // [width, features]

  /// Declares the parameters under open_clip's names, without the prefix of its image half.
  public init(_ configuration: Configuration, _ parameters: inout Parameters) {
    self.configuration = configuration
    let (width, patch) = (configuration.width, configuration.patchSidePixels)
    let begin = Initializer.normal(deviation: 1 / Float(width).squareRoot())
    classEmbedding = parameters.take("class_embedding", [width], begin)
    positionEmbedding = parameters.take(
      "positional_embedding", [configuration.tokens, width], begin)
    projection = parameters.take("proj", [width, configuration.features], begin)
    patchEmbedding = parameters.take(
      "conv1.weight", [width, 3, patch, patch], .fan(inputs: 3 * patch * patch))
    firstNorm = LayerNorm(&parameters, "ln_pre", width: width)
    blocks = (0..<configuration.layers).map { layer in
      CLIPBlock(&parameters, "transformer.resblocks.\(layer)", configuration)
    }
    lastNorm = LayerNorm(&parameters, "ln_post", width: width)
  }

  /// The features of patches: those of the token that stands for the whole square.
  ///
  /// Divided by their length or by 1e-12, whichever is larger, where so configured.
  public func features(_ patches: Tensor, training: TrainingPass?) -> Tensor {
    inParts(of: patches, atOnce: training == nil ? Self.imagesAtOnce : patches.shape[0]) { part in
      let features = project(lastNorm(tokens(part)))  // [images, features]
      return configuration.normalizesFeatures ? normalizedRows(features) : features
    }
  }

  /// Images that go through all layers together.
  static let imagesAtOnce = 32

  /// The last block's tokens, `[images, tokens, width]`.
  func tokens(_ patches: Tensor) -> Tensor {
    blocks.reduce(firstNorm(embed(patches))) { tokens, block in block(tokens) }
  }

  /// The first token of each image, projected: `[images, tokens, width]` to `[images, features]`.
  func project(_ tokens: Tensor) -> Tensor {
    matmul(
      tokens.slice(0..<1, along: 1).reshaped(to: [-1, configuration.width]), projection)
  }

  /// The transformer's input: the class's token, the patches' row by row, and where each stands.
  func embed(_ patches: Tensor) -> Tensor {
    let (side, width) = (configuration.patchSidePixels, configuration.width)
    let across = configuration.imageSidePixels / side
    let images = patches.shape[0]
    let pixels = configuration.scaling(patches)
      .reshaped(to: [images, 3, across, side, across, side])
      .permuted([0, 2, 4, 1, 3, 5])  // [images, across, across, 3, side, side]
    let embedded = linear(
      pixels.reshaped(to: [images, across * across, -1]),
      patchEmbedding.reshaped(to: [width, -1]))  // [images, tokens − 1, width]
    let first = gather(
      classEmbedding.reshaped(to: [1, width]), Array(repeating: 0, count: images))
    return concatenate([first.reshaped(to: [images, 1, width]), embedded], along: 1)
      + positionEmbedding  // [images, tokens, width]
  }
}

/// One block of CLIP's transformer: `x + attention(ln_1(x))`, then `x + mlp(ln_2(x))`.
///
/// Shape: `[images, tokens, width]` in and out. The hidden layer goes through ``quickGELU(_:)``.
///
/// Source: open_clip's residual attention block.
struct CLIPBlock: Sendable {
  let heads: Int
  let headWidth: Int
  let attentionNorm: LayerNorm
  let queriesKeysValues: (weight: Tensor, bias: Tensor)  // [3 · width, width], [3 · width]
  let attentionOutput: Linear
  let feedForwardNorm: LayerNorm
  let widening: Linear
  let narrowing: Linear

  init(
    _ parameters: inout Parameters, _ name: String, _ configuration: CLIPImageEncoder.Configuration
  ) {
    let width = configuration.width
    (heads, headWidth) = (width / configuration.headWidth, configuration.headWidth)
    attentionNorm = LayerNorm(&parameters, "\(name).ln_1", width: width)
    queriesKeysValues = (
      parameters.take(
        "\(name).attn.in_proj_weight", [3 * width, width],
        .xavier(inputs: width, outputs: 3 * width)),
      parameters.take("\(name).attn.in_proj_bias", [3 * width], .constant(0))
    )
    attentionOutput = Linear(
      &parameters, "\(name).attn.out_proj", inputs: width, outputs: width)
    feedForwardNorm = LayerNorm(&parameters, "\(name).ln_2", width: width)
    widening = Linear(
      &parameters, "\(name).mlp.c_fc", inputs: width, outputs: configuration.hidden)
    narrowing = Linear(
      &parameters, "\(name).mlp.c_proj", inputs: configuration.hidden, outputs: width)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let attended = attention(attentionNorm(x), residual: x)  // [images, tokens, width]
    let hidden = quickGELU(widening(feedForwardNorm(attended)))  // [images, tokens, hidden]
    return narrowing(hidden, residual: attended)  // [images, tokens, width]
  }

  func attention(_ x: Tensor, residual: Tensor? = nil) -> Tensor {
    let all = linear(x, queriesKeysValues.weight, queriesKeysValues.bias)
    let mixed = TensorCore.attention(
      all, heads: heads, scale: 1 / Float(headWidth).squareRoot())  // [images, tokens, width]
    return attentionOutput(mixed, residual: residual)
  }
}

extension CLIPImageEncoder: TileEncoder {
  /// The encoder's row of the catalog.
  public static let entry = EncoderEntry(
    CLIPImageEncoder.self, name: "clip-vit", title: "CLIP ViT",
    aliases: ["vit-b-32", "quiltnet", "clip"],
    summary: "the image half of CLIP, with OpenAI's or QuiltNet's weights",
    source: "Radford et al., ICML 2021; Ikezogwo et al., NeurIPS 2023", anchor: "class_embedding")

  /// As HESpotEx resizes its tiles.
  public var resampling: ImageResampling { .bicubic }
}

extension CLIPImageEncoder.Configuration: EncoderConfiguration {
  /// As configured.
  public var featureWidth: Int { features }

  /// The class's token and one for each patch.
  var tokens: Int {
    let across = imageSidePixels / max(patchSidePixels, 1)
    return across * across + 1
  }

  /// Takes over the sizes that a checkpoint's shapes tell: all but the width of the heads.
  public mutating func adopt(_ shapes: ParameterShapes) {
    width.adopt(shapes.size("conv1.weight", axis: 0))
    patchSidePixels.adopt(shapes.size("conv1.weight", axis: 2))
    if let tokens = shapes.size("positional_embedding", axis: 0) {
      let across = Int(Double(tokens - 1).squareRoot().rounded())
      if across > 0, across <= 4096, patchSidePixels <= 4096 {
        imageSidePixels = across * patchSidePixels
      }
    }
    layers.adopt(shapes.count("transformer.resblocks."))
    hidden.adopt(shapes.size("transformer.resblocks.0.mlp.c_fc.weight", axis: 0))
    features.adopt(shapes.size("proj", axis: 1))
  }

  /// Whether patches and heads come out even, and no size is beyond reason.
  public var isSound: Bool {
    1...2048 ~= imageSidePixels && 1...imageSidePixels ~= patchSidePixels
      && imageSidePixels % patchSidePixels == 0 && 1...16_384 ~= width && 1...256 ~= layers
      && 1...width ~= headWidth && width % headWidth == 0 && 1...65_536 ~= hidden
      && 1...65_536 ~= features
  }
}
