import Foundation
import Sections

/// Reads and writes the safetensors format: a size, a JSON header and the values.
///
/// Source: the format description of safetensors 0.4, whose limits are kept: a header of at most
/// 100 MB, values that fill the file without gaps or overlaps, no repeated names.
public enum Safetensors {
  static let headerLimit = 100_000_000
  static let metadataName = "__metadata__"

  /// Reads a file's header; the values stay in the mapped file.
  public static func read(_ url: URL) throws(CheckpointError) -> TensorFile {
    try read(try ByteSource(mapping: url))
  }

  static func read(_ source: ByteSource) throws(CheckpointError) -> TensorFile {
    func refused(_ problem: String) -> CheckpointError {
      CheckpointError(file: source.file, problem: problem)
    }
    guard source.count >= 8 else {
      throw refused(
        "has \(source.count) bytes, fewer than any safetensors file. Copy or download it again.")
    }
    let length = source.number(at: 0, as: UInt64.self)
    guard length <= UInt64(headerLimit) else {
      throw refused(
        "says its header has \(length) bytes, more than the \(headerLimit) allowed. It is damaged "
          + "or no safetensors file.")
    }
    let start = 8 + Int(length)
    guard start <= source.count else {
      throw refused(
        "says its header ends at byte \(start) and has \(source.count). It is cut short: copy or "
          + "download it again.")
    }
    var reader = JSONReader(source.array(8..<start))
    do {
      let header = try Header(&reader)
      let tensors = try header.tensors(from: source, start: start)
      return TensorFile(
        format: .safetensors, tensors: tensors, metadata: header.metadata.mapValues(JSON.string),
        source: source)
    } catch let error as JSONError {
      throw refused(
        "is damaged: its header should have \(error.expected) at byte \(8 + error.byte). Copy or download "
          + "it again.")
    } catch let error as CheckpointError {
      throw error
    } catch {
      throw refused("cannot be read (\(error)).")
    }
  }

  /// Writes tensors and metadata whole or not at all, piece by piece.
  ///
  /// Wide types come first, then names in byte order, as safetensors' own writer does: the same
  /// tensors give the same bytes.
  /// - Throws: when two tensors share a name, one is called `__metadata__`, or the file cannot be
  ///   written.
  public static func write(
    _ tensors: [StoredTensor], metadata: [String: String] = [:], to url: URL, replacing: Bool
  ) throws(CheckpointError) {
    let layout = try Layout(tensors, metadata: metadata, file: url.path)
    do throws(SectionError) {
      try StreamedFile.write(to: url, replacing: replacing) { file throws(SectionError) in
        try unsafe layout.forEachPiece { piece throws(SectionError) in
          try unsafe file.append(piece)
        }
      }
    } catch {
      throw CheckpointError(file: error.file, problem: error.problem)
    }
  }
}

/// What a header says, before it is compared with the file.
private struct Header {
  private struct Entry {
    var name: String
    var type: String
    var shape: [Int]
    var start: Int
    var end: Int
  }

  private(set) var metadata: [String: String] = [:]
  private var entries: [Entry] = []

  init(_ reader: inout JSONReader) throws(JSONError) {
    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    try reader.object { (reader, name) throws(JSONError) in
      if name == Safetensors.metadataName {
        try reader.object { (reader, key) throws(JSONError) in
          metadata[key] = try reader.string()
        }
      } else {
        entries.append(try Self.entry(name, &reader))
      }
    }
    try reader.end()
    self.metadata = metadata
    self.entries = entries
  }

  private static func entry(_ name: String, _ reader: inout JSONReader) throws(JSONError) -> Entry {
    var type: String?
    var shape: [Int]?
    var offsets: [Int] = []
    try reader.object { (reader, key) throws(JSONError) in
      switch key {
      case "dtype": type = try reader.string()
      case "shape": shape = try Self.sizes(&reader, limit: 64)
      case "data_offsets": offsets = try Self.sizes(&reader, limit: 2)
      default: _ = try reader.value()
      }
    }
    // A missing part is found missing where the entry ends.
    guard let type, let shape, offsets.count == 2 else {
      throw reader.missing("dtype, shape and two data_offsets of \(quoted(name))")
    }
    return Entry(name: name, type: type, shape: shape, start: offsets[0], end: offsets[1])
  }

