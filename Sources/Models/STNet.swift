import Sections
import TensorCore

/// Predicts the expression at each spot by itself from a window of the image around it, with a
/// DenseNet-121.
///
/// Source: ST-Net (He et al., Nature Biomedical Engineering 4, 2020) and its released code.
public struct STNet: Sendable {
  /// The sizes of the network, and how windows are cut and standardized.
  public struct Configuration: Codable, Sendable, Equatable {
    /// The side of a window, in pixels of the image it is cut from.
    public var patchSidePixels = 224
    /// The maps that each layer of the DenseNet adds.
    public var growth = 32
    /// The layers of each of its blocks.
    public var blocks = [6, 12, 24, 16]
    /// The maps of its first convolution.
    public var firstChannels = 64
    /// A layer's maps between its convolutions, in units of its growth.
    public var bottleneck = 4
    /// How many genes are predicted.
    public var genes = 250
    /// The mean of each colour, red, green and blue, of values of 0...1.
    ///
    /// Training measures it on its first windows. What is there before is ImageNet's, which the
    /// authors' checkpoints, that do not keep theirs, are imported with unless told otherwise.
    public var mean = [0.485, 0.456, 0.406]
    /// The deviation of each colour, likewise.
    public var deviation = [0.229, 0.224, 0.225]
    /// Whether a prediction is the mean of those of the window's eight symmetries, as released.
    public var averagesSymmetries = true
    /// How much the image is reduced before windows are cut.
    public var reduction = ImageReduction.none

    /// The authors' values.
    public init() {}
  }

  /// The sizes this network was built with.
  public let configuration: Configuration
  let denseNet: DenseNet
  let classifier: Linear

  /// Declares the parameters under the names of the authors' checkpoints.
  public init(_ configuration: Configuration, _ parameters: inout Parameters) {
    self.configuration = configuration
    denseNet = DenseNet(&parameters, configuration.sizes)
    classifier = Linear(
      &parameters, "classifier", inputs: configuration.sizes.features,
      outputs: configuration.genes)
  }

  /// Predicts `[windows, genes]` of windows as they are.
  ///
  /// - Parameter windows: `[windows, 3, side, side]`, 0...255, each plane row by row.
  public func callAsFunction(_ windows: Tensor, training: TrainingPass? = nil) -> Tensor {
    classifier(denseNet(standardized(windows), training))
  }

  /// Predicts `[windows, genes]` as the configuration says: by default the means over the windows'
  /// eight symmetries.
  public func predict(_ windows: Tensor) -> Tensor {
    guard configuration.averagesSymmetries else { return self(windows) }
    let predictions = symmetries(of: windows).map { self($0) }
    return predictions.dropFirst().reduce(predictions[0], +) * (1 / Float(predictions.count))
  }

  /// `(v / 255 − mean) / deviation` of each colour.
  func standardized(_ windows: Tensor) -> Tensor {
    func perColour(_ value: (Int) -> Double) -> Tensor {
      Tensor(shape: [1, 3, 1, 1], (0..<3).map { Float(value($0)) })
    }
    let (mean, deviation) = (configuration.mean, configuration.deviation)
    let scale = perColour { 1 / (255 * deviation[$0]) }
    return windows * scale - perColour { mean[$0] / deviation[$0] }
  }

  /// The windows laid on themselves in eight ways, in the order of the released code: mirrored left to
  /// right or not, outermost; top to bottom or not; turned by 90° against the clock or not,
  /// innermost. The turn comes first.
  func symmetries(of windows: Tensor) -> [Tensor] {
    PatchSymmetry.released.map { $0.applied(to: windows) }
  }
}

extension PatchSymmetry {
  /// The eight in the order of ST-Net's released code.
  fileprivate static let released = (0..<count).map { place in
    let (leftRight, topBottom, turned) = (place & 4 != 0, place & 2 != 0, place & 1 != 0)
    // Turned, a row of the result is a column of the window from the last one on.
    let mirrorsFirst = turned ? !topBottom : topBottom
    return PatchSymmetry(number: (mirrorsFirst ? 1 : 0) | (leftRight ? 2 : 0) | (turned ? 4 : 0))
  }

  /// Windows `[windows, 3, side, side]` laid on themselves so.
  fileprivate func applied(to windows: Tensor) -> Tensor {
    guard number != 0 else { return windows }
    let side = windows.shape[3]
    let places = places(side: side)
    let planes = windows.reshaped(to: [-1, side * side])
    return gather(planes.transposed(), places).transposed().reshaped(to: windows.shape)
  }
}

extension STNet: ExpressionModel {
  /// ST-Net's row of the catalog.
  public static let entry = ModelEntry(
    STNet.self, name: "stnet", title: "ST-Net", aliases: ["st-net"],
    summary: "a DenseNet-121 on a window around each spot",
    source: "He et al., Nature Biomedical Engineering 4, 2020")

  /// The side of the square that a window is cut from.
  public var patchSidePixels: Int? { patchShape.sidePixels }

  /// How a window is cut, and the order of its values.
  public var patchShape: PatchShape {
    PatchShape(
      side: configuration.patchSidePixels, order: .channelRows, reduction: configuration.reduction)
  }

  /// Predicts `[spots, genes]`, batch by batch.
  public func predict(
    _ input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> Tensor {
    let side = configuration.patchSidePixels
    return try input.encoded(patchShape, work) { predict($0.reshaped(to: [-1, 3, side, side])) }
  }
}

extension STNet.Configuration: ModelConfiguration {
  /// The sizes of the DenseNet.
  var sizes: DenseNet.Sizes {
    DenseNet.Sizes(
      growth: growth, blocks: blocks, firstChannels: firstChannels, bottleneck: bottleneck)
  }

  /// Takes over the sizes that a checkpoint's shapes tell.
  public mutating func adopt(_ shapes: ParameterShapes) {
    var found: [Int] = []
    while let layers = shapes.count("features.denseblock\(found.count + 1).denselayer", from: 1) {
      found.append(layers)
    }
    if !found.isEmpty { blocks = found }
    let layer = "features.denseblock1.denselayer1"
    growth.adopt(shapes.size("\(layer).conv2.weight", axis: 0))
    bottleneck.adopt(
      shapes.size("\(layer).conv1.weight", axis: 0).map { max(1, $0 / max(growth, 1)) })
    firstChannels.adopt(shapes.size("features.conv0.weight", axis: 0))
    genes.adopt(shapes.size("classifier.weight", axis: 0))
  }

  /// Whether a network can be made of the values: its last maps have a pixel at least.
  public var isSound: Bool {
    let colours = mean + deviation
    return mean.count == 3 && deviation.count == 3 && colours.allSatisfy(\.isFinite)
      && deviation.allSatisfy { $0 > 1e-6 } && growth > 0 && firstChannels > 0 && bottleneck > 0
      && 1...8 ~= blocks.count && blocks.allSatisfy { 1...256 ~= $0 }
      && sizes.reduction...1024 ~= patchSidePixels
  }
}
