import TensorCore

/// A densely connected convolutional network without its last, linear layer: images to features.
///
/// `conv0` 7 × 7 at stride 2 → `norm0`, ReLU → maximum of 3 × 3 at stride 2 → dense blocks, with a
/// transition after each but the last → `norm5`, ReLU → mean over all pixels. A layer of a block reads
/// the maps of all before it, and its own are laid after them.
///
/// Source: Huang et al., CVPR 2017, DenseNet-BC; names as in torchvision's `densenet121`. Departure: a
/// transition takes the mean of 2 × 2 pixels before its convolution of single pixels, which are
/// linear and may be exchanged: a quarter of the arithmetic.
public struct DenseNet: Sendable {
  /// How large the network is.
  public struct Sizes: Sendable, Equatable {
    /// The maps that each layer adds.
    public var growth: Int
    /// The layers of each block.
    public var blocks: [Int]
    /// The maps of the first convolution.
    public var firstChannels: Int
    /// A layer's maps between its convolutions, in units of its growth.
    public var bottleneck: Int

    /// DenseNet-121, unless told otherwise.
    public init(
      growth: Int = 32, blocks: [Int] = [6, 12, 24, 16], firstChannels: Int = 64,
      bottleneck: Int = 4
    ) {
      (self.growth, self.blocks) = (growth, blocks)
      (self.firstChannels, self.bottleneck) = (firstChannels, bottleneck)
    }

    /// The features that come out.
    public var features: Int {
      blocks.indices.reduce(firstChannels) { channels, block in
        let grown = channels + blocks[block] * growth
        return block < blocks.count - 1 ? grown / 2 : grown
      }
    }

    /// How many pixels of an image lie along the side of one of the last maps' pixels.
    public var reduction: Int { blocks.indices.dropFirst().reduce(4) { side, _ in 2 * side } }
  }

  /// The maps that the parts of the network give, channels last.
  struct Maps {
    var stem: Tensor
    var blocks: [Tensor] = []
    var transitions: [Tensor] = []
  }

  let stem: Convolution
  let stemNorm: BatchNorm
  let blocks: [[Layer]]
  let transitions: [Transition]
  let lastNorm: BatchNorm
  /// Whether gradients are wanted of a parameter.
  private let isTracked: Bool

  /// Declares the parameters under torchvision's names, which begin with `features`.
  public init(_ parameters: inout Parameters, _ sizes: Sizes) {
    var channels = sizes.firstChannels
    stem = Self.convolution(
      &parameters, "features.conv0", inputs: 3, outputs: channels, side: 7,
      window: Window(stride: 2, padding: 3))
    stemNorm = BatchNorm(&parameters, "features.norm0", channels: channels)
    var blocks: [[Layer]] = []
    var transitions: [Transition] = []
    for (block, count) in sizes.blocks.enumerated() {
      blocks.append(
        (0..<count).map { layer in
          defer { channels += sizes.growth }
          return Layer(
            &parameters, "features.denseblock\(block + 1).denselayer\(layer + 1)",
            channels: channels, sizes)
        })
      if block < sizes.blocks.count - 1 {
        transitions.append(
          Transition(&parameters, "features.transition\(block + 1)", channels: channels))
        channels /= 2
      }
    }
    (self.blocks, self.transitions) = (blocks, transitions)
    lastNorm = BatchNorm(&parameters, "features.norm5", channels: channels)
    isTracked = parameters.values.values.contains(where: \.isTracked)
  }

  /// `[images, 3, side, side]`, standardized, to `[images, features]`.
  public func callAsFunction(_ images: Tensor, _ training: TrainingPass?) -> Tensor {
    features(of: maps(images, training), training)
  }

  /// The maps after each part: with gradients step by step, otherwise by the same in fewer passes.
  func maps(_ images: Tensor, _ training: TrainingPass?) -> Maps {
    let isPlain = training == nil && !isTracked && !images.isTracked
    var x = isPlain ? stem.ofImages(images, normalizedBy: stemNorm) : tracedStem(images, training)
    x = channelsLastMaxPool(x, side: 3, window: Window(stride: 2, padding: 1))
    var maps = Maps(stem: x)
    for (index, block) in blocks.enumerated() {
      x = isPlain ? denseBlock(x, block.map(\.prepared)) : block.reduce(x) { $1($0, training) }
      maps.blocks.append(x)
      guard index < transitions.count else { break }
      let transition = transitions[index]
      x = isPlain ? transition.prepared(x) : transition(x, training)
      maps.transitions.append(x)
    }
    return maps
  }

