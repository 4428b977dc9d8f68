import Foundation
import Sections

extension EncoderCheckpoint {
  /// Makes a checkpoint of a file that other software wrote, such as CTransPath's `.pth` or
  /// open_clip's, whose text half is left out.
  ///
  /// Where the encoder's weights stand among others, and after which prefix, is told by a parameter
  /// that no other network has. The configuration is read off the shapes; what they do not tell has
  /// the authors' values unless `settings` says otherwise.
  ///
  /// - Parameters:
  ///   - entry: the encoder; nil takes the one that the file holds.
  ///   - settings: values of the configuration by name, such as `scaling`.
  /// - Throws: where no encoder is in the file, or several are, and with the names that are missing,
  ///   not expected or of another shape.
  public init(
    importing file: TensorFile, from url: URL, as entry: EncoderEntry? = nil,
    settings: [String: JSON] = [:]
  ) throws(CheckpointError) {
    func refused(_ problem: String) -> CheckpointError {
      CheckpointError(file: url.path, problem: problem)
    }
    let places = (entry.map { [$0] } ?? encoderCatalog).flatMap { entry in
      entry.prefixes(in: file.names).map { (entry: entry, prefix: $0) }
    }
    guard let place = places.first else {
      let known = (entry.map { [$0] } ?? encoderCatalog).map { "\($0.name) (by \($0.anchor))" }
      throw refused(
        "has no weights of \(known.joined(separator: " or ")). Name the file that the encoder's "
          + "authors published.")
    }
    guard places.count == 1 else {
      let found = places.map { "\($0.entry.name) under \(quoted($0.prefix))" }
      throw refused(
        "holds several encoders: \(found.joined(separator: ", ")). Say which with --model, or "
          + "save one of them alone.")
    }
    let tensors = place.entry.parameters(of: file.tensors, under: place.prefix)
    self.settings = try place.entry.encoder.settings(
      importing: tensors, settings: settings, file: url.path)
    origin = ["importedFrom": .string(url.lastPathComponent)]
    self.tensors = tensors
  }
}

extension EncoderEntry {
  /// What stands before the encoder's names in a file, for each encoder of this kind that it holds.
  func prefixes(in names: [String]) -> [String] {
    names.filter { $0 == anchor || $0.hasSuffix(".\(anchor)") }
      .map { String($0.dropLast(anchor.count)) }
  }

  /// The encoder's own tensors out of a file's, under the authors' names.
  fileprivate func parameters(of tensors: [StoredTensor], under prefix: String) -> [StoredTensor] {
    tensors.filter { tensor in
      tensor.name.hasPrefix(prefix) && !derived.contains { tensor.name.hasSuffix($0) }
    }.map { $0.renamed(String($0.name.dropFirst(prefix.count))) }
  }
}

extension TileEncoder {
  fileprivate static func settings(
    importing tensors: [StoredTensor], settings: [String: JSON], file: String
  ) throws(CheckpointError) -> EncoderSettings {
    EncoderSettings(
      Self.self, try configuration(importing: tensors, settings: settings, file: file))
  }
}

extension TensorFile {
  /// The tensors with those of an encoder, under the names that a model has for them; what the file has
  /// of an encoder itself is left out.
  func beside(_ encoder: EncoderCheckpoint) -> TensorFile {
    let own = tensors.filter { !$0.name.hasPrefix(FrozenEncoder.prefix) }
    let others = encoder.tensors.map { $0.renamed(FrozenEncoder.prefix + $0.name) }
    return TensorFile(
      format: format, tensors: own + others, metadata: metadata, strippedPrefix: strippedPrefix,
      source: source)
  }
}
