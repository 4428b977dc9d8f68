/// How counts, spots and labels of a section met: what joined, and what was left out.
public struct JoinReport: Sendable, Hashable, Codable {
  /// The rows of the count table.
  public var countRows = 0
  /// The spots with a usable position in the selection table; the count rows where there is none.
  public var selectedSpots = 0
  /// The spots of the section: those with both counts and a position.
  public var joined = 0
  /// The rows of counts left out because no spot has their position.
  public var countRowsWithoutSpot = 0
  /// The spots left out because they have no counts.
  public var spotsWithoutCounts = 0
  /// The spots left out because their position is missing, no number or absurd.
  public var spotsWithBadPosition = 0
  /// The line of the first of them in the selection table, from 1.
  public var lineOfFirstBadPosition: Int?
  /// The rows of the selection table that are marked as not selected.
  public var unselectedSpots = 0
  /// The labels left out because no spot of the section has their position.
  public var labelsWithoutSpot = 0
  /// The labels left out because their coordinates are no numbers.
  public var labelsWithBadPosition = 0
  /// The section's spots without a label, where the section has labels; else nil.
  public var spotsWithoutLabel: Int?

  /// A report of nothing.
  public init() {}

  /// What was left out, a sentence each; empty when all met.
  public var sentences: [String] {
    var sentences: [String] = []
    func say(_ count: Int, _ noun: String, _ rest: String) {
      if count > 0 { sentences.append("\(counted(count, noun)) \(rest).") }
    }
    say(countRowsWithoutSpot, "row", "of counts left out: no spot has their position")
    say(spotsWithoutCounts, "spot", "left out: no counts")
    let line = lineOfFirstBadPosition.map { ", first on line \($0)" } ?? ""
    say(spotsWithBadPosition, "spot", "left out: no usable position\(line)")
    say(unselectedSpots, "spot", "left out: marked as not selected")
    say(labelsWithoutSpot, "label", "left out: no spot has their position")
    say(labelsWithBadPosition, "label", "left out: no usable position")
    say(spotsWithoutLabel ?? 0, "spot", "without a label")
    return sentences
  }
}
