import Sections
import TensorCore

/// Predicts expression from colour and texture by ridge regression: the yardstick for all others.
///
/// `expression = standardized statistics · weight + bias`. The statistics are those of
/// ``StainStatistics``, standardized over the spots that are predicted together. Fitted in closed
/// form by ``RidgeFit``.
///
/// Source: Eosin's own; ridge regression as in Hoerl and Kennard, Technometrics 1970.
public struct Ridge: Sendable {
  /// The sizes, and what the weights were fitted to and with.
  public struct Configuration: Codable, Sendable, Equatable {
    /// How many genes are predicted.
    public var genes = 785
    /// The version of the statistics, ``StainStatistics/version``.
    public var statistics = StainStatistics.version
    /// The penalty a spot, as ``RidgeFit`` chose it.
    public var penalty = 0.0

    /// The genes of HER2+'s list, and nothing fitted yet.
    public init() {}
  }

  /// The sizes this model was made with.
  public let configuration: Configuration
  let weight: Tensor  // [statistics, genes]
  let bias: Tensor  // [genes]

  /// Declares the parameters.
  public init(_ configuration: Configuration, _ parameters: inout Parameters) {
    self.configuration = configuration
    let count = StainStatistics.names.count
    weight = parameters.take("weight", [count, configuration.genes], .fan(inputs: count))
    bias = parameters.take("bias", [configuration.genes], .constant(0))
  }

  /// Predicts `[spots, genes]` of what spots look like.
  ///
  /// - Parameter statistics: as they were read; they are standardized here.
  public func callAsFunction(_ statistics: StainStatistics) -> Tensor {
    let values = Tensor(
      shape: [statistics.spotCount, StainStatistics.names.count],
      statistics.standardized().values.map(Float.init))
    return matmul(values, weight) + bias  // [spots, genes]
  }
}

extension Ridge: ExpressionModel {
  /// The ridge baseline's row of the catalog.
  public static let entry = ModelEntry(
    Ridge.self, name: "ridge", title: "Ridge", aliases: ["baseline"],
    summary: "a linear baseline on stains and their texture, fitted in seconds",
    source: "Eosin's own yardstick, not published; ridge regression after Hoerl and Kennard, 1970")

  /// Nil: how far it looks follows from the pitch, and beyond the image it sees nothing.
  public var patchSidePixels: Int? { nil }

  /// Predicts `[spots, genes]`, reading the image in one pass.
  public func predict(_ input: SectionInput, _ work: PredictionWork) throws(ModelError) -> Tensor {
    guard configuration.statistics == StainStatistics.version else {
      throw ModelError(
        "The ridge was fitted to version \(configuration.statistics) of the stains' statistics, and "
          + "this Eosin makes version \(StainStatistics.version). Train it again.")
    }
    return self(
      try StainStatistics(
        of: input.spots, pitchPixels: input.pitchPixels, image: input.image, work))
  }
}

extension Ridge.Configuration: ModelConfiguration {
  /// Takes over the number of genes.
  public mutating func adopt(_ shapes: ParameterShapes) {
    genes.adopt(shapes.size("weight", axis: 1))
  }
}
