import Sections
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
    /// How much the image is reduced before patches are cut.
    public var reduction = ImageReduction.none
    /// What the first layer is given of a pixel.
    public var scaling = PatchScaling.raw

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
    patchEmbedding(configuration.scaling(patches))
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

extension HisToGene: ExpressionModel {
  /// HisToGene's row of the catalog.
  public static let entry = ModelEntry(
    HisToGene.self, name: "histogene", title: "HisToGene",
    summary: "a transformer over whole patches",
    source: "Pang, Su and Li, bioRxiv 2021.11.28.470212")

  /// The side of the square that a patch is cut from.
  public var patchSidePixels: Int? { patchShape.sidePixels }

  /// How a patch is cut, and the order of its values.
  public var patchShape: PatchShape {
    PatchShape(
      side: configuration.patchSidePixels, order: .channelLast, reduction: configuration.reduction)
  }

  /// Predicts `[spots, genes]`, encoding the patches batch by batch.
  public func predict(
    _ input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> Tensor {
    let (x, y) = try input.places(below: configuration.positions)
    // Each batch goes through the whole first layer, the largest: few batches are faster.
    let codes = try input.encoded(patchShape, batchSize: 192, work) { encode($0) }
    return relate(codes, x: x, y: y)
  }

  /// The released code's super-resolution: centres every half patch over the spots' bounding box,
  /// all in one go.
  ///
  /// A centre's place in the array is `⌊x / r⌋` with `r = ⌊(max x − min x) / 30⌋`, of the pixel as
  /// it stands: the release does not take the minimum off. Departure: places beyond those the
  /// network knows are its last, where the release fails.
  public func denserInputs(_ input: SectionInput) -> [SectionInput] {
    let x = Axis(input.spots.map { $0.x.rounded(.down) }, of: configuration)
    let y = Axis(input.spots.map { $0.y.rounded(.down) }, of: configuration)
    var denser = input
    denser.spots = y.centres.flatMap { row in
      x.centres.map { column in
        Spot(
          id: "\(Int(column))x\(Int(row))", column: x.place(of: column), row: y.place(of: row),
          x: column, y: row)
      }
    }
    return [denser]
  }

  /// Where the centres of super-resolution lie along one axis of the image.
  private struct Axis {
    let centres: [Double]
    let unit: Double
    let lastPlace: Int

    init(_ positions: [Double], of configuration: Configuration) {
      let (low, high) = (positions.min() ?? 0, positions.max() ?? 0)
      let step = Double(
        max(1, configuration.patchSidePixels * configuration.reduction.rawValue / 2))
      centres = low < high ? Array(stride(from: low, to: high, by: step)) : [low]
      unit = max(1, ((high - low) / 30).rounded(.down))
      lastPlace = configuration.positions - 1
    }

    func place(of position: Double) -> Int { min(Int(position / unit), lastPlace) }
  }
}

extension HisToGene.Configuration: ModelConfiguration {
  /// Takes over the sizes that a checkpoint's shapes tell.
  public mutating func adopt(_ shapes: ParameterShapes) {
    width.adopt(shapes.size("patch_embedding.weight", axis: 0))
    patchSidePixels.adopt(
      shapes.size("patch_embedding.weight", axis: 1).map {
        max(1, Int((Double($0) / 3).squareRoot().rounded()))
      })
    layers.adopt(shapes.count("vit.transformer.layers."))
    heads.adopt(shapes.heads("vit.transformer.layers.0.0.fn.to_qkv"))
    positions.adopt(shapes.size("x_embed.weight", axis: 0))
    genes.adopt(shapes.size("gene_head.1.weight", axis: 0))
  }
}
