import Sections
import TensorCore

extension Checkpoint {
  /// A model as it is before training: every weight by chance.
  ///
  /// - Parameter settings: values of the configuration by name; the rest are the authors'.
  public init(
    untrained entry: ModelEntry, genes: Panel, seed: UInt64, settings: [String: JSON] = [:]
  ) throws(ModelError) {
    var settings = settings
    settings["genes"] = .integer(genes.genes.count)
    self = try entry.model.untrained(genes: genes.genes, seed: seed, settings: settings)
  }
}

extension ExpressionModel {
  fileprivate static func untrained(
    genes: [String], seed: UInt64, settings: [String: JSON]
  ) throws(ModelError) -> Checkpoint {
    let configuration = try configuration(settings)
    var parameters = Parameters(generator: SeededGenerator(seed: seed))
    _ = Self(configuration, &parameters)
    let values = parameters.values
    return Checkpoint(
      modelName: entry.name, configuration: configuration.members, genes: genes,
      normalization: usualNormalization, trainingProtocol: ["untrainedSeed": .integer(Int(seed))],
      tensors: parameters.declarations.map { declaration in
        // Every declared parameter has been handed out.
        StoredTensor(
          name: declaration.name, shape: declaration.shape,
          floats: values[declaration.name]!.array)
      })
  }
}
