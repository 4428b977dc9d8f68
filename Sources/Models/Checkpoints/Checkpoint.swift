import Foundation
import Sections

/// A trained model in one file: its weights and all that predicting with it takes.
///
/// A safetensors file whose metadata holds, each as text:
///
/// | key | value |
/// |---|---|
/// | `eosin.format` | `1`, the version of this table |
/// | `eosin.model` | the model's name in the catalog |
/// | `eosin.configuration` | a JSON object, the model's configuration |
/// | `eosin.genes` | a JSON array of gene symbols, in the order of the outputs |
/// | `eosin.normalization` | a JSON object, what the expression was normalized to |
/// | `eosin.protocol` | a JSON object, how it was trained |
public struct Checkpoint: TrainedFile {
  /// The version of the keys written here.
  public static let formatVersion = 1

  /// The model's name in the catalog, such as `thitogene`.
  public var modelName: String
  /// The model's configuration; `JSON.decoded` makes the model's own type of it.
  public var configuration: [String: JSON]
  /// The symbols of the genes it predicts, in the order of its outputs, none twice.
  public var genes: [String]
  /// The normalization of the expression it was trained on.
  public var normalization: Normalization
  /// How it was trained: sections, patients, seed, epochs and what else is known.
  public var trainingProtocol: [String: JSON]
  /// The weights.
  public var tensors: [StoredTensor]

  /// Makes a checkpoint of its parts.
  public init(
    modelName: String, configuration: [String: JSON], genes: [String],
    normalization: Normalization, trainingProtocol: [String: JSON], tensors: [StoredTensor]
  ) {
    self.modelName = modelName
    self.configuration = configuration
    self.genes = genes
    self.normalization = normalization
    self.trainingProtocol = trainingProtocol
    self.tensors = tensors
  }

  /// Reads a checkpoint; the weights stay in the mapped file until they are asked for.
  /// - Throws: for a file that is no safetensors, or one that Eosin did not write.
  public init(reading url: URL) throws(CheckpointError) {
    let file = try TensorFile(reading: url)
    let metadata = FileMetadata(
      file, url,
      importing: "Import it: eosin model import \(url.lastPathComponent) --model NAME --genes LIST."
    )
    if metadata.contains(EncoderCheckpoint.Key.encoder.rawValue) {
      throw metadata.refused(
        "holds an encoder, which predicts nothing by itself. Train a model on top of it.")
    }
    if metadata.contains(TumourCheckpoint.Key.tumour.rawValue) {
      throw metadata.refused(
        "holds tumour regions, not gene expression: map them with 'eosin tumour --model', or show "
          + "them with --tumour.")
    }
    try metadata.checkFormat(Key.format.rawValue, upTo: Self.formatVersion)
    func text(_ key: Key) throws(CheckpointError) -> String { try metadata.text(key.rawValue) }
    func object(_ key: Key) throws(CheckpointError) -> [String: JSON] {
      try metadata.object(key.rawValue)
    }
    func damaged(_ key: Key) -> CheckpointError { metadata.damaged(key.rawValue) }
    guard case .array(let symbols)? = JSON(text: try text(.genes)) else { throw damaged(.genes) }
    let genes = symbols.compactMap { symbol in
      if case .string(let symbol) = symbol { symbol } else { nil }
    }
    guard genes.count == symbols.count, Set(genes).count == genes.count else {
      throw damaged(.genes)
    }
    guard
      let normalization = try? JSON.object(try object(.normalization))
        .decoded(as: Normalization.self)
    else { throw damaged(.normalization) }
    self.init(
      modelName: try text(.model), configuration: try object(.configuration), genes: genes,
      normalization: normalization, trainingProtocol: try object(.trainingProtocol),
      tensors: file.tensors)
  }

  /// Writes the checkpoint whole or not at all; equal checkpoints give equal files.
  public func write(to url: URL, replacing: Bool) throws(CheckpointError) {
    try Safetensors.write(tensors, metadata: metadata, to: url, replacing: replacing)
  }

  /// The tensor of a name.
  public subscript(name: String) -> StoredTensor? { tensors.first { $0.name == name } }

  /// The 64-bit xxHash of the file that `write` makes, such as `xxh64:d24ec4f1a98c6e5b`.
  ///
  /// Reads every weight. Names cached predictions; it is no proof against a forged file.
  /// - Throws: when two tensors share a name, as `write` does.
  public func fingerprint() throws(CheckpointError) -> String {
    try fingerprint(metadata, file: modelName)
  }

  enum Key: String {
    case format = "eosin.format"
    case model = "eosin.model"
    case configuration = "eosin.configuration"
    case genes = "eosin.genes"
    case normalization = "eosin.normalization"
    case trainingProtocol = "eosin.protocol"
  }

  private var metadata: [String: String] {
    var parts: [String: JSON] = [
      "name": .string(normalization.name), "library": .string(normalization.library.rawValue),
      "logarithm": .string(normalization.logarithm.rawValue),
    ]
    parts["target"] = normalization.target.map(JSON.number)
    parts["pseudocount"] = normalization.pseudocount.map(JSON.number)
    let texts: [Key: String] = [
      .format: String(Self.formatVersion), .model: modelName,
      .configuration: JSON.object(configuration).text,
      .genes: JSON.array(genes.map(JSON.string)).text, .normalization: JSON.object(parts).text,
      .trainingProtocol: JSON.object(trainingProtocol).text,
    ]
    return Dictionary(uniqueKeysWithValues: texts.map { ($0.rawValue, $1) })
  }
}
