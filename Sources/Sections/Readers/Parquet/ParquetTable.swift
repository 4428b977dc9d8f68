import Foundation

/// A flat table in Apache Parquet, as Space Ranger writes the positions of Visium HD.
///
/// Columns of booleans, integers, floating-point numbers and text, with or without missing values;
/// plain or dictionary-coded; data pages of version 1 and 2; not packed, or packed with snappy, gzip
/// or zstd; any number of row groups. All else is refused by its name. Written from the
/// specification at <https://github.com/apache/parquet-format>, because no library for it can be
/// depended on: Debian 12 has neither Arrow nor DuckDB, its GDAL is built without Parquet, and no
/// Swift package for it is kept up.
struct ParquetTable {
  let url: URL
  private let bytes: [UInt8]
  private let metadata: ParquetMetadata

  /// The number of rows.
  var rowCount: Int { metadata.rowCount }
  /// The columns' names in the file's order.
  var columnNames: [String] { metadata.columns.map(\.name) }

  /// Reads the file and its footer; columns are unpacked when asked for.
  ///
  /// - Throws: for what is no Parquet file, damaged, nested or too large.
  init(reading url: URL) throws(SectionError) {
    try self.init(parsing: try readFileBytes(url), of: url)
  }

  init(parsing bytes: [UInt8], of url: URL) throws(SectionError) {
    self.url = url
    self.bytes = bytes
    do {
      metadata = try ParquetMetadata(of: bytes)
    } catch {
      throw SectionError(file: url, problem: error.sentence)
    }
  }

  /// A column of numbers, or of booleans as 0 and 1; NaN where a value is missing.
  ///
  /// Integers beyond 2⁵³ are rounded to the nearest number that can be kept.
  func numbers(_ name: String) throws(SectionError) -> [Double] {
    try values(name) { column throws(ParquetProblem) in
      switch column.type {
      case .boolean:
        ParquetDecoding(
          missing: .nan, plain: bitValues, fromRuns: { $0.map { Double($0) } })
      case .int32, .int64, .float, .double:
        ParquetDecoding(missing: .nan) { bytes, count throws(ParquetProblem) in
          try numberValues(bytes, count: count, of: column)
        }
      default:
        throw ParquetProblem(
          "has no numbers in column '\(name)' but \(column.type.name). Write it as numbers.")
      }
    }
  }

  /// A column of text, read as UTF-8; empty where a value is missing.
  func texts(_ name: String) throws(SectionError) -> [String] {
    try values(name) { column throws(ParquetProblem) in
      guard column.type == .byteArray else {
        throw ParquetProblem(
          "has no text in column '\(name)' but \(column.type.name). Write it as text.")
      }
      return ParquetDecoding(missing: "", plain: textValues)
    }
  }

  private func values<Value>(
    _ name: String,
    decoding: (ParquetColumn) throws(ParquetProblem) -> ParquetDecoding<Value>
  ) throws(SectionError) -> [Value] {
    guard let index = metadata.columns.firstIndex(where: { $0.name == name }) else {
      throw SectionError(
        file: url,
        problem: "has no column '\(name)'; its columns are \(listed(columnNames, showing: 12)). "
          + "Export the table again.")
    }
    let column = metadata.columns[index]
    do {
      let decoding = try decoding(column)
      var values: [Value] = []
      values.reserveCapacity(rowCount)
      for chunks in metadata.chunks {
        values += try readChunk(chunks[index], of: column, in: bytes, decoding: decoding)
      }
      return values
    } catch {
      throw SectionError(file: url, problem: error.sentence)
    }
  }
}

// MARK: - The encoding PLAIN

private let endsEarly = ParquetProblem.damaged("a page has fewer values than it says")

/// Booleans, a bit each, lowest first.
private func bitValues(
  _ bytes: ArraySlice<UInt8>, count: Int
) throws(ParquetProblem) -> [Double] {
  guard bytes.count >= (count + 7) / 8 else { throw endsEarly }
  return (0..<count).map { Double(bytes[bytes.startIndex + $0 / 8] >> UInt8($0 % 8) & 1) }
}

/// Integers and floating-point numbers, little-endian.
private func numberValues(
  _ bytes: ArraySlice<UInt8>, count: Int, of column: ParquetColumn
) throws(ParquetProblem) -> [Double] {
  guard let width = column.type.width, bytes.count / width >= count else { throw endsEarly }
  return bytes.withUnsafeBytes { raw in
    func value<Word: FixedWidthInteger>(_ index: Int, as type: Word.Type) -> Word {
      // Safety: `count` values of this width were seen to be there.
      Word(littleEndian: raw.loadUnaligned(fromByteOffset: index * width, as: type))
    }
    let indices = 0..<count
    return switch (column.type, column.isUnsigned) {
    case (.int32, false): indices.map { Double(value($0, as: Int32.self)) }
    case (.int32, true): indices.map { Double(value($0, as: UInt32.self)) }
    case (.int64, false): indices.map { Double(value($0, as: Int64.self)) }
    case (.int64, true): indices.map { Double(value($0, as: UInt64.self)) }
    case (.float, _):
      indices.map { Double(Float(bitPattern: value($0, as: UInt32.self))) }
    default: indices.map { Double(bitPattern: value($0, as: UInt64.self)) }
    }
  }
}

/// Texts, each behind its length in four bytes.
private func textValues(
  _ bytes: ArraySlice<UInt8>, count: Int
) throws(ParquetProblem) -> [String] {
  guard bytes.count / 4 >= count else { throw endsEarly }
  var texts: [String] = []
  texts.reserveCapacity(count)
  var position = bytes.startIndex
  for _ in 0..<count {
    guard bytes.endIndex - position >= 4 else { throw endsEarly }
    let length = bytes[position..<position + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
    position += 4
    guard length <= bytes.endIndex - position else { throw endsEarly }
    texts.append(String(decoding: bytes[position..<position + length], as: UTF8.self))
    position += length
  }
  return texts
}
