import Images
import TensorCore

/// A Swin transformer that reads its patches through convolutions, trained on histology: HiST's
/// encoder.
///
/// Source: Wang et al., Medical Image Analysis 81:102559, 2022, and HiST's copy of timm 0.5.4.
public struct CTransPath: Sendable {
  /// The sizes of the network; the defaults are the published encoder's.
  public struct Configuration: Codable, Sendable, Equatable {
    /// The side of the square it reads.
    public var imageSidePixels = 224
    /// The width of a token in the first stage; each later stage has twice that of the one before.
    public var width = 96
    /// Blocks in each stage.
    public var depths = [2, 2, 6, 2]
    /// Attention heads in each stage.
    public var heads = [3, 6, 12, 24]
    /// Tokens along the side of a window.
    public var window = 7
    /// The hidden layer of a block, as a multiple of its width.
    public var hiddenRatio = 4
    /// What the first layer is given of a pixel.
    public var scaling = PixelStandard.imageNet

    /// The authors' values.
    public init() {}
  }

  /// The sizes this network was built with.
  public let configuration: Configuration
  let stem: ConvolutionalStem
  let stages: [SwinStage]
  let norm: LayerNorm

  /// Declares the parameters under the names of the authors' checkpoint.
  public init(_ configuration: Configuration, _ parameters: inout Parameters) {
    self.configuration = configuration
    stem = ConvolutionalStem(&parameters, "patch_embed", width: configuration.width)
    stages = configuration.depths.indices.map { stage in
      SwinStage(&parameters, "layers.\(stage)", stage, of: configuration)
    }
    norm = LayerNorm(&parameters, "norm", width: configuration.featureWidth)
  }

  /// The features of patches: the mean of the last stage's tokens.
  public func features(_ patches: Tensor, training: TrainingPass?) -> Tensor {
    inParts(of: patches, atOnce: training == nil ? Self.imagesAtOnce : patches.shape[0]) { part in
      mean(tokens(part, training), over: [1])  // [images, featureWidth]
    }
  }

  /// Images that go through all layers together: enough of them to share out, few enough that what
  /// one layer leaves is still in the cache for the next.
  static let imagesAtOnce = 4

  /// The last stage's tokens, normalized: `[images, tokens, featureWidth]`.
  func tokens(_ patches: Tensor, _ training: TrainingPass?) -> Tensor {
    let side = configuration.imageSidePixels
    let images = configuration.scaling(patches).reshaped(to: [-1, 3, side, side])
    return norm(stages.reduce(stem(images, training)) { tokens, stage in stage(tokens) })
  }
}

/// What reads pixels: two convolutions that halve the image and one of single pixels, then a norm.
///
/// Shape: `[images, 3, side, side]` to `[images, (side / 4)², width]`, row by row.
///
/// Source: Wang et al. 2022, section 3.2.
struct ConvolutionalStem: Sendable {
  let first, second, third: Convolution
  let firstNorm, secondNorm: BatchNorm
  let norm: LayerNorm

  init(_ parameters: inout Parameters, _ name: String, width: Int) {
    let halving = Window(stride: 2, padding: 1)
    first = Convolution(
      &parameters, "\(name).proj.0", inputs: 3, outputs: width / 8, side: 3, window: halving,
      hasBias: false)
    firstNorm = BatchNorm(&parameters, "\(name).proj.1", channels: width / 8)
    second = Convolution(
      &parameters, "\(name).proj.3", inputs: width / 8, outputs: width / 4, side: 3,
      window: halving, hasBias: false)
    secondNorm = BatchNorm(&parameters, "\(name).proj.4", channels: width / 4)
    third = Convolution(
      &parameters, "\(name).proj.6", inputs: width / 4, outputs: width, side: 1)
    norm = LayerNorm(&parameters, "\(name).norm", width: width)
  }

  func callAsFunction(_ x: Tensor, _ training: TrainingPass?) -> Tensor {
    let half = first(x, normalizedBy: firstNorm, epilogue: .relu, training)
    let quarter = second(half, normalizedBy: secondNorm, epilogue: .relu, training)
    let pixels = quarter.permuted([0, 2, 3, 1])  // [images, side / 4, side / 4, width / 4]
    return norm(third.ofPixels(pixels).reshaped(to: [x.shape[0], -1, pixels.shape[3] * 4]))
  }
}

/// Blocks over a map of one size, every second one with its windows shifted; and what halves the map
/// after them, where there is a next stage.
struct SwinStage: Sendable {
  let blocks: [SwinBlock]
  let merging: PatchMerging?

  init(
    _ parameters: inout Parameters, _ name: String, _ stage: Int,
    of configuration: CTransPath.Configuration
  ) {
    let width = configuration.width << stage
    let resolution = (configuration.imageSidePixels / 4) >> stage
    let windows = [false, true].map {
      SwinWindows(resolution: resolution, window: configuration.window, isShifted: $0)
    }
    blocks = (0..<configuration.depths[stage]).map { block in
      SwinBlock(
        &parameters, "\(name).blocks.\(block)", width: width, heads: configuration.heads[stage],
        hidden: configuration.hiddenRatio * width, windows: windows[block % 2])
    }
    merging =
      stage == configuration.depths.count - 1
      ? nil
      : PatchMerging(&parameters, "\(name).downsample", width: width, resolution: resolution)
  }

