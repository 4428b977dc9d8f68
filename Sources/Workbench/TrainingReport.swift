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
  /// How the penalty, or whatever else was chosen, was chosen.
  public let choice: String
  /// One row for each section held out, in the order asked for.
  public let heldOut: [Row]
  /// The mean of each column over the rows; nil where there are fewer than two.
  public let mean: Means?
  /// The checkpoint that was written.
  public let file: String?
  /// What was left out, one plain sentence each.
  public let notes: [String]

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
    /// The penalty chosen on the training sections.
    public let penalty: Double
    /// Pearson's correlation over the spots, summarized over the genes.
    public let correlation: CorrelationSummary
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
    let width = max(7, heldOut.map(\.section.columns).max() ?? 0)
    var lines = ["\(model), \(genes.grouped) genes, \(normalization)"]
    if !heldOut.isEmpty {
      lines.append(
        line("section", ["spots", "mean", "median"], "quartiles", ["genes", "penalty"], width))
    }
    for row in heldOut {
      let numbers = row.correlation
      lines.append(
        line(
          row.section, [row.spots.grouped, shown(numbers.mean), shown(numbers.median)],
          range(numbers.lowerQuartile, numbers.upperQuartile),
          [numbers.genes.grouped, row.penalty.penaltyText], width))
    }
    if let mean {
      lines.append(
        line(
          "mean", ["", shown(mean.mean), shown(mean.median)],
          range(mean.lowerQuartile, mean.upperQuartile), [], width))
    }
    lines += heldOut.map(protocolLine)
    lines.append("  \(choice)")
    if let file { lines.append("  wrote \(file)") }
    return lines.joined(separator: "\n")
  }

  private func protocolLine(_ row: Row) -> String {
    let others =
      row.samePatient.isEmpty
      ? "no section of patient \(row.patient) was in training"
      : "other sections of patient \(row.patient) were in training: "
        + row.samePatient.joined(separator: ", ")
    return "  \(row.section): held out as a section; trained on "
      + "\(row.trainedOn.joined(separator: ", ")); \(others)"
  }

  private func line(
    _ section: String, _ left: [String], _ range: String, _ right: [String], _ width: Int
  ) -> String {
    let parts =
      [section.fitted(to: width)] + left.map { $0.fitted(to: 6, alignedRight: true) }
      + [range.fitted(to: 14)] + right.map { $0.fitted(to: 7, alignedRight: true) }
    return "  " + parts.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
  }

  private func range(_ lower: Double?, _ upper: Double?) -> String {
    "\(shown(lower))..\(shown(upper))"
  }

  private func shown(_ value: Double?) -> String {
    value.map { String(format: "%.3f", $0) } ?? "–"
  }
}

extension Double {
  /// Three digits, as `0.178`.
  var penaltyText: String { String(format: "%.3g", self) }
}
