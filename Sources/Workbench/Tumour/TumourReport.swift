import Drawing
import Foundation
import Models
import Sections

/// Maps of tumour held against the pathologist's labels, and how the network came about.
public struct TumourReport: Sendable, Codable {
  /// The labels that count as tumour.
  public let tumour: [String]
  /// One row for each section mapped, in the order asked for.
  public let sections: [Row]
  /// The checkpoint's path.
  public let file: String
  /// How the network was trained.
  public let card: [TrainingReport.CardLine]
  /// How long an epoch took here; nil where none was trained.
  public let secondsPerEpoch: Double?
  /// What was left out, one plain sentence each.
  public let notes: [String]

  /// One section's map.
  public struct Row: Sendable, Codable {
    /// The section.
    public let section: String
    /// Whose tissue it is.
    public let patient: String
    /// Its spots that were mapped.
    public let spots: Int
    /// Those of them called tumour.
    public let called: Int
    /// What the network knew of the section.
    public let standing: Standing
    /// Agreement with the labels; nil where there are none to compare with.
    public let scores: TumourScores?

    init(_ section: Section, _ map: TumourMap) {
      (self.section, patient) = (section.name, section.patient)
      let counts = map.counts
      (spots, called) = (counts.tumour + counts.other, counts.tumour)
      (standing, scores) = (map.standing, map.scores)
    }
  }

  /// Puts together what `eosin tumour` and the end of a training say.
  public init(
    _ maps: [(section: Section, map: TumourMap)], of info: TumourModelInfo,
    secondsPerEpoch: Double? = nil, notes: [String] = []
  ) {
    tumour = info.tumour
    sections = maps.map { Row($0.section, $0.map) }
    (file, card) = (info.file, info.card)
    self.secondsPerEpoch = secondsPerEpoch
    self.notes = notes
  }

  /// The same as lines of text: a table, then how it was done.
  public var text: String {
    var lines = ["\(TumourCheckpoint.title): \(tumour.joined(separator: ", "))"]
    if !sections.isEmpty { lines += table.map { "  \($0)" } }
    if sections.contains(where: { $0.scores != nil }) {
      lines.append(
        "  over spots with a settled label; a spot is called tumour at a probability above 0.5")
    }
    lines += card.map { "  \($0.label.fitted(to: 10))  \($0.text)" }
    if let secondsPerEpoch {
      lines.append("  trained here at \(String(format: "%.2f", secondsPerEpoch)) s an epoch")
      lines.append("  wrote \(file)")
    }
    return lines.joined(separator: "\n")
  }

  private var table: [String] {
    var table = TextTable(
      [
        "section", "network's knowledge", "spots", "labelled", "tumour", "called", "AUC", "IoU",
        "Dice",
      ], words: 2)
    for row in sections {
      let scores = row.scores
      table.add([
        row.section, row.standing.rawValue, row.spots.grouped, scores?.spots.grouped ?? "",
        scores?.tumour.grouped ?? "", row.called.grouped,
        scores.map { $0.areaUnderROC.text() } ?? "", scores.map { $0.iou.text() } ?? "",
        scores.map { $0.dice.text() } ?? "",
      ])
    }
    return table.lines
  }
}
