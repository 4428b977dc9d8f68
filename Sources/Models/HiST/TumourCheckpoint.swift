import Foundation
import Sections
import TensorCore

/// A network that maps tumour in one file: its weights, the encoder's among them, and all that mapping
/// a section with it takes.
///
/// A safetensors file whose metadata holds, each as text:
///
/// | key | value |
/// |---|---|
/// | `eosin.format` | `1`, the version of this table |
/// | `eosin.tumour` | a JSON array of the labels that count as tumour |
/// | `eosin.configuration` | a JSON object, HiST's configuration |
/// | `eosin.protocol` | a JSON object, how it was trained |
public struct TumourCheckpoint: TrainedFile {
  /// The version of the keys written here.
  public static let formatVersion = 1

  /// The network's sizes, with one output.
  public let configuration: HiST.Configuration
  /// The labels that count as tumour, in alphabetical order.
  public let categories: [String]
  /// How it was trained: sections, patients, seed, epochs and what else is known.
  public let trainingProtocol: [String: JSON]
  /// The weights, under the names of the authors' checkpoints and the encoder's prefix.
  public let tensors: [StoredTensor]

  /// Makes a checkpoint of a network that was trained.
  public init(
    _ network: HiSTTumour, categories: [String], trainingProtocol: [String: JSON]
  ) {
    configuration = network.configuration
    self.categories = categories.sorted()
    self.trainingProtocol = trainingProtocol
    tensors = HiST.declarations(configuration).map { declaration in
      // A network has all that it declares.
      StoredTensor(name: declaration.name, network.weights[declaration.name]!)
    }
  }

  /// Reads a checkpoint; the weights stay in the mapped file until they are asked for.
  ///
  /// - Throws: for a file that Eosin did not write, one of something else, and one whose weights and
  ///   sizes do not fit each other.
  public init(reading url: URL) throws(CheckpointError) {
    let file = try TensorFile(reading: url)
    let metadata = FileMetadata(
      file, url, importing: "Train a network for tumour regions: eosin train tumour.")
    for (key, what) in [
      (Checkpoint.Key.model.rawValue, "a model of gene expression"),
      (EncoderCheckpoint.Key.encoder.rawValue, "an encoder"),
    ] where metadata.contains(key) {
      throw metadata.refused(
        "holds \(what), which maps no tumour. Name a file that 'eosin train tumour' wrote.")
    }
    try metadata.checkFormat(Key.format.rawValue, upTo: Self.formatVersion)
    guard case .array(let names)? = JSON(text: try metadata.text(Key.tumour.rawValue)) else {
      throw metadata.damaged(Key.tumour.rawValue)
    }
    categories = names.compactMap { if case .string(let name) = $0 { name } else { nil } }
    guard !names.isEmpty, categories.count == names.count else {
      throw metadata.damaged(Key.tumour.rawValue)
    }
    configuration = try HiST.configuration(
      try metadata.object(Key.configuration.rawValue), of: file.tensors, file: url.path)
    guard configuration.genes == 1 else {
      throw metadata.refused(
        "has \(configuration.genes) outputs, and tumour is one. Copy it again, or train it anew.")
    }
    trainingProtocol = try metadata.object(Key.trainingProtocol.rawValue)
    tensors = file.tensors
  }

  /// Whether a file says that it is such a checkpoint, sound or not.
  public static func isOne(_ url: URL) -> Bool {
    (try? TensorFile(reading: url))?.metadata[Key.tumour.rawValue] != nil
  }

  /// Writes the checkpoint whole or not at all; equal checkpoints give equal files.
  public func write(to url: URL, replacing: Bool) throws(CheckpointError) {
    try Safetensors.write(tensors, metadata: metadata, to: url, replacing: replacing)
  }

  /// The network, its weights left in the mapped file where they lie there as `Float`.
  ///
  /// - Parameter file: the checkpoint's path, for messages.
  public func network(file: String) throws(CheckpointError) -> HiSTTumour {
    HiSTTumour(
      try HiST.network(configuration, of: tensors, file: file),
      weights: Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.tensor()) }))
  }

  /// The 64-bit xxHash of the file that `write` makes; see ``Checkpoint/fingerprint()``.
  public func fingerprint() throws(CheckpointError) -> String {
    try fingerprint(metadata, file: Self.name)
  }

  /// What commands call the task.
  public static let name = "tumour"
  /// What people call the network.
  public static let title = "HiST, tumour regions"

  enum Key: String {
    case format = "eosin.format"
    case tumour = "eosin.tumour"
    case configuration = "eosin.configuration"
    case trainingProtocol = "eosin.protocol"
  }

  private var metadata: [String: String] {
    let texts: [Key: String] = [
      .format: String(Self.formatVersion),
      .tumour: JSON.array(categories.map(JSON.string)).text,
      .configuration: JSON.object(configuration.members).text,
      .trainingProtocol: JSON.object(trainingProtocol).text,
    ]
    return Dictionary(uniqueKeysWithValues: texts.map { ($0.rawValue, $1) })
  }
}
