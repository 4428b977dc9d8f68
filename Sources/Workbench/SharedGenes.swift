import Sections

/// The genes of a prediction that its section has.
struct SharedGenes {
  /// Indices into the section's genes.
  let genes: [Int]
  /// `[genes, spots]`
  let values: [Float]

  init(_ prediction: Prediction, _ section: LoadedSection) {
    let indexOfGene = Dictionary(uniqueKeysWithValues: zip(section.section.genes, 0...))
    let shared = prediction.genes.enumerated().compactMap { row, name in
      indexOfGene[name].map { (row: row, gene: $0) }
    }
    let width = prediction.spotCount
    genes = shared.map(\.gene)
    values =
      shared.count == prediction.geneCount
      ? prediction.values
      : shared.flatMap { prediction.values[$0.row * width..<($0.row + 1) * width] }
  }
}
