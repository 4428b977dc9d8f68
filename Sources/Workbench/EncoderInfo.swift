import Foundation
import Models

/// What Eosin says of an encoder's file.
public struct EncoderInfo: Sendable, Codable {
  /// The file's path.
  public let file: String
  /// The encoder's name in the catalog.
  public let encoder: String
  /// What people call it.
  public let title: String
  /// Where it was published.
  public let source: String
  /// The configuration's values by name.
  public let configuration: [String: String]
  /// Which encoder it is and where its weights come from, with their hash.
  public let origin: String
  /// Numbers in its weights.
  public let parameters: Int
  /// The weights' size in bytes.
  public let byteCount: Int

  init(_ checkpoint: EncoderCheckpoint, at url: URL) throws(CheckpointError) {
    file = url.path
    encoder = checkpoint.settings.name
    title = checkpoint.settings.entry?.title ?? checkpoint.settings.name
    source = checkpoint.settings.entry?.source ?? ""
    configuration = checkpoint.settings.values.mapValues { value in
      if case .string(let text) = value { text } else { value.text }
    }
    origin = checkpoint.summary(fingerprint: try checkpoint.fingerprint(file: url.path))
    parameters = checkpoint.tensors.reduce(0) { $0 + $1.count }
    byteCount = checkpoint.tensors.reduce(0) { $0 + $1.byteCount }
  }

  /// The same as lines of text.
  public var text: String {
    let settings = configuration.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let lines = [
      ("published", source), ("sizes", settings.joined(separator: ", ")), ("origin", origin),
      (
        "weights",
        "\(parameters.grouped) numbers, \(String(format: "%.1f", Double(byteCount) / 1e6)) MB"
      ),
    ]
    return
      (["\(title) (\(encoder)), an encoder, \(file)"]
      + lines.map { "  \($0.0.fitted(to: 10)) \($0.1)" }).joined(separator: "\n")
  }
}
