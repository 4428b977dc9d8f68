/// What is wrong with a Parquet file, as a sentence without its name.
struct ParquetProblem: Error {
  var sentence: String

  init(_ sentence: String) { self.sentence = sentence }

  /// For whatever contradicts itself.
  static func damaged(_ what: String) -> Self { Self("is damaged: \(what). Copy it again.") }
}

/// A value in Thrift's compact protocol, which Parquet's metadata is written in.
indirect enum ThriftValue {
  /// Booleans are 0 and 1.
  case integer(Int64)
  case bytes(ArraySlice<UInt8>)
  /// Lists and sets.
  case list([ThriftValue])
  /// A structure's fields by their number.
  case fields([Int: ThriftValue])
  /// Doubles, maps and identifiers, which Parquet's metadata does not need.
  case skipped

  var integer: Int? {
    if case .integer(let value) = self { Int(value) } else { nil }
  }
  var list: [ThriftValue]? {
    if case .list(let values) = self { values } else { nil }
  }
  var fields: [Int: ThriftValue]? {
    if case .fields(let values) = self { values } else { nil }
  }
  var text: String? {
    if case .bytes(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
  }
}

/// Reads structures in Thrift's compact protocol (the specification's `thrift-compact-protocol.md`).
///
/// Nothing is allocated for a length before that many bytes are seen to be there, and structures
/// nest ten deep at most.
struct ThriftReader {
  private let bytes: ArraySlice<UInt8>
  /// The index of the next byte.
  private(set) var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  private enum Kind: UInt8 {
    case yes = 1
    case no, byte, int16, int32, int64, double, binary, list, set, map, structure, uuid
  }

  /// One structure: its fields by number.
  mutating func structure(depth: Int = 0) throws(ParquetProblem) -> [Int: ThriftValue] {
    guard depth < 10 else { throw .damaged("its metadata nests too deep") }
    var fields: [Int: ThriftValue] = [:]
    var number = 0
    while true {
      let head = try byte()
      if head == 0 { return fields }
      let step = Int(head >> 4)
      number = step == 0 ? try int16() : number + step
      let kind = try kind(head & 15)
      fields[number] =
        switch kind {
        case .yes: .integer(1)
        case .no: .integer(0)
        default: try value(kind, depth: depth)
        }
    }
  }

  private mutating func value(_ kind: Kind, depth: Int) throws(ParquetProblem) -> ThriftValue {
    switch kind {
    case .yes, .no: return .integer(try byte() == 1 ? 1 : 0)
    case .byte: return .integer(Int64(Int8(bitPattern: try byte())))
    case .int16, .int32, .int64: return .integer(try zigzag())
    case .double:
      _ = try take(8)
      return .skipped
    case .uuid:
      _ = try take(16)
      return .skipped
    case .binary: return .bytes(try take(try length()))
    case .list, .set: return .list(try list(depth: depth))
    case .map:
      try skipMap(depth: depth)
      return .skipped
    case .structure: return .fields(try structure(depth: depth + 1))
    }
  }

  private mutating func list(depth: Int) throws(ParquetProblem) -> [ThriftValue] {
    let head = try byte()
    let kind = try kind(head & 15)
    let count = head >> 4 == 15 ? try length() : Int(head >> 4)
    guard depth < 10 else { throw .damaged("its metadata nests too deep") }
    var values: [ThriftValue] = []
    // Each takes a byte or more, so a count that is not true ends at the end of the bytes.
    for _ in 0..<count { values.append(try value(kind, depth: depth + 1)) }
    return values
  }

  private mutating func skipMap(depth: Int) throws(ParquetProblem) {
    let count = try length()
    guard count > 0 else { return }
    let kinds = try byte()
    let key = try kind(kinds >> 4)
    let item = try kind(kinds & 15)
    guard depth < 10 else { throw .damaged("its metadata nests too deep") }
    for _ in 0..<count {
      _ = try value(key, depth: depth + 1)
      _ = try value(item, depth: depth + 1)
    }
  }

  // MARK: - Bytes

  private func kind(_ code: UInt8) throws(ParquetProblem) -> Kind {
    guard let kind = Kind(rawValue: code) else {
      throw .damaged("its metadata is not what it should be")
    }
    return kind
  }

  private mutating func byte() throws(ParquetProblem) -> UInt8 {
    guard position < bytes.endIndex else { throw .damaged("its metadata ends early") }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func take(_ count: Int) throws(ParquetProblem) -> ArraySlice<UInt8> {
    guard count <= bytes.endIndex - position else { throw .damaged("its metadata ends early") }
    defer { position += count }
    return bytes[position..<position + count]
  }

  private mutating func varint() throws(ParquetProblem) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      let byte = try byte()
      value |= UInt64(byte & 127) << UInt64(shift)
      if byte < 128 { return value }
    }
    throw .damaged("a number in its metadata does not end")
  }

  private mutating func zigzag() throws(ParquetProblem) -> Int64 {
    let value = try varint()
    return Int64(bitPattern: (value >> 1) ^ (0 &- (value & 1)))
  }

  private mutating func int16() throws(ParquetProblem) -> Int {
    Int(Int16(truncatingIfNeeded: try zigzag()))
  }

  /// A length, at most what a file can be long.
  private mutating func length() throws(ParquetProblem) -> Int {
    let value = try varint()
    guard value < 1 << 31 else { throw .damaged("a length in its metadata is absurd") }
    return Int(value)
  }
}
