import Sections
import TensorCore

/// Predicts expression for all spots of a section at once, from what an encoder makes of the tiles of a
/// grid.
///
/// Source: HiST's prediction module, as its released code has it, with CTransPath as encoder.
public struct HiST: Sendable {
  /// The sizes of the network; the defaults are the authors' for 346 genes of colorectal cancer.
  public struct Configuration: Codable, Sendable, Equatable {
    /// The encoder of tiles.
    public var encoder = EncoderSettings("ctranspath")
    /// Channels of the maps, from the largest map to the smallest; five.
    public var widths = [64, 128, 256, 512, 1024]
    /// Convolution mixers on the smallest map.
    public var mixers = 7
    /// The side of their kernels; odd.
    public var mixerSide = 7
    /// How many genes are predicted: 346 for colorectal cancer, 448 for liver cancer.
    public var genes = 346
    /// Over which cells training counts errors.
    public var loss = GridLoss.padded
    /// Where training puts what was measured at a spot.
    public var targetRow = TileGrid.TargetRow.aligned

    /// The authors' values.
    public init() {}

    /// The sizes of the network after the encoder.
    public var sizes: CMUNet.Sizes {
      var sizes = CMUNet.Sizes()
      (sizes.inputs, sizes.widths, sizes.outputs) = (encoder.featureWidth, widths, genes)
      (sizes.mixers, sizes.mixerSide) = (mixers, mixerSide)
      return sizes
    }
  }

  /// The sizes this network was built with.
  public let configuration: Configuration
  /// The encoder of tiles, which training leaves as it is.
  public let encoder: FrozenEncoder
  let network: CMUNet

  /// Declares the encoder's parameters under its prefix and the others under the names of the authors'
  /// checkpoints.
  public init(_ configuration: Configuration, _ parameters: inout Parameters) {
    self.configuration = configuration
    encoder = FrozenEncoder(configuration.encoder, &parameters)
    network = CMUNet(configuration.sizes, &parameters)
  }

  /// The values of every cell, `[1, genes, 80, 64]`, from features that ``tiles(of:_:)`` gives.
  func map(_ grid: TileGrid, _ tiles: Tensor, _ training: TrainingPass? = nil) -> Tensor {
    network(grid.features(tiles), training)
  }
}

extension HiST: FrozenEncoderModel {
  /// HiST's row of the catalog.
  public static let entry = ModelEntry(
    HiST.self, name: "hist", title: "HiST", aliases: ["cmunet"],
    summary: "an encoder of tiles, then a convolutional network over their grid",
    source: "HiST's released code; CMU-Net, Tang et al., ISBI 2023")

  /// The side of the released tiles: the diameter of Visium's fiducials, 105 µm where spots are 100 µm
  /// apart, in whole pixels.
  public func windowPixels(of input: SectionInput) -> Int {
    max(1, Int(input.pitchPixels * 1.05))
  }

  /// Encodes the section's tiles, predicts the grid and reads the spots off it.
  public func predict(
    _ input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> Tensor {
    try expression(of: input, features: try tiles(of: input, work))
  }

  /// Predicts `[spots, genes]` from the features of tiles, as ``tiles(of:_:)`` gives them.
  public func expression(
    of input: SectionInput, features: Tensor
  ) throws(ModelError) -> Tensor {
    let grid = try TileGrid(input.spots, sectionName: input.sectionName)
    return grid.values(atSpotsOf: map(grid, features))
  }

  /// The features of the spots' tiles, and in a last row those of a white one, which every other cell
  /// of the grid has: `[spots + 1, featureWidth]`.
  ///
  /// - Throws: where the spots do not fit the grid, before anything is encoded.
  public func tiles(
    of input: SectionInput, _ work: PredictionWork = PredictionWork()
  ) throws(ModelError) -> Tensor {
    _ = try TileGrid(input.spots, sectionName: input.sectionName)
    let features = try encoder.features(of: input, windowPixels: windowPixels(of: input), work)
    let side = encoder.encoder.inputSidePixels
    let white = encoder.encoder.features(Tensor(shape: [1, 3 * side * side], repeating: 255))
    return concatenate([features, white], along: 0)
  }
}

extension HiST.Configuration: ModelConfiguration {
  /// Takes over the sizes that a checkpoint's shapes tell.
  public mutating func adopt(_ shapes: ParameterShapes) {
    encoder.adopt(shapes.under(FrozenEncoder.prefix))
    var sizes = sizes
    sizes.adopt(shapes)
    (widths, mixers, mixerSide) = (sizes.widths, sizes.mixers, sizes.mixerSide)
    genes = sizes.outputs
  }

  /// Whether there are five widths that are not out of reason, and an encoder can be built.
  public var isSound: Bool {
    encoder.isSound && widths.count == 5 && widths.allSatisfy { 1...65_536 ~= $0 }
      && mixerSide % 2 == 1
  }
}
