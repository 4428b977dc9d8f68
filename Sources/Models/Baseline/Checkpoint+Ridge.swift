import Sections
import TensorCore

extension Checkpoint {
  /// A fitted ridge in a file, with all that its fit is described by.
  ///
  /// - Parameters:
  ///   - sections: the sections it was fitted to.
  ///   - patients: whose they are, in the same order.
  ///   - heldOut: the sections kept out of it.
  public init(
    ridge fit: RidgeFit, genes: [String], normalization: Normalization, sections: [String],
    patients: [String], heldOut: [String] = []
  ) {
    var configuration = Ridge.Configuration()
    configuration.genes = genes.count
    configuration.penalty = fit.penalty
    let unit = fit.heldOutSections ? "section" : "block of spots"
    let summary =
      "ridge fitted to \(sections.joined(separator: ", ")); penalty chosen by holding out each "
      + "training \(unit) in turn"
    func texts(_ values: [String]) -> JSON { .array(values.map(JSON.string)) }
    self.init(
      modelName: Ridge.entry.name, configuration: configuration.members, genes: genes,
      normalization: normalization,
      trainingProtocol: [
        "summary": .string(summary), "sections": texts(sections), "patients": texts(patients),
        "heldOut": texts(heldOut), "penalties": .array(RidgeFit.penalties.map(JSON.number)),
        "penaltyScores": .array(fit.scores.map { $0.isNaN ? .null : .number($0) }),
        "penaltyUnit": .string(unit), "statistics": texts(StainStatistics.names),
      ],
      tensors: [
        StoredTensor(
          name: "weight", shape: [StainStatistics.names.count, genes.count], floats: fit.weight),
        StoredTensor(name: "bias", shape: [genes.count], floats: fit.bias),
      ])
  }
}

extension Ridge {
  /// The ridge that a checkpoint in memory is of.
  public init(_ checkpoint: Checkpoint) throws(ModelError) {
    guard let ridge = try? checkpoint.network(file: checkpoint.modelName) as? Ridge else {
      throw ModelError("The checkpoint is of \(quoted(checkpoint.modelName)), not of a ridge.")
    }
    self = ridge
  }
}
