import Sections

extension Workbench {
  /// Genes times spots of a view of copy numbers: 4 GB of expression.
  private static let mostCopyNumberValues = 1 << 30

  /// Views copy numbers along the chromosomes, of the observed expression or of a prediction.
  ///
  /// - Throws: when a reference group is not there, or too few genes have a position.
  public func copyNumber(
    of section: LoadedSection, predictedBy prediction: Prediction? = nil,
    _ request: CopyNumberRequest
  ) throws(WorkbenchError) -> CopyNumberResult {
    guard !request.references.isEmpty else {
      throw WorkbenchError(
        "Copy numbers are seen against a reference. Name a group of normal spots with --reference, "
          + "one of \(request.groups.categories.map { quoted($0) }.joined(separator: ", ")).")
    }
    let expression = try self.expression(of: section, predictedBy: prediction)
    var reference: [Int] = []
    for name in request.references {
      reference += try request.groups.spots(of: name, in: section.section.name)
    }
    let isObserved = prediction == nil
    let placed = try PlacedGenes(of: expression, request) { gene in
      guard isObserved else { return true }
      let values = expression.values(ofGene: gene)
      return reference.count { values[$0] > 0 } >= min(request.leastSpots, reference.count)
    }
    guard placed.genes.count * expression.spotCount <= Self.mostCopyNumberValues else {
      throw WorkbenchError(
        "\(placed.genes.count.grouped) genes at \(expression.spotCount.grouped) spots of "
          + "\(section.section.name) are more than can be smoothed at once. Give positions of fewer "
          + "genes, or a section of fewer spots.")
    }
    return try CopyNumberResult(of: section, expression, placed, request)
  }
}
