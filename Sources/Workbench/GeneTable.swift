import Drawing
import Evaluation
import Foundation
import Sections

/// How a list of genes is ordered; all but names run from high to low.
public enum GeneOrder: String, Sendable, Hashable, CaseIterable, Codable {
  case name, mean, variance
  case moransI = "morans-i"
  case attainable
}

/// One gene's row of `eosin genes`.
public struct GeneRow: Sendable, Hashable, Codable {
  /// The gene's name in the section.
  public let gene: String
  /// Mean and variance (n − 1) of the normalized values over the spots.
  public let mean: Float
  /// Sample variance of the same values, denominator `n − 1`.
  public let variance: Float
  /// Moran's I over nearest neighbours; nil for a constant gene.
  public let moransI: Float?
  /// What a prediction's Pearson correlation could at best be; nil where counts are too few to tell.
  public let attainable: Float?
  /// Spots with a count above zero.
  public let spots: Int

  /// The rows as an aligned table with a heading.
  public static func text(of rows: [GeneRow]) -> String {
    var table = TextTable(
      ["gene", "mean", "variance", "Moran's I", "attainable", "spots"], words: 1)
    for row in rows {
      table.add([
        row.gene, Optional(Double(row.mean)).text(), Optional(Double(row.variance)).text(),
        row.moransI.map(Double.init).text(), row.attainable.map(Double.init).text(),
        row.spots.grouped,
      ])
    }
    let hint = rows.contains { $0.attainable != nil } ? [AttainableShare.hint] : []
    return (table.lines + hint).joined(separator: "\n")
  }
}

extension Workbench {
  /// All genes with their statistics, ranked; equal ones stay in the section's order.
  public func geneTable(
    of section: LoadedSection, _ normalization: Normalization, by order: GeneOrder
  ) -> [GeneRow] {
    let statistics =
      normalization == section.normalization
      ? section.statistics : self.statistics(of: section, normalization)
    let correlation = moransI(of: section, normalization)
    let genes = Array(section.section.genes.indices)
    // Nobody cancels it.
    let attainable =
      (try? self.attainable(on: section, genes: genes, normalization, library: section.panel))?
      .attainable ?? genes.map { _ in .nan }
    let starts = section.section.counts.starts
    let rows = section.section.genes.enumerated().map { gene, name in
      GeneRow(
        gene: name, mean: statistics.mean[gene], variance: statistics.variance[gene],
        moransI: correlation[gene].isFinite ? correlation[gene] : nil,
        attainable: attainable[gene].isFinite ? attainable[gene] : nil,
        spots: normalization.keepsZeros
          ? Int(statistics.nonzero[gene]) : starts[gene + 1] - starts[gene])
    }
    switch order {
    case .name: return rows.sorted { $0.gene.lowercased() < $1.gene.lowercased() }
    case .mean: return rows.sorted { $0.mean > $1.mean }
    case .variance: return rows.sorted { $0.variance > $1.variance }
    case .attainable:
      return rows.sorted { ($0.attainable ?? -.infinity) > ($1.attainable ?? -.infinity) }
    case .moransI: return rows.sorted { ($0.moransI ?? -.infinity) > ($1.moransI ?? -.infinity) }
    }
  }
}
