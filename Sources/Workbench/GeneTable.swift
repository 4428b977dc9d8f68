import Evaluation
import Sections

/// One gene's row of `eosin genes`.
public struct GeneRow: Sendable, Hashable, Codable {
  public let gene: String
  /// Mean and variance (n − 1) of the normalized values over the spots.
  public let mean: Float
  public let variance: Float
  /// Moran's I over nearest neighbours; nil for a constant gene.
  public let moransI: Float?
  /// Spots with a count above zero.
  public let spots: Int
}

extension Workbench {
  /// All genes with their statistics, in the section's order.
  public func geneTable(of section: LoadedSection, _ normalization: Normalization) -> [GeneRow] {
    let statistics =
      normalization == section.normalization
      ? section.statistics : self.statistics(of: section, normalization)
    let correlation = moransI(of: section, normalization)
    return section.section.genes.enumerated().map { gene, name in
      GeneRow(
        gene: name, mean: statistics.mean[gene], variance: statistics.variance[gene],
        moransI: correlation[gene].isFinite ? correlation[gene] : nil,
        spots: Int(statistics.nonzero[gene]))
    }
  }
}