  func callAsFunction(_ tokens: Tensor) -> Tensor {
    let mixed = blocks.reduce(tokens) { tokens, block in block(tokens) }
    return merging.map { $0(mixed) } ?? mixed
  }
}

/// Four neighbours made one token of twice their width.
///
/// Shape: `[images, side², width]` to `[images, side² / 4, 2 · width]`. The neighbours stand in the
/// order upper left, lower left, upper right, lower right.
///
/// Source: Swin, section 3.1; here at the end of a stage, as in timm 0.5.4.
struct PatchMerging: Sendable {
  let norm: LayerNorm
  let reduction: Linear
  /// `[side² / 4, 4]`: the tokens that each new one is made of.
  let neighbours: [Int]

  init(_ parameters: inout Parameters, _ name: String, width: Int, resolution: Int) {
    reduction = Linear(
      &parameters, "\(name).reduction", inputs: 4 * width, outputs: 2 * width, hasBias: false,
      weightInitializer: .normal(deviation: 0.02))
    norm = LayerNorm(&parameters, "\(name).norm", width: 4 * width)
    let half = resolution / 2
    neighbours = (0..<half * half).flatMap { place in
      [(0, 0), (1, 0), (0, 1), (1, 1)].map { row, column in
        (place / half * 2 + row) * resolution + place % half * 2 + column
      }
    }
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let (images, tokens, width) = (x.shape[0], x.shape[1], x.shape[2])
    let order = (0..<images).flatMap { image in neighbours.map { image * tokens + $0 } }
    let merged = gather(x.reshaped(to: [-1, width]), order)  // [images · tokens, width]
    return reduction(norm(merged.reshaped(to: [images, tokens / 4, 4 * width])))
  }
}

extension CTransPath: TileEncoder {
  /// CTransPath's row of the catalog.
  public static let entry = EncoderEntry(
    CTransPath.self, name: "ctranspath", title: "CTransPath",
    summary: "a Swin transformer behind convolutions, trained on histology",
    source: "Wang et al., Medical Image Analysis 81:102559, 2022",
    anchor: "patch_embed.proj.0.weight",
    derived: [".attn.relative_position_index", ".attn_mask"])

  /// As the release resizes its tiles.
  public var resampling: ImageResampling { .bilinear }
}

extension CTransPath.Configuration: EncoderConfiguration {
  /// That of the last stage's tokens.
  public var featureWidth: Int { width << max(depths.count - 1, 0) }

  /// Takes over the sizes that a checkpoint's shapes tell: all but the side of the image.
  public mutating func adopt(_ shapes: ParameterShapes) {
    width.adopt(shapes.size("patch_embed.proj.6.weight", axis: 0))
    guard let stages = shapes.count("layers."), stages <= Self.mostStages else { return }
    let found = (0..<stages).map { stage in
      (
        depth: shapes.count("layers.\(stage).blocks.") ?? 0,
        heads: shapes.size("layers.\(stage).blocks.0.attn.relative_position_bias_table", axis: 1)
          ?? 0
      )
    }
    (depths, heads) = (found.map(\.depth), found.map(\.heads))
    window.adopt(
      shapes.size("layers.0.blocks.0.attn.relative_position_bias_table", axis: 0).map {
        (Int(Double($0).squareRoot().rounded()) + 1) / 2
      })
    hiddenRatio.adopt(
      shapes.size("layers.0.blocks.0.mlp.fc1.weight", axis: 0).map { $0 / max(width, 1) })
  }

  static let mostStages = 6

  /// Whether the stem's channels, the windows and the heads come out even, and no size is beyond
  /// reason.
  public var isSound: Bool {
    let stages = depths.count
    guard 1...Self.mostStages ~= stages, heads.count == stages, 8...4096 ~= width, width % 8 == 0,
      1...32 ~= window, 1...64 ~= hiddenRatio, 1...2048 ~= imageSidePixels,
      imageSidePixels % (4 << (stages - 1)) == 0
    else { return false }
    return (0..<stages).allSatisfy { stage in
      let resolution = (imageSidePixels / 4) >> stage
      return 1...256 ~= depths[stage] && 1...(width << stage) ~= heads[stage]
        && (width << stage) % heads[stage] == 0
        && (resolution <= window || resolution % window == 0)
    }
  }
}

/// Work on some of the rows at a time, laid end to end again.
func inParts(of x: Tensor, atOnce: Int, _ work: (Tensor) -> Tensor) -> Tensor {
  let count = x.shape[0]
  return reusingMemory {
    guard count > atOnce else { return work(x) }
    return concatenate(
      stride(from: 0, to: count, by: atOnce).map { start in
        work(x.slice(start..<min(start + atOnce, count), along: 0))
      }, along: 0)
  }
}
