import TensorCore

/// Turns a map of features into a map of values of the same height and width.
///
/// Blocks of convolutions halve the map four times, mixers work on the smallest, and on the way back
/// each map is joined by the one of its size, which a gate has weighed.
///
/// Source: HiST's prediction module, as its released code has it; CMU-Net (Tang et al., ISBI 2023).
public struct CMUNet: Sendable {
  /// The sizes of the network; the defaults are the authors' for 346 genes of colorectal cancer.
  public struct Sizes: Sendable, Equatable {
    /// Features of a place.
    public var inputs = 768
    /// Channels of the maps, from the largest map to the smallest.
    public var widths = [64, 128, 256, 512, 1024]
    /// Convolution mixers.
    public var mixers = 7
    /// The side of their depth-wise kernels; odd.
    public var mixerSide = 7
    /// Values of a place: a gene each, or one for tumour.
    public var outputs = 346

    /// The authors' values.
    public init() {}

    /// What the shapes of a checkpoint's tensors tell; the rest stays as it is.
    public mutating func adopt(_ shapes: ParameterShapes) {
      inputs.adopt(shapes.size("Conv1.conv.0.weight", axis: 1))
      for level in widths.indices {
        widths[level].adopt(shapes.size("Conv\(level + 1).conv.0.weight", axis: 0))
      }
      mixers.adopt(shapes.count("ConvMixer.block."))
      mixerSide.adopt(shapes.size("ConvMixer.block.0.0.fn.0.weight", axis: 2))
      outputs.adopt(shapes.size("Conv_1x1.weight", axis: 0))
    }
  }

  /// The sizes this network was built with.
  public let sizes: Sizes
  let encoder: [ConvolutionPair]
  let mixers: [GridMixer]
  let decoder: [UpwardStep]
  let head: Convolution

  /// Declares the parameters under the names of the authors' checkpoints.
  public init(_ sizes: Sizes, _ parameters: inout Parameters) {
    precondition(sizes.widths.count > 1, "a network that narrows has at least two widths")
    self.sizes = sizes
    let widths = sizes.widths
    encoder = widths.indices.map { level in
      ConvolutionPair(
        &parameters, "Conv\(level + 1)",
        inputs: level == 0 ? sizes.inputs : widths[level - 1], outputs: widths[level])
    }
    mixers = (0..<sizes.mixers).map {
      GridMixer(
        &parameters, "ConvMixer.block.\($0)", channels: widths.last ?? 0,
        side: sizes.mixerSide)
    }
    decoder = widths.indices.dropLast().reversed().map { level in
      UpwardStep(
        &parameters, level: level + 1, inputs: widths[level + 1],
        outputs: widths[level])
    }
    head = Convolution(
      &parameters, "Conv_1x1", inputs: widths[0], outputs: sizes.outputs, side: 1)
  }

  /// Rows and columns of a map must be multiples of this.
  public var divisor: Int { 1 << (sizes.widths.count - 1) }

  /// The values of every place, `[sections, outputs, rows, columns]`, without an activation.
  ///
  /// - Parameter x: features, `[sections, inputs, rows, columns]`, rows and columns being multiples
  ///   of ``divisor``: 80 and 64 in HiST.
  public func callAsFunction(_ x: Tensor, _ training: TrainingPass? = nil) -> Tensor {
    precondition(
      x.rank == 4 && x.shape[2] % divisor == 0 && x.shape[3] % divisor == 0,
      "a map of \(x.shape) is not [sections, features, rows, columns] in multiples of \(divisor)")
    let maps = encoded(x, training)
    var x = maps[maps.count - 1]
    for mixer in mixers { x = mixer(x, training) }
    for (step, skip) in zip(decoder, maps.dropLast().reversed()) { x = step(x, skip, training) }
    return head(x)
  }

  /// The map of every size, the largest first.
  func encoded(_ x: Tensor, _ training: TrainingPass?) -> [Tensor] {
    var maps = [encoder[0](x, training)]
    for block in encoder.dropFirst() {
      let smaller = maxPool(maps[maps.count - 1], side: 2, window: Window(stride: 2))
      maps.append(block(smaller, training))
    }
    return maps
  }
}

/// Two convolutions of 3 by 3, each normalized and cut at 0.
struct ConvolutionPair: Sendable {
  let first, second: NormalizedConvolution

  init(_ parameters: inout Parameters, _ name: String, inputs: Int, outputs: Int) {
    first = NormalizedConvolution(
      &parameters, "\(name).conv.0", "\(name).conv.1", inputs: inputs, outputs: outputs, side: 3)
    second = NormalizedConvolution(
      &parameters, "\(name).conv.3", "\(name).conv.4", inputs: outputs, outputs: outputs, side: 3)
  }

  func callAsFunction(_ x: Tensor, _ training: TrainingPass?) -> Tensor {
    second(first(x, epilogue: .relu, training), epilogue: .relu, training)
  }
}

/// A convolution that keeps the size of its map, and the normalization after it.
struct NormalizedConvolution: Sendable {
  let convolution: Convolution
  let norm: BatchNorm

  init(
    _ parameters: inout Parameters, _ name: String, _ normName: String, inputs: Int, outputs: Int,
    side: Int, dilation: Int = 1
  ) {
    convolution = Convolution(
      &parameters, name, inputs: inputs, outputs: outputs, side: side,
      window: Window(padding: side / 2 * dilation, dilation: dilation))
    norm = BatchNorm(&parameters, normName, channels: outputs)
  }

  func callAsFunction(
    _ x: Tensor, epilogue: Epilogue = .none, _ training: TrainingPass?
  ) -> Tensor {
    convolution(x, normalizedBy: norm, epilogue: epilogue, training)
  }
}

/// Mixes a map over its places, then over its channels.
///
/// `y = x + norm(gelu(depthwise(x)))`, then `norm(gelu(pointwise(y)))`.
///
/// Source: Trockman and Kolter, "Patches are all you need?", TMLR 2023: the normalization comes after
/// the activation.
struct GridMixer: Sendable {
  let depthwise, pointwise: Convolution
  let depthwiseNorm, pointwiseNorm: BatchNorm

  init(_ parameters: inout Parameters, _ name: String, channels: Int, side: Int) {
    depthwise = Convolution(
      &parameters, "\(name).0.fn.0", inputs: channels, outputs: channels, side: side,
      window: Window(padding: side / 2), groups: channels)
    depthwiseNorm = BatchNorm(&parameters, "\(name).0.fn.2", channels: channels)
    pointwise = Convolution(
      &parameters, "\(name).1", inputs: channels, outputs: channels, side: 1)
    pointwiseNorm = BatchNorm(&parameters, "\(name).3", channels: channels)
  }

  func callAsFunction(_ x: Tensor, _ training: TrainingPass?) -> Tensor {
    let mixed = x + depthwiseNorm(depthwise(x, epilogue: .gelu), training)
    return pointwiseNorm(pointwise(mixed, epilogue: .gelu), training)
  }
}