  /// `[images, features]`, the means of the last maps.
  func features(of maps: Maps, _ training: TrainingPass?) -> Tensor {
    let last = maps.blocks.last ?? maps.stem
    if training == nil, !isTracked, !last.isTracked, last.shape[1] == last.shape[2] {
      return lastNorm.averaged(last, side: last.shape[1]).reshaped(to: [last.shape[0], -1])
    }
    return mean(lastNorm.channelsLast(last, epilogue: .relu, training), over: [1, 2])
  }

  private func tracedStem(_ images: Tensor, _ training: TrainingPass?) -> Tensor {
    stemNorm.channelsLast(
      stem(images).permuted([0, 2, 3, 1]), epilogue: .relu, training)
  }

  fileprivate static func convolution(
    _ parameters: inout Parameters, _ name: String, inputs: Int, outputs: Int, side: Int,
    window: Window = Window()
  ) -> Convolution {
    Convolution(
      &parameters, name, inputs: inputs, outputs: outputs, side: side, window: window,
      hasBias: false, weightInitializer: .kaiming(fan: inputs * side * side))
  }
}

extension DenseNet {
  /// A layer of a block: `norm1`, ReLU, `conv1` of single pixels, `norm2`, ReLU, `conv2` of 3 × 3.
  struct Layer: Sendable {
    let firstNorm, secondNorm: BatchNorm
    let narrowing, growing: Convolution

    init(_ parameters: inout Parameters, _ name: String, channels: Int, _ sizes: Sizes) {
      let narrow = sizes.bottleneck * sizes.growth
      firstNorm = BatchNorm(&parameters, "\(name).norm1", channels: channels)
      narrowing = DenseNet.convolution(
        &parameters, "\(name).conv1", inputs: channels, outputs: narrow, side: 1)
      secondNorm = BatchNorm(&parameters, "\(name).norm2", channels: narrow)
      growing = DenseNet.convolution(
        &parameters, "\(name).conv2", inputs: narrow, outputs: sizes.growth, side: 3,
        window: Window(padding: 1))
    }

    /// `[images, height, width, channels]` and the layer's own maps after them.
    func callAsFunction(_ x: Tensor, _ training: TrainingPass?) -> Tensor {
      concatenate([x, grown(x, training)], along: 3)
    }

    /// The layer's own maps.
    func grown(_ x: Tensor, _ training: TrainingPass?) -> Tensor {
      let narrowed = narrowing.ofPixels(firstNorm.channelsLast(x, epilogue: .relu, training))
      return growing.channelsLastPadded(
        secondNorm.channelsLast(narrowed, epilogue: .relu, training))
    }

    /// The layer in prediction.
    var prepared: DenseLayer {
      DenseLayer(firstNorm, narrowing, normalizedBy: secondNorm, growing)
    }
  }

  /// Between two blocks: `norm`, ReLU, means of 2 × 2 pixels, and `conv` of single pixels to half as
  /// many maps.
  struct Transition: Sendable {
    let norm: BatchNorm
    let convolution: Convolution

    init(_ parameters: inout Parameters, _ name: String, channels: Int) {
      norm = BatchNorm(&parameters, "\(name).norm", channels: channels)
      convolution = DenseNet.convolution(
        &parameters, "\(name).conv", inputs: channels, outputs: channels / 2, side: 1)
    }

    func callAsFunction(_ x: Tensor, _ training: TrainingPass?) -> Tensor {
      convolution.ofPixels(
        channelsLastAveragePool(norm.channelsLast(x, epilogue: .relu, training), side: 2))
    }

    /// The same in prediction.
    func prepared(_ x: Tensor) -> Tensor { convolution.ofPixels(norm.averaged(x, side: 2)) }
  }
}
