import Evaluation

/// What `eosin copy-number` says of its result.
public struct CopyNumberSummary: Sendable, Encodable {
  /// One group of spots.
  public struct Group: Sendable, Encodable {
    /// The group's name.
    public let name: String
    /// Whether it is a reference.
    public let isReference: Bool
    /// Its spots.
    public let spots: Int
    /// The mean of its spots' signal: mean squared values.
    public let signal: Double?
    /// The chromosome whose mean over the group is highest, and that mean.
    public let highest: ChromosomeMean?
    /// The chromosome whose mean is lowest.
    public let lowest: ChromosomeMean?
  }

  /// The mean of a chromosome's windows over a group's spots.
  public struct ChromosomeMean: Sendable, Encodable {
    /// The chromosome's name.
    public let chromosome: String
    /// In units of log-expression.
    public let mean: Double
  }

  /// The section's name.
  public let section: String
  /// `observed`, or the method's name.
  public let source: String
  /// How it was made.
  public let settings: CopyNumberSettings
  /// The groups taken for normal.
  public let references: [String]
  /// Genes shown.
  public let genes: Int
  /// Windows of genes.
  public let windows: Int
  /// Values nearer to the reference's mean than this are 0.
  public let noise: Double
  /// The groups, in the order of their names.
  public let groups: [Group]
  /// What was left out, a sentence each.
  public let notes: [String]
  private let heading: String

  /// Sums up a view of copy numbers.
  public init(_ result: CopyNumberResult) {
    section = result.section
    source = result.source
    settings = result.settings
    references = result.references
    genes = result.genes.count
    windows = result.profile.windows.count
    noise = result.profile.noise
    notes = result.notes
    heading = "\(result.section), \(result.source): \(result.summary)"
    groups = result.groups.categories.enumerated().map { category, name in
      let spots = result.groups.categoryOfSpot.indices.filter {
        result.groups.categoryOfSpot[$0] == category
      }
      let signals = spots.map(result.profile.signal).filter(\.isFinite)
      let means = Self.chromosomeMeans(of: spots, result)
      return Group(
        name: name, isReference: result.references.contains(name), spots: spots.count,
        signal: (signals.reduce(0, +) / Double(signals.count)).number,
        highest: means.max { $0.mean < $1.mean }, lowest: means.min { $0.mean < $1.mean })
    }
  }

  private static func chromosomeMeans(
    of spots: [Int], _ result: CopyNumberResult
  ) -> [ChromosomeMean] {
    zip(result.chromosomes, result.profile.chromosomes).compactMap { name, windows in
      var (sum, count) = (0.0, 0.0)
      for spot in spots {
        let row = result.profile.values(ofSpot: spot)
        for window in windows where row[row.startIndex + window].isFinite {
          sum += Double(row[row.startIndex + window])
          count += 1
        }
      }
      return count > 0 ? ChromosomeMean(chromosome: name, mean: sum / count) : nil
    }
  }

  private enum CodingKeys: CodingKey {
    case section, source, settings, references, genes, windows, noise, groups, notes
  }

  /// The groups as an aligned table under what was done.
  public var text: String {
    var table = TextTable(
      ["group", "highest", "lowest", "spots", "signal", "mean of highest", "of lowest"], words: 3)
    for group in groups {
      table.add([
        group.name + (group.isReference ? " (reference)" : ""),
        group.highest?.chromosome ?? "", group.lowest?.chromosome ?? "", group.spots.grouped,
        group.signal.text(4), (group.highest?.mean).text(3), (group.lowest?.mean).text(3),
      ])
    }
    return ([heading] + table.lines).joined(separator: "\n")
  }
}
