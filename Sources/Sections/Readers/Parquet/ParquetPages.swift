/// How a column's values become those asked for.
struct ParquetDecoding<Value> {
  /// What stands where a value is missing.
  var missing: Value
  /// Values in the encoding `PLAIN`, one behind the other.
  var plain: (ArraySlice<UInt8>, Int) throws(ParquetProblem) -> [Value]
  /// Values from the runs in which booleans may be; nil for other types.
  var fromRuns: (([UInt32]) -> [Value])?
}

/// What a page's header, the structure `PageHeader`, tells.
private struct PageHeader {
  enum Kind: Int { case data = 0, index, dictionary, dataOfVersion2 }

  var kind: Kind
  /// The page's bytes within the file, packed.
  var bytes: Range<Int>
  var unpackedSize: Int
  var valueCount: Int
  var encoding: Int
  /// In version 2, the bytes of levels before the values; never packed.
  var levelsSize: Int
  var isPacked: Bool

  /// The header that begins at the first of `bytes`, with a page behind it that lies within them.
  init(_ bytes: ArraySlice<UInt8>) throws(ParquetProblem) {
    var reader = ThriftReader(bytes)
    let fields = try reader.structure()
    guard let code = fields[1]?.integer, let kind = Kind(rawValue: code),
      let unpacked = fields[2]?.integer, let packed = fields[3]?.integer
    else { throw .damaged("a page's header lacks a part") }
    guard packed >= 0, packed <= bytes.endIndex - reader.position else {
      throw .damaged("a page is longer than its column")
    }
    self.kind = kind
    self.bytes = reader.position..<reader.position + packed
    unpackedSize = unpacked
    let part: [Int: ThriftValue]? =
      switch kind {
      case .data: fields[5]?.fields
      case .index: [:]
      case .dictionary: fields[7]?.fields
      case .dataOfVersion2: fields[8]?.fields
      }
    guard let part else { throw .damaged("a page's header lacks a part") }
    valueCount = part[1]?.integer ?? 0
    encoding = part[kind == .dataOfVersion2 ? 4 : 2]?.integer ?? 0
    levelsSize = 0
    isPacked = true
    if kind == .dataOfVersion2 {
      let definitions = part[5]?.integer ?? 0
      guard part[6]?.integer ?? 0 == 0 else { throw .damaged("a flat column repeats") }
      guard definitions >= 0, definitions <= packed, definitions <= unpacked else {
        throw .damaged("a page's levels are longer than it")
      }
      levelsSize = definitions
      isPacked = part[7]?.integer ?? 1 == 1
    }
    if kind == .data, part[3]?.integer ?? 3 != 3 {
      throw ParquetProblem(
        "has levels in the encoding \(encodingName(part[3]?.integer ?? 3)), which Eosin does not "
          + "read. Write it with a current library.")
    }
  }
}

/// All values of one column in one row group.
func readChunk<Value>(
  _ chunk: ParquetChunk, of column: ParquetColumn, in file: [UInt8],
  decoding: ParquetDecoding<Value>
) throws(ParquetProblem) -> [Value] {
  var values: [Value] = []
  values.reserveCapacity(chunk.rowCount)
  var dictionary: [Value] = []
  var position = chunk.bytes.lowerBound
  while values.count < chunk.rowCount {
    let header = try PageHeader(file[position..<chunk.bytes.upperBound])
    position = header.bytes.upperBound
    guard header.kind != .index else { continue }
    guard header.valueCount >= 0, header.valueCount <= chunk.rowCount else {
      throw .damaged("a page has more values than its column")
    }
    if header.kind == .dictionary {
      let page = try unpackPage(
        file[header.bytes], codec: chunk.codec, size: header.unpackedSize)
      dictionary = try decoding.plain(page, header.valueCount)
      continue
    }
    guard header.valueCount <= chunk.rowCount - values.count else {
      throw .damaged("its pages have more values than their column")
    }
    values += try readPage(
      header, codec: chunk.codec, of: column, in: file, dictionary: dictionary,
      decoding: decoding)
  }
  return values
}

/// The values of a data page of either version, with what is missing filled in.
private func readPage<Value>(
  _ header: PageHeader, codec: Int, of column: ParquetColumn, in file: [UInt8],
  dictionary: [Value], decoding: ParquetDecoding<Value>
) throws(ParquetProblem) -> [Value] {
  let levels: ArraySlice<UInt8>
  var rest: ArraySlice<UInt8>
  if header.kind == .dataOfVersion2 {
    levels = file[header.bytes].prefix(header.levelsSize)
    rest = try unpackPage(
      file[header.bytes].dropFirst(header.levelsSize), codec: header.isPacked ? codec : 0,
      size: header.unpackedSize - header.levelsSize)
  } else {
    rest = try unpackPage(file[header.bytes], codec: codec, size: header.unpackedSize)
    levels = column.isOptional ? try takeCounted(&rest) : []
  }
  guard column.isOptional else {
    return try decode(
      rest, encoding: header.encoding, count: header.valueCount, dictionary: dictionary,
      decoding: decoding)
  }
  // A value is there where the level is 1.
  let isThere = try unpackRuns(levels, width: 1, count: header.valueCount)
  let present = try decode(
    rest, encoding: header.encoding, count: isThere.count { $0 == 1 }, dictionary: dictionary,
    decoding: decoding)
  guard present.count < isThere.count else { return present }
  var next = present.makeIterator()
  return isThere.map { level in
    level == 1 ? next.next() ?? decoding.missing : decoding.missing
  }
}

private func decode<Value>(
  _ bytes: ArraySlice<UInt8>, encoding: Int, count: Int, dictionary: [Value],
  decoding: ParquetDecoding<Value>
) throws(ParquetProblem) -> [Value] {
  switch encoding {
  case 0: return try decoding.plain(bytes, count)
  case 2, 8:
    guard count > 0 else { return [] }
    guard let width = bytes.first else { throw .damaged("a page is empty") }
    let indices = try unpackRuns(bytes.dropFirst(), width: Int(width), count: count)
    guard indices.allSatisfy({ $0 < dictionary.count }) else {
      throw .damaged("a page names more values than its dictionary has")
    }
    return indices.map { dictionary[Int($0)] }
  case 3:
    if let fromRuns = decoding.fromRuns {
      var rest = bytes
      return fromRuns(try unpackRuns(try takeCounted(&rest), width: 1, count: count))
    }
    fallthrough
  default:
    throw ParquetProblem(
      "holds values in the encoding \(encodingName(encoding)), which Eosin does not read. "
        + "Write it with plain or dictionary encoding.")
  }
}

/// Takes the bytes behind a length in four bytes.
private func takeCounted(_ bytes: inout ArraySlice<UInt8>) throws(ParquetProblem)
  -> ArraySlice<UInt8>
{
  let length = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
  guard bytes.count >= 4, length <= bytes.count - 4 else {
    throw .damaged("a part of a page is longer than it")
  }
  bytes = bytes.dropFirst(4)
  defer { bytes = bytes.dropFirst(length) }
  return bytes.prefix(length)
}

private func encodingName(_ encoding: Int) -> String {
  let names = [
    "PLAIN", "GROUP_VAR_INT", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED",
    "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT",
  ]
  return names.indices.contains(encoding) ? names[encoding] : "of number \(encoding)"
}
