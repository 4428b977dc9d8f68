/// The types in which Parquet stores values.
enum ParquetType: Int, Sendable {
  case boolean = 0
  case int32, int64, int96, float, double, byteArray, fixedLengthByteArray

  var name: String {
    switch self {
    case .boolean: "BOOLEAN"
    case .int32: "INT32"
    case .int64: "INT64"
    case .int96: "INT96"
    case .float: "FLOAT"
    case .double: "DOUBLE"
    case .byteArray: "BYTE_ARRAY"
    case .fixedLengthByteArray: "FIXED_LEN_BYTE_ARRAY"
    }
  }

  /// The bytes of a value where all have as many.
  var width: Int? {
    switch self {
    case .int32, .float: 4
    case .int64, .double: 8
    default: nil
    }
  }
}

/// A column of a flat table.
struct ParquetColumn: Sendable {
  var name: String
  var type: ParquetType
  /// Whether values may be missing.
  var isOptional: Bool
  /// Whether integers have no sign.
  var isUnsigned: Bool
}

/// Where one column's values of one row group lie.
struct ParquetChunk: Sendable {
  var codec: Int
  var rowCount: Int
  /// The bytes of its pages, dictionary first, within the file.
  var bytes: Range<Int>
}

/// What the footer tells of a flat table.
struct ParquetMetadata: Sendable {
  var rowCount: Int
  var columns: [ParquetColumn]
  /// For each row group a chunk for each column.
  var chunks: [[ParquetChunk]]

  private static let magic: [UInt8] = Array("PAR1".utf8)

  /// Reads the footer: the structure `FileMetaData`, its length in four bytes, and `PAR1`.
  ///
  /// A table is refused when it says more rows than 256 for each byte of the file; spots have
  /// barcodes of their own, and no coding makes those as short.
  init(of file: [UInt8]) throws(ParquetProblem) {
    guard file.count >= 12, file.prefix(4).elementsEqual(Self.magic) else {
      throw ParquetProblem("is no Parquet file. Give the file as Space Ranger wrote it.")
    }
    guard file.suffix(4).elementsEqual(Self.magic) else {
      throw ParquetProblem("ends early: its last bytes are not those of Parquet. Copy it again.")
    }
    let length = file.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    let end = file.count - 8
    guard length <= end - 4 else { throw .damaged("its footer is longer than the file") }
    var reader = ThriftReader(file[end - length..<end])
    let fields = try reader.structure()
    guard let schema = fields[2]?.list, let rows = fields[3]?.integer,
      let groups = fields[4]?.list
    else { throw .damaged("its footer lacks a part") }
    guard rows >= 0, rows / 256 <= file.count, rows <= 1 << 27 else {
      throw .damaged("it says \(grouped(rows)) rows, more than it can hold")
    }
    rowCount = rows
    columns = try Self.columns(schema)
    chunks = []
    var remaining = rows
    for group in groups {
      let chunksOfGroup = try Self.chunks(group, columns: columns, before: end - length)
      let rowsOfGroup = chunksOfGroup.first?.rowCount ?? 0
      guard rowsOfGroup <= remaining else { throw .damaged("its parts have too many rows") }
      remaining -= rowsOfGroup
      chunks.append(chunksOfGroup)
    }
    guard remaining == 0 else { throw .damaged("its parts have too few rows") }
  }

  /// The columns from `SchemaElement`s: a root, and leaves that are its children.
  private static func columns(_ schema: [ThriftValue]) throws(ParquetProblem) -> [ParquetColumn] {
    var columns: [ParquetColumn] = []
    for element in schema.dropFirst() {
      guard let fields = element.fields, let name = fields[4]?.text else {
        throw .damaged("a column has no name")
      }
      guard fields[5]?.integer ?? 0 == 0, let code = fields[1]?.integer else {
        throw ParquetProblem(
          "has a nested column '\(name)', which Eosin does not read. Flatten it.")
      }
      guard let type = ParquetType(rawValue: code) else {
        throw .damaged("column '\(name)' is of no known type")
      }
      let repetition = fields[3]?.integer ?? 0
      guard repetition < 2 else {
        throw ParquetProblem(
          "has lists in column '\(name)', which Eosin does not read. Flatten it.")
      }
      columns.append(
        ParquetColumn(
          name: name, type: type, isOptional: repetition == 1,
          isUnsigned: (11...14).contains(fields[6]?.integer ?? -1)))
    }
    return columns
  }

  /// A `RowGroup`'s `ColumnChunk`s, whose pages must lie before the footer.
  private static func chunks(
    _ group: ThriftValue, columns: [ParquetColumn], before end: Int
  ) throws(ParquetProblem) -> [ParquetChunk] {
    guard let fields = group.fields, let entries = fields[1]?.list,
      let rows = fields[3]?.integer, rows >= 0, entries.count == columns.count
    else { throw .damaged("a row group lacks a part") }
    var chunks: [ParquetChunk] = []
    for (entry, column) in zip(entries, columns) {
      guard let chunk = entry.fields?[3]?.fields, let codec = chunk[4]?.integer,
        let count = chunk[5]?.integer, let size = chunk[7]?.integer,
        let firstPage = chunk[9]?.integer
      else { throw .damaged("column '\(column.name)' lacks a part") }
      let dictionary = chunk[11]?.integer ?? firstPage
      let start = dictionary > 0 ? min(dictionary, firstPage) : firstPage
      guard count == rows, chunk[1]?.integer == column.type.rawValue else {
        throw .damaged("column '\(column.name)' is not as its schema says")
      }
      if rows == 0 {  // nothing was written, and its place may be anything
        chunks.append(ParquetChunk(codec: codec, rowCount: 0, bytes: 4..<4))
        continue
      }
      guard start >= 4, start <= end, size >= 0, size <= end - start else {
        throw .damaged("column '\(column.name)' lies outside the file")
      }
      chunks.append(ParquetChunk(codec: codec, rowCount: rows, bytes: start..<start + size))
    }
    return chunks
  }
}
