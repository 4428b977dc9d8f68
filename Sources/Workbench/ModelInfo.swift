import Foundation
import Models
import Sections

/// What `eosin model info` and `verify` say of a checkpoint.
public struct ModelInfo: Sendable, Codable {
  /// The file's path.
  public let file: String
  /// The model's name in the catalog.
  public let model: String
  /// What people call it.
  public let title: String
  /// Where it was published.
  public let source: String
  /// The configuration's values by name.
  public let configuration: [String: String]
  /// The genes predicted, in the order of the outputs.
  public let genes: [String]
  /// The normalization's name and formula.
  public let normalization: String
  /// How it was trained, as far as the file tells.
  public let trainingProtocol: String
  /// The protocol's card, where it was trained here as a network; else empty.
  public let card: [TrainingReport.CardLine]
  /// Numbers that training moves or counts.
  public let parameters: Int
  /// The weights' size in bytes.
  public let byteCount: Int
  /// The 64-bit hash that cached predictions are named by.
  public let fingerprint: String

  init(_ opened: OpenModel) {
    let checkpoint = opened.checkpoint
    file = opened.url.path
    model = opened.entry.name
    title = opened.entry.title
    source = opened.entry.source
    configuration = checkpoint.configuration.mapValues { value in
      if case .string(let text) = value { text } else { value.text }
    }
    genes = checkpoint.genes
    normalization =
      "\(checkpoint.normalization.name): "
      + checkpoint.normalization.formula(panelSize: checkpoint.genes.count)
    trainingProtocol = checkpoint.protocolSummary
    card = (TrainingProtocol(checkpoint.trainingProtocol)?.card ?? []).map {
      .init(label: $0.label, text: $0.text)
    }
    parameters = checkpoint.tensors.reduce(0) { $0 + $1.count }
    byteCount = checkpoint.tensors.reduce(0) { $0 + $1.byteCount }
    fingerprint = opened.fingerprint
  }

  /// The same as lines of text.
  public var text: String {
    let first = genes.prefix(5).joined(separator: ", ")
    let settings = configuration.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let lines = [
      ("published", source),
      ("sizes", settings.joined(separator: ", ")),
      ("genes", "\(genes.count.grouped): \(first)\(genes.count > 5 ? ", …" : "")"),
      ("values", normalization),
      ("protocol", trainingProtocol),
    ]
    let rest = [
      (
        "weights",
        "\(parameters.grouped) numbers, \((Double(byteCount) / 1e6).formatted(decimals: 1)) MB"
      ),
      ("print", fingerprint),
    ]
    return
      (["\(title) (\(model)), \(file)"]
      + (lines + card.map { ($0.label, $0.text) } + rest).map {
        "  \($0.0.fitted(to: 10)) \($0.1)"
      }).joined(separator: "\n")
  }
}

extension Double {
  fileprivate func formatted(decimals: Int) -> String { String(format: "%.\(decimals)f", self) }
}
