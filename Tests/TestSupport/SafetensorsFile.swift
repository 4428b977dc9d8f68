import Foundation

/// A `.safetensors` file of goldens: named arrays with their shapes.
///
/// Trusts the file, as only tests read it; everything is checked by traps.
public struct SafetensorsFile {
  private struct Entry: Decodable {
    var dtype: String
    var shape: [Int]
    var dataOffsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case dataOffsets = "data_offsets"
    }
  }

  private let entries: [String: Entry]
  private let bytes: [UInt8]

  /// Reads the whole file.
  public init(_ url: URL) throws { try self.init(try Data(contentsOf: url)) }

  /// Takes a file's content.
  public init(_ content: Data) throws {
    let file = [UInt8](content)
    let length = file[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    var header =
      try JSONSerialization.jsonObject(with: Data(file[8..<8 + length])) as? [String: Any] ?? [:]
    header["__metadata__"] = nil
    entries = try JSONDecoder().decode(
      [String: Entry].self, from: try JSONSerialization.data(withJSONObject: header))
    bytes = Array(file[(8 + length)...])
  }

  /// The arrays' names, sorted.
  public var names: [String] { entries.keys.sorted() }

  /// An array's shape.
  public func shape(_ name: String) -> [Int] { entries[name]!.shape }

  /// The array as it lies in the file, row-major; `Element` must be of the file's type.
  public func array<Element: BitwiseCopyable>(_ name: String, as type: Element.Type) -> [Element] {
    let entry = entries[name]!
    precondition(
      entry.dtype == Self.typeNames[ObjectIdentifier(type)], "\(name) is \(entry.dtype)")
    let slice = Array(bytes[entry.dataOffsets[0]..<entry.dataOffsets[1]])
    return slice.withUnsafeBytes { bytes in
      (0..<bytes.count / MemoryLayout<Element>.size).map {
        bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.size, as: type)
      }
    }
  }

  private static let typeNames: [ObjectIdentifier: String] = [
    ObjectIdentifier(Float.self): "F32", ObjectIdentifier(Double.self): "F64",
    ObjectIdentifier(Int64.self): "I64", ObjectIdentifier(Int32.self): "I32",
    ObjectIdentifier(Float16.self): "F16", ObjectIdentifier(UInt16.self): "U16",
    ObjectIdentifier(UInt8.self): "U8",
  ]
}
