import Foundation

/// The texts that a safetensors file of ours carries beside its tensors, read key by key.
struct FileMetadata {
  private let file: TensorFile
  private let url: URL
  /// What to do with a file of others.
  private let importing: String

  init(_ file: TensorFile, _ url: URL, importing: String) {
    self.file = file
    self.url = url
    self.importing = importing
  }

  func contains(_ key: String) -> Bool { file.metadata[key] != nil }

  func text(_ key: String) throws(CheckpointError) -> String {
    guard file.format == .safetensors else {
      throw refused("is a PyTorch checkpoint. \(importing)")
    }
    guard case .string(let text)? = file.metadata[key] else {
      throw refused("is a plain safetensors file without \(key). \(importing)")
    }
    return text
  }

  func object(_ key: String) throws(CheckpointError) -> [String: JSON] {
    guard case .object(let members)? = JSON(text: try text(key)) else { throw damaged(key) }
    return members
  }

  /// Throws unless the file is of a version that is known here.
  func checkFormat(_ key: String, upTo newest: Int) throws(CheckpointError) {
    let format = try text(key)
    guard let version = Int(format), version > 0 else { throw damaged(key) }
    guard version <= newest else {
      throw refused("is of format \(version); this Eosin reads up to \(newest). Update Eosin.")
    }
  }

  func refused(_ problem: String) -> CheckpointError {
    CheckpointError(file: url.path, problem: problem)
  }

  func damaged(_ key: String) -> CheckpointError {
    refused("has a damaged \(key) in its metadata. Copy it again, or import it anew.")
  }
}
