import Foundation
import Sections
import TensorCore

/// An encoder in one file: its weights, its sizes and where it comes from.
///
/// A safetensors file whose metadata holds, each as text:
///
/// | key | value |
/// |---|---|
/// | `eosin.format` | `1`, the version of this table |
/// | `eosin.encoder` | the encoder's name in the catalog |
/// | `eosin.configuration` | a JSON object, the encoder's configuration |
/// | `eosin.origin` | a JSON object, the file it was imported from or how it was trained |
public struct EncoderCheckpoint: Sendable {
  /// The version of the keys written here.
  public static let formatVersion = 1

  /// The encoder and its configuration.
  public var settings: EncoderSettings
  /// Where it comes from: `importedFrom`, or `summary` and what else a training tells.
  public var origin: [String: JSON]
  /// The weights, under the authors' names.
  public var tensors: [StoredTensor]

  /// Makes a checkpoint of its parts.
  public init(settings: EncoderSettings, origin: [String: JSON], tensors: [StoredTensor]) {
    self.settings = settings
    self.origin = origin
    self.tensors = tensors
  }

  /// An encoder as it is before training: what it makes of a patch tells patches apart, and nothing
  /// more.
  public init(untrained settings: EncoderSettings, seed: Int) {
    var parameters = Parameters(
      generator: SeededGenerator(seed: UInt64(bitPattern: Int64(seed))))
    _ = settings.encoder(&parameters)
    self.init(
      settings: settings,
      origin: ["summary": .string("weights by chance, seed \(seed)"), "seed": .integer(seed)],
      tensors: parameters.declarations.map { declaration in
        StoredTensor(name: declaration.name, parameters.values[declaration.name]!)  // Declared.
      })
  }

  /// Reads a checkpoint; the weights stay in the mapped file until they are asked for.
  ///
  /// - Throws: for a file that is no safetensors, one that Eosin did not write, a model's, and one
  ///   whose weights, sizes and encoder do not fit each other.
  public init(reading url: URL) throws(CheckpointError) {
    let file = try TensorFile(reading: url)
    let metadata = FileMetadata(
      file, url, importing: "Import it: eosin model import \(url.lastPathComponent).")
    for (key, what) in [
      (Checkpoint.Key.model.rawValue, "a model"),
      (TumourCheckpoint.Key.tumour.rawValue, "tumour regions"),
    ] where metadata.contains(key) {
      throw metadata.refused("holds \(what), not an encoder. Name the file of an encoder.")
    }
    try metadata.checkFormat(Key.format.rawValue, upTo: Self.formatVersion)
    let name = try metadata.text(Key.encoder.rawValue)
    guard let entry = encoderCatalog.first(where: { $0.name == name }) else {
      let names = encoderCatalog.map(\.name).joined(separator: ", ")
      throw metadata.refused(
        "needs another Eosin: there is no encoder \(quoted(name)) among \(names).")
    }
    settings = try entry.encoder.settings(
      try metadata.object(Key.configuration.rawValue), of: file.tensors, file: url.path)
    origin = try metadata.object(Key.origin.rawValue)
    tensors = file.tensors
  }

  /// Writes the checkpoint whole or not at all; equal checkpoints give equal files.
  public func write(to url: URL, replacing: Bool) throws(CheckpointError) {
    let texts: [Key: String] = [
      .format: String(Self.formatVersion), .encoder: settings.name,
      .configuration: JSON.object(settings.values).text, .origin: JSON.object(origin).text,
    ]
    try Safetensors.write(
      tensors, metadata: Dictionary(uniqueKeysWithValues: texts.map { ($0.rawValue, $1) }),
      to: url, replacing: replacing)
  }

  /// The encoder, its weights left in the mapped file where they lie there as `Float`.
  ///
  /// - Parameter file: the checkpoint's path, for messages.
  public func encoder(file: String) throws(CheckpointError) -> any TileEncoder {
    let weights = try weights(file: file)
    var parameters = Parameters(weights: weights)
    return settings.encoder(&parameters)
  }

  /// What a model is trained with on top of this encoder: its weights as the model's checkpoint
  /// names them, for `TrainingRun`'s `fixed`; ``settings`` go into the model's configuration.
  ///
  /// - Parameters:
  ///   - file: the checkpoint's path, for messages.
  ///   - prefix: what the model's names for them begin with.
  public func frozen(
    file: String, under prefix: String = FrozenEncoder.prefix
  ) throws(CheckpointError) -> [String: Tensor] {
    let weights = try weights(file: file)
    return Dictionary(uniqueKeysWithValues: weights.map { ("\(prefix)\($0)", $1) })
  }

  /// The hash of encoder and weights, as ``FrozenEncoder/fingerprint`` gives it.
  public func fingerprint(file: String) throws(CheckpointError) -> String {
    var parameters = Parameters(listing: (), given: try frozen(file: file))
    return FrozenEncoder(settings, &parameters).fingerprint
  }

  /// Which encoder it is and where it comes from, in one line for a model's protocol.
  public func summary(fingerprint: String) -> String {
    let title = settings.entry?.title ?? settings.name
    let words: String
    if case .string(let summary)? = origin["summary"] {
      words = summary
    } else if case .string(let file)? = origin["importedFrom"] {
      words = "imported from \(file)"
    } else {
      words = "of unknown origin"
    }
    return "\(title), \(words), xxh64:\(fingerprint)"
  }

  enum Key: String {
    case format = "eosin.format"
    case encoder = "eosin.encoder"
    case configuration = "eosin.configuration"
    case origin = "eosin.origin"
  }

  private func weights(file: String) throws(CheckpointError) -> [String: Tensor] {
    guard let entry = settings.entry else {
      throw CheckpointError(
        file: file, problem: "needs another Eosin: there is no encoder \(quoted(settings.name)).")
    }
    try entry.encoder.check(settings.values, tensors, file: file)
    return Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.tensor()) })
  }
}

extension TileEncoder {
  /// The settings that a file of ours names, compared with its weights.
  fileprivate static func settings(
    _ members: [String: JSON], of tensors: [StoredTensor], file: String
  ) throws(CheckpointError) -> EncoderSettings {
    EncoderSettings(Self.self, try configuration(members, of: tensors, file: file))
  }

  /// Throws unless the weights are those of an encoder of these values.
  fileprivate static func check(
    _ values: [String: JSON], _ tensors: [StoredTensor], file: String
  ) throws(CheckpointError) {
    _ = try network(
      try configuration(values, of: tensors, file: file), of: tensors, file: file)
  }
}
