import Drawing
import Foundation
import Models
import Sections

/// What Eosin says of a file that maps tumour regions.
public struct TumourModelInfo: Sendable, Codable {
  /// The file's path.
  public let file: String
  /// `tumour`, where a model of the catalog has its name.
  public let model: String
  /// What people call it.
  public let title: String
  /// The labels that count as tumour.
  public let tumour: [String]
  /// The configuration's values by name.
  public let configuration: [String: String]
  /// How it was trained in one line.
  public let trainingProtocol: String
  /// The protocol's card.
  public let card: [TrainingReport.CardLine]
  /// Numbers in its weights.
  public let parameters: Int
  /// The weights' size in bytes.
  public let byteCount: Int
  /// The 64-bit hash that cached maps are named by.
  public let fingerprint: String

  init(_ checkpoint: TumourCheckpoint, at url: URL) throws(CheckpointError) {
    file = url.path
    (model, title) = (TumourCheckpoint.name, TumourCheckpoint.title)
    tumour = checkpoint.categories
    configuration = checkpoint.configuration.members.mapValues { value in
      if case .string(let text) = value { text } else { value.text }
    }
    trainingProtocol = checkpoint.protocolSummary
    card = (TrainingProtocol(checkpoint.trainingProtocol)?.card ?? []).map {
      .init(label: $0.label, text: $0.text)
    }
    parameters = checkpoint.tensors.reduce(0) { $0 + $1.count }
    byteCount = checkpoint.tensors.reduce(0) { $0 + $1.byteCount }
    fingerprint = try checkpoint.fingerprint()
  }

  /// The same as lines of text.
  public var text: String {
    let settings = configuration.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let lines =
      [
        ("published", HiST.entry.source), ("sizes", settings.joined(separator: ", ")),
        ("maps", "how likely each spot is tumour (\(tumour.joined(separator: ", "))); no genes"),
        ("protocol", trainingProtocol),
      ] + card.map { ($0.label, $0.text) }
      + [
        (
          "weights",
          "\(parameters.grouped) numbers, \(String(format: "%.1f", Double(byteCount) / 1e6)) MB"
        ), ("print", fingerprint),
      ]
    return (["\(title), \(file)"] + lines.map { "  \($0.0.fitted(to: 10)) \($0.1)" })
      .joined(separator: "\n")
  }
}
