import Drawing
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
  /// What the model knew of the section.
  public let standing: Standing
  /// Where the values come from, with seeds and the hash of the weights; nil when nobody says.
  public let origin: PredictionOrigin?
  /// The hash of the section's spots, genes and counts.
  public let fingerprint: String
  /// The version of Eosin that scored it.
  public let version: String
  /// Correlation with the observed expression; nil for a prediction at other places than spots.
  public let scores: CorrelationSummary?
  /// What could at best have been reached, and how much of it was.
  public let attainable: AttainableShare?
  /// What was left out, one sentence each.
  public let notes: [String]
  /// The file written.
  public let output: String?

  /// The rows as a table, and what has to be known to read it.
  public static func text(of rows: [PredictionSummary], section: Section) -> String {
    var table = TextTable(
      ["method", "mean", "median", "Q1", "Q3", "genes", "constant", "attainable", "share"],
      words: 1)
    for row in rows {
      let scores = row.scores
      table.add([
        row.method, scores?.mean.text() ?? "–", scores?.median.text() ?? "–",
        scores?.lowerQuartile.text() ?? "–", scores?.upperQuartile.text() ?? "–",
        (scores?.genes ?? row.genes).grouped, scores?.constantGenes.grouped ?? "–",
        row.attainable.map { Optional($0.attainable).text() } ?? "",
        row.attainable?.share.percent ?? "",
      ])
    }
    let facts = rows.flatMap { row -> [String] in
      let value = row.normalization.map { "values \($0); " } ?? ""
      let places =
        row.scores == nil ? ["\(row.method): at \(row.spots.grouped) places, not scored"] : []
      return places + ["\(row.method): \(value)\(row.standing.rawValue); \(row.trainingProtocol)"]
        + row.notes.map { "\(row.method): \($0)" }
        + (row.output.map { ["\(row.method): wrote \($0)"] } ?? [])
    }
    return
      ([
        "Pearson's correlation with the counts of \(section.name) over \(section.spots.count) spots, "
          + "constant genes left out"
      ] + table.lines + facts
      + (rows.contains { $0.attainable != nil } ? AttainableShare.explanation.wrapped(to: 96) : []))
      .joined(separator: "\n")
  }
}

extension Workbench {
  /// A prediction's row of a table, scored on the section.
  public func summary(
    of prediction: Prediction, on section: LoadedSection, output: URL?
  ) -> PredictionSummary {
    let scores =
      prediction.denserSpots == nil
      ? scores(of: prediction, on: section, otherwise: section.normalization) : nil
    return PredictionSummary(
      method: prediction.method, section: section.section.name, spots: prediction.spotCount,
      genes: prediction.geneCount,
      normalization: prediction.normalization.map {
        "\($0.name): \($0.formula(panelSize: prediction.geneCount))"
      },
      trainingProtocol: prediction.origin?.summary ?? "protocol unknown",
      standing: prediction.origin?.standing(
        ofSection: section.section.name, patient: section.section.patient) ?? .unknown,
      origin: prediction.origin, fingerprint: section.fingerprint, version: Workbench.version,
      scores: scores?.summary, attainable: scores?.share, notes: prediction.notes,
      output: output?.path)
  }
}
