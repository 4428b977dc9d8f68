import Sections
import TensorCore

/// Something that knows how many nuclei lie around a spot.
public protocol NucleusCounter: Sendable {
  /// How many nuclei there are in the window around each spot of a section.
  ///
  /// - Parameter windowPixels: the window's side in pixels of the full image.
  /// - Throws: ``ModelError`` for a spot nothing is known of, for files that cannot be read or do not
  ///   suit the section, and when the work was cancelled.
  func counts(
    of input: SectionInput, windowPixels: Int, _ work: PredictionWork
  ) throws(ModelError) -> [Int]
}

/// What HESpotEx makes of the numbers of nuclei of a section.
enum NucleusCounts {
  /// What counts are cut to.
  static let range = 1...20

  /// `ν = n / max n + 1`, `[spots, 1]`, each count cut to 1...20 first: more than 1, and 2 where most
  /// nuclei are.
  ///
  /// Source: HESpotEx's released loader.
  static func scale(_ counts: [Int]) -> Tensor {
    let cut = counts.map { Float(min(max($0, range.lowerBound), range.upperBound)) }
    let most = cut.max() ?? 1
    return Tensor(shape: [cut.count, 1], cut.map { $0 / most + 1 })
  }
}

/// The numbers of nuclei that a table has for spots by name.
public struct NucleusTable: NucleusCounter {
  /// The table, as read.
  public let table: SpotCounts

  /// Takes a table.
  public init(_ table: SpotCounts) { self.table = table }

  /// The table's numbers, whatever the window.
  ///
  /// - Throws: naming the first spot that the table lacks, such as one between the spots.
  public func counts(
    of input: SectionInput, windowPixels: Int, _ work: PredictionWork
  ) throws(ModelError) -> [Int] {
    var counts: [Int] = []
    for spot in input.spots {
      guard let count = table.counts[spot.id] else {
        throw ModelError(
          "\(table.url.path) has no number of nuclei for spot '\(spot.id)' of section "
            + "\(input.sectionName). Add its row, or give a segmentation.")
      }
      counts.append(count)
    }
    return counts
  }
}