  private static func sizes(_ reader: inout JSONReader, limit: Int) throws(JSONError) -> [Int] {
    var sizes: [Int] = []
    try reader.array { (reader) throws(JSONError) in
      guard sizes.count < limit else { throw reader.missing("an end after \(limit) numbers") }
      sizes.append(try reader.size())
    }
    return sizes
  }

  func tensors(from source: ByteSource, start: Int) throws(CheckpointError) -> [StoredTensor] {
    func refused(_ entry: Entry, _ problem: String) -> CheckpointError {
      CheckpointError(file: source.file, problem: "\(quoted(entry.name)) \(problem)")
    }
    let room = source.count - start
    var end = 0
    var tensors: [StoredTensor] = []
    let inOrder = entries.sorted {
      ($0.start, $0.end) == ($1.start, $1.end)
        ? isBefore($0.name, $1.name) : ($0.start, $0.end) < ($1.start, $1.end)
    }
    for entry in inOrder {
      guard let type = ScalarType(safetensorsName: entry.type) else {
        throw refused(
          entry,
          "holds values of type \(quoted(entry.type)), which Eosin does not read. Convert "
            + "it to F32.")
      }
      guard let count = valueCount(entry.shape) else {
        throw refused(entry, "has a shape larger than any memory. The file is damaged.")
      }
      guard entry.start == end, entry.end >= entry.start else {
        throw refused(
          entry,
          "lies at bytes \(entry.start) to \(entry.end) where byte \(end) is next. The file is "
            + "damaged.")
      }
      guard entry.end <= room else {
        throw refused(
          entry,
          "ends at byte \(entry.end) of \(room). The file is cut short: copy or download it "
            + "again.")
      }
      guard entry.end - entry.start == count * type.byteCount else {
        throw refused(
          entry,
          "has \(entry.end - entry.start) bytes for shape \(entry.shape) of \(entry.type). "
            + "The file is damaged.")
      }
      tensors.append(
        StoredTensor(
          name: entry.name, shape: entry.shape, type: type, source: source,
          start: start + entry.start))
      end = entry.end
    }
    guard end == room else {
      throw CheckpointError(
        file: source.file,
        problem: "has \(room - end) bytes after its last tensor. It is damaged: copy or download "
          + "it again.")
    }
    return tensors
  }
}

/// A safetensors file about to be written.
struct Layout {
  private let header: [UInt8]
  private let tensors: [StoredTensor]

  init(_ tensors: [StoredTensor], metadata: [String: String], file: String) throws(CheckpointError)
  {
    self.tensors = tensors.sorted {
      $0.type == $1.type
        ? isBefore($0.name, $1.name) : $0.type.safetensorsRank > $1.type.safetensorsRank
    }
    var parts: [String] = []
    if !metadata.isEmpty {
      let object = JSON.object(metadata.mapValues(JSON.string))
      parts.append(JSON.escaped(Safetensors.metadataName) + ":" + object.text)
    }
    var names: Set<String> = [Safetensors.metadataName]
    var end = 0
    for tensor in self.tensors {
      guard names.insert(tensor.name).inserted else {
        throw CheckpointError(
          file: file,
          problem: "is not written: two tensors are called \(quoted(tensor.name)). Rename one.")
      }
      let next = end + tensor.byteCount
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      parts.append(
        JSON.escaped(tensor.name) + ":{\"dtype\":\"\(tensor.type.safetensorsName)\",\"shape\":["
          + shape + "],\"data_offsets\":[\(end),\(next)]}")
      end = next
    }
    var text = Array("{\(parts.joined(separator: ","))}".utf8)
    text += Array(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    guard text.count <= Safetensors.headerLimit else {
      throw CheckpointError(
        file: file,
        problem: "is not written: its header would exceed \(Safetensors.headerLimit) bytes. Store "
          + "less metadata.")
    }
    header = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text
  }

  /// The file's bytes, in order.
  func forEachPiece<Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    // Safety: each pointer is used within its closure.
    try unsafe header.withUnsafeBufferPointer { (bytes) throws(Failure) -> Void in
      try unsafe body(UnsafeRawBufferPointer(bytes))
    }
    for tensor in tensors { try unsafe tensor.withPackedBytes(body) }
  }
}
