import Drawing
import Evaluation
import Foundation
import Models
import Sections

/// What a training was made of and how well it predicts what it did not see.
public struct TrainingReport: Sendable, Codable {
  /// What people call the model.
  public let model: String
  /// Genes predicted.
  public let genes: Int
  /// The normalization's name and formula.
  public let normalization: String
  /// How the genes were chosen.
  public let panel: String
  /// How the baseline's penalty was chosen; nil for a network.
  public let choice: String?
  /// What was held out as a whole.
  public let unit: TrainingProtocol.Unit
  /// One row for each section held out, in the order asked for.
  public let heldOut: [Row]
  /// The mean of each column over the rows; nil where there are fewer than two.
  public let mean: Means?
  /// The checkpoint that was written.
  public let file: String?
  /// How a network was trained: its card; empty for the baseline.
  public let card: [CardLine]
  /// Epochs trained, and how long one took here; nil for the baseline.
  public let epochs: Int?
  /// Nil where none was trained now.
  public let secondsPerEpoch: Double?
  /// What was left out, one plain sentence each.
  public let notes: [String]

  /// A line of the protocol's card.
  public struct CardLine: Sendable, Codable {
    /// What it is about, such as `held out`.
    public let label: String
    /// What it says.
    public let text: String
    /// Whether another fold of a cross-validation says something else.
    var isOfFold: Bool { label == "trained on" || label == "held out" }
  }

  /// How one section was predicted by a model that did not see it.
  public struct Row: Sendable, Codable {
    /// The section held out.
    public let section: String
    /// Whose tissue it is.
    public let patient: String
    /// Its spots.
    public let spots: Int
    /// The sections trained on.
    public let trainedOn: [String]
    /// Those of them that are of the same patient.
    public let samePatient: [String]
    /// The baseline's penalty, chosen on the training sections; nil for a network.
    public let penalty: Double?
    /// Pearson's correlation over the spots, summarized over the genes.
    public let correlation: CorrelationSummary
    /// What could at best have been reached, and how much of it was.
    public let attainable: AttainableShare?

    init(
      _ section: LoadedSection, trainedOn trained: [LoadedSection],
      scores: MethodScores, penalty: Double? = nil
    ) {
      (self.section, patient) = (section.section.name, section.section.patient)
      spots = section.section.spots.count
      trainedOn = trained.map(\.section.name)
      samePatient = trained.map(\.section).filter { $0.patient == section.section.patient }
        .map(\.name)
      self.penalty = penalty
      correlation = scores.summary
      attainable = scores.share
    }
  }

  /// Columns averaged over sections.
  public struct Means: Sendable, Codable {
    /// The mean of the means.
    public let mean: Double
    /// The mean of the medians.
    public let median: Double
    /// The mean of the lower quartiles.
    public let lowerQuartile: Double
    /// The mean of the upper quartiles.
    public let upperQuartile: Double

    init?(_ rows: [Row]) {
      func average(_ value: (CorrelationSummary) -> Double?) -> Double? {
        let values = rows.compactMap { value($0.correlation) }
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
      }
      guard rows.count > 1, let mean = average(\.mean), let median = average(\.median),
        let lower = average(\.lowerQuartile), let upper = average(\.upperQuartile)
      else { return nil }
      self.mean = mean
      self.median = median
      lowerQuartile = lower
      upperQuartile = upper
    }
  }

  /// The same as lines of text: a table, then what was done.
  public var text: String {
    var lines = ["\(model), \(genes.grouped) genes, \(normalization)"]
    if !heldOut.isEmpty { lines += table.map { "  \($0)" } }
    lines += heldOut.map(protocolLine)
    if heldOut.contains(where: { $0.attainable != nil }) {
      lines.append("  \(AttainableShare.hint)")
    }
    lines += card.map { "  \($0.label.fitted(to: 10))  \($0.text)" }
    if card.isEmpty { lines.append("  genes: \(panel)") }
    if let choice { lines.append("  \(choice)") }
    if let secondsPerEpoch {
      lines.append("  trained here at \(String(format: "%.2f", secondsPerEpoch)) s an epoch")
    }
    if let file { lines.append("  wrote \(file)") }
    return lines.joined(separator: "\n")
  }

  private func protocolLine(_ row: Row) -> String {
    let others =
      row.samePatient.isEmpty
      ? "no section of patient \(row.patient) was in training"
      : "other sections of patient \(row.patient) were in training: "
        + row.samePatient.joined(separator: ", ")
    return "  \(row.section): held out as a \(unit.rawValue); trained on "
      + "\(row.trainedOn.joined(separator: ", ")); \(others)"
  }

  private var table: [String] {
    var table = TextTable(
      [
        "section", "spots", "mean", "median", "quartiles", "genes", "attainable", "share",
        "penalty",
      ], words: 1)
    for row in heldOut {
      let numbers = row.correlation
      table.add([
        row.section, row.spots.grouped, numbers.mean.text(), numbers.median.text(),
        "\(numbers.lowerQuartile.text())..\(numbers.upperQuartile.text())", numbers.genes.grouped,
        row.attainable.map { Optional($0.attainable).text() } ?? "",
        row.attainable?.share.percent ?? "", row.penalty?.penaltyText ?? "",
      ])
    }
    if let mean {
      let best = AttainableShare(meanOf: heldOut.compactMap(\.attainable))
      table.add([
        "mean", "", Optional(mean.mean).text(), Optional(mean.median).text(),
        "\(Optional(mean.lowerQuartile).text())..\(Optional(mean.upperQuartile).text())", "",
        best.map { Optional($0.attainable).text() } ?? "", best?.share.percent ?? "", "",
      ])
    }
    return table.lines
  }
}

extension Double {
  /// Three digits, as `0.178`.
  var penaltyText: String { String(format: "%.3g", self) }
}
