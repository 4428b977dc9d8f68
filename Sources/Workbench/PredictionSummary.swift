import Evaluation
import Foundation
import Sections

/// What `eosin predict` says of one method on one section.
public struct PredictionSummary: Sendable, Codable {
  /// The method's name.
  public let method: String
  /// The section's name.
  public let section: String
  /// Places predicted: the section's spots, or more where it was predicted between them.
  public let spots: Int
  /// Genes predicted.
  public let genes: Int
  /// How the values were made: normalization's name and formula; nil when unknown.
  public let normalization: String?
  /// How the model was trained, as far as is known.
  public let trainingProtocol: String
  /// Correlation with the observed expression; nil for a prediction at other places than spots.
  public let scores: CorrelationSummary?
  /// What was left out, one sentence each.
  public let notes: [String]
  /// The file written.
  public let output: String?

  /// The rows as a table, and what has to be known to read it.
  public static func text(of rows: [PredictionSummary], section: Section) -> String {
    let width = max(6, rows.map(\.method.columns).max() ?? 0)
    func cell(_ value: Double?) -> String {
      (value.map { String(format: "%.3f", $0) } ?? "–").fitted(to: 8, alignedRight: true)
    }
    func whole(_ value: Int?) -> String {
      (value?.grouped ?? "–").fitted(to: 9, alignedRight: true)
    }
    let heading =
      "method".fitted(to: width) + "     mean  median      Q1      Q3    genes constant"
    let lines = rows.map { row in
      row.method.fitted(to: width) + " " + cell(row.scores?.mean) + cell(row.scores?.median)
        + cell(row.scores?.lowerQuartile) + cell(row.scores?.upperQuartile)
        + whole(row.scores?.genes ?? row.genes) + whole(row.scores?.constantGenes)
    }
    let facts = rows.flatMap { row -> [String] in
      let value = row.normalization.map { "values \($0); " } ?? ""
      let places =
        row.scores == nil ? ["\(row.method): at \(row.spots.grouped) places, not scored"] : []
      return places + ["\(row.method): \(value)\(row.trainingProtocol)"]
        + row.notes.map { "\(row.method): \($0)" }
        + (row.output.map { ["\(row.method): wrote \($0)"] } ?? [])
    }
    return
      ([
        "Pearson's correlation with the counts of \(section.name) over \(section.spots.count) spots, "
          + "constant genes left out", heading,
      ] + lines + facts).joined(separator: "\n")
  }
}

extension Workbench {
  /// A prediction's row of a table, scored on the section.
  public func summary(
    of prediction: Prediction, on section: LoadedSection, output: URL?
  ) -> PredictionSummary {
    PredictionSummary(
      method: prediction.method, section: section.section.name, spots: prediction.spotCount,
      genes: prediction.geneCount,
      normalization: prediction.normalization.map {
        "\($0.name): \($0.formula(panelSize: prediction.geneCount))"
      },
      trainingProtocol: prediction.protocolSummary ?? "protocol unknown",
      scores: prediction.denserSpots == nil
        ? scores(of: prediction, on: section, otherwise: section.normalization).summary : nil,
      notes: prediction.notes, output: output?.path)
  }
}
