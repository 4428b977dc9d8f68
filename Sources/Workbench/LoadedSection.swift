import Drawing
import Evaluation
import Sections
import Synchronization

/// A section with what every screen asks of it at once.
public struct LoadedSection: Sendable {
  /// The section as read, its counts not normalized.
  public private(set) var section: Section
  /// Where the spots lie on the image; of an image alone, how far that reaches.
  public private(set) var layout: SpotLayout
  /// Indices of the panel's genes in the section, or nil when no panel was given.
  public let panel: [Int]?
  /// Statistics under the normalization that was asked for when loading.
  public let normalization: Normalization
  private let found: FoundStatistics
  /// All counts of each spot, and the number of genes seen there.
  public let totalOfSpot: [Double]
  /// Genes with a count above zero at each spot.
  public let genesOfSpot: [Int]

  /// Takes a section as read and works out the rest from its spots and counts.
  public init(section: Section, panel: [Int]?, normalization: Normalization) {
    self.section = section
    self.panel = panel
    self.normalization = normalization
    layout = SpotLayout(of: section)
    (totalOfSpot, genesOfSpot) = section.counts.sumsOfSpots()
    found = FoundStatistics()
    // Those of a small section are there at once; a large one is shown before.
    if section.counts.entryCount <= SparseMatrix.entriesOfBlock { _ = statistics }
  }

  /// Mean and variance of every gene under `normalization`; found out when first asked for.
  public var statistics: GeneStatistics {
    found.statistics { expression(normalization).statistics() }
  }

  /// The same where nobody has to wait for it.
  public var statisticsAtHand: GeneStatistics? { found.atHand }

  /// The same with its spots laid on the image in another way.
  public func relaid(as placement: ImagePlacement) -> LoadedSection {
    var copy = self
    copy.section = section.relaid(as: placement)
    copy.layout = SpotLayout(of: copy.section)
    return copy
  }

  /// The section's expression under a normalization.
  public func expression(_ normalization: Normalization) -> NormalizedExpression {
    NormalizedExpression(
      counts: section.counts, normalization: normalization, panel: panel,
      totalOfSpot: totalOfSpot)
  }
}

/// Statistics that are found out once, whoever asks first.
private final class FoundStatistics: Sendable {
  private let kept = Mutex<GeneStatistics?>(nil)

  var atHand: GeneStatistics? { kept.withLock { $0 } }

  func statistics(_ find: () -> GeneStatistics) -> GeneStatistics {
    if let atHand { return atHand }
    let found = find()
    kept.withLock { $0 = found }
    return found
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

extension SpotLayout {
  fileprivate init(of section: Section) {
    if section.spots.isEmpty, let image = section.image {
      self.init(width: Double(image.width), height: Double(image.height))
    } else {
      self.init(x: section.spots.map(\.x), y: section.spots.map(\.y))
    }
  }
}
