import Foundation

/// The named tensors of a file and the plain values beside them.
public struct TensorFile: Sendable {
  /// How the tensors were stored.
  public enum Format: String, Sendable, Hashable {
    case safetensors
    /// A zip archive with a pickle, as `torch.save` writes since version 1.6.
    case torchZip
    /// Pickles followed by the storages, as `torch.save` wrote before.
    case torchLegacy
  }

  /// How the tensors were stored.
  public let format: Format
  /// The tensors, in the order of the file.
  public let tensors: [StoredTensor]
  /// The plain values beside the tensors, such as `epoch`; strings in a safetensors file.
  public let metadata: [String: JSON]
  /// What stood before every name and was taken off, such as `module.`; mostly empty.
  public let strippedPrefix: String
  /// The whole file.
  let source: ByteSource

  private let places: [String: Int]

  init(
    format: Format, tensors: [StoredTensor], metadata: [String: JSON],
    strippedPrefix: String = "", source: ByteSource
  ) {
    self.format = format
    self.tensors = tensors
    self.metadata = metadata
    self.strippedPrefix = strippedPrefix
    self.source = source
    places = Dictionary(
      tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Reads a `.safetensors` file or PyTorch's `.ckpt`, `.pt` and `.pth`, told apart by content.
  ///
  /// Nothing a file says is executed. The tensors are read from the mapped file when asked for.
  public init(reading url: URL) throws(CheckpointError) {
    self = try Self.read(try ByteSource(mapping: url))
  }

  static func read(_ source: ByteSource) throws(CheckpointError) -> TensorFile {
    let head = source.array(0..<min(9, source.count))
    if isSafetensors(head) { return try Safetensors.read(source) }
    if head.starts(with: Array("PK".utf8)) { return try TorchCheckpoint.readZip(source) }
    if head.first == 0x80 { return try TorchCheckpoint.readLegacy(source) }
    throw CheckpointError(
      file: source.file,
      problem: source.count == 0
        ? "is empty. Copy or download it again."
        : "is neither a safetensors file nor a PyTorch checkpoint. Name a .safetensors, .ckpt, "
          + ".pt or .pth file.")
  }

  /// A header of less than 4 GB that begins as JSON does; nothing else begins like that.
  private static func isSafetensors(_ head: [UInt8]) -> Bool {
    head.count == 9 && head[4..<8].allSatisfy { $0 == 0 } && head[8] == UInt8(ascii: "{")
  }

  /// The tensors' names, in the order of the file.
  public var names: [String] { tensors.map(\.name) }

  /// The tensor of a name.
  public subscript(name: String) -> StoredTensor? { places[name].map { tensors[$0] } }
}
