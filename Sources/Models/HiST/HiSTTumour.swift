import Sections
import TensorCore

/// Tells tumour from its surroundings, spot by spot, from what an encoder makes of the tiles of a grid.
///
/// Source: HiST's prediction module with one output.
public struct HiSTTumour: Sendable {
  /// The network after the encoder: HiST's with one value a cell, a logit.
  private let model: HiST
  /// The weights, the encoder's among them, by the names of the authors' checkpoints.
  public let weights: [String: Tensor]

  /// The sizes of a network with one output.
  ///
  /// - Throws: where the weights are not exactly those of such a network.
  public init(
    _ configuration: HiST.Configuration, weights: [String: Tensor]
  ) throws(ParameterError) {
    var configuration = configuration
    configuration.genes = 1
    model = try HiST(configuration, weights: weights)
    self.weights = weights
  }

  /// A network that is there, with its weights by name.
  init(_ model: HiST, weights: [String: Tensor]) {
    (self.model, self.weights) = (model, weights)
  }

  /// The sizes this network was built with.
  public var configuration: HiST.Configuration { model.configuration }

  /// How likely each spot of a section is tumour.
  ///
  /// - Throws: when the spots do not fit the grid, or the image cannot be read.
  public func predict(
    _ input: SectionInput, _ work: PredictionWork = PredictionWork()
  ) throws(ModelError) -> TumourPrediction {
    let grid = try TileGrid(input.spots, sectionName: input.sectionName)
    return TumourPrediction(model.map(grid, try model.tiles(of: input, work)), at: grid)
  }

  /// A section with its labels, encoded to be learned from.
  ///
  /// - Parameters:
  ///   - input: the spots that lie on the image.
  ///   - labels: the categories of these spots, in their order.
  ///   - tumour: the categories that count as tumour.
  ///   - encoder: the encoder's settings and its weights by their names in a model, as
  ///     ``EncoderCheckpoint/frozen(file:)`` gives them.
  public static func section(
    _ input: SectionInput, labels: Annotation, tumour: Set<String>,
    encoder: (settings: EncoderSettings, weights: [String: Tensor]),
    _ work: PredictionWork = PredictionWork()
  ) throws(ModelError) -> TumourSection {
    var configuration = HiST.Configuration()
    (configuration.encoder, configuration.genes) = (encoder.settings, 1)
    var parameters = Parameters(listing: (), given: encoder.weights)
    let model = HiST(configuration, &parameters)
    let grid = try TileGrid(input.spots, sectionName: input.sectionName)
    return try TumourSection(
      name: input.sectionName, grid: grid, tiles: try model.tiles(of: input, work),
      labels: labels, tumour: tumour)
  }

  /// Trains on sections that ``section(_:labels:tumour:encoder:_:)`` encoded.
  ///
  /// - Parameters:
  ///   - training: sizes and recipe.
  ///   - encoder: the encoder that the sections were encoded with.
  ///   - report: hears of every epoch.
  public static func trained(
    on sections: [TumourSection], _ training: TumourTraining = TumourTraining(),
    encoder: (settings: EncoderSettings, weights: [String: Tensor]),
    _ work: PredictionWork = PredictionWork(),
    report: (TumourTraining.Epoch) -> Void = { _ in }
  ) throws(ModelError) -> HiSTTumour {
    var configuration = HiST.Configuration()
    (configuration.encoder, configuration.genes) = (encoder.settings, 1)
    (configuration.widths, configuration.loss) = (training.sizes.widths, training.recipe.loss)
    (configuration.mixers, configuration.mixerSide) = (
      training.sizes.mixers, training.sizes.mixerSide
    )
    let result = try training.train(sections, work, report: report)
    let weights = result.weights.merging(encoder.weights) { own, _ in own }
    do { return try HiSTTumour(configuration, weights: weights) } catch {
      throw ModelError(
        "The sections were encoded with another encoder than the one given. Encode them anew.")
    }
  }
}
