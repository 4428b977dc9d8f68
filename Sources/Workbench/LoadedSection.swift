import Drawing
import Evaluation
import Sections

/// A section with what every screen asks of it at once.
public struct LoadedSection: Sendable {
  /// The section as read, its counts not normalized.
  public let section: Section
  /// Where the spots lie on the image.
  public let layout: SpotLayout
  /// Indices of the panel's genes in the section, or nil when no panel was given.
  public let panel: [Int]?
  /// Statistics under the normalization that was asked for when loading.
  public let normalization: Normalization
  /// Mean and variance of every gene under `normalization`.
  public let statistics: GeneStatistics
  /// All counts of each spot, and the number of genes seen there.
  public let totalOfSpot: [Double]
  /// Genes with a count above zero at each spot.
  public let genesOfSpot: [Int]

  /// Takes a section as read and works out the rest from its spots and counts.
  public init(section: Section, panel: [Int]?, normalization: Normalization) {
    self.section = section
    self.panel = panel
    self.normalization = normalization
    layout = SpotLayout(x: section.spots.map(\.x), y: section.spots.map(\.y))
    totalOfSpot = section.counts.totalsOfSpots()
    genesOfSpot = section.counts.genesOfSpots()
    statistics = NormalizedExpression(
      counts: section.counts, normalization: normalization, panel: panel
    ).statistics()
  }

  /// The section's expression under a normalization.
  public func expression(_ normalization: Normalization) -> NormalizedExpression {
    NormalizedExpression(counts: section.counts, normalization: normalization, panel: panel)
  }
}

extension NormalizedExpression {
  /// Mean and variance of every gene over the spots.
  public func statistics() -> GeneStatistics {
    GeneStatistics(
      joining: mapBlocks { _, block in
        GeneStatistics(spotCount: spotCount, starts: block.starts, values: block.values)
      })
  }
}
