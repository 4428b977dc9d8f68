import Foundation
import TestSupport
import Testing

@testable import Sections

private let fixtures = Bundle.module.resourceURL!.appending(path: "Fixtures/parquet")

@Suite struct ParquetTableTests {
  /// What pyarrow wrote, column by column; nil where a value is missing.
  struct Written: Decodable {
    var barcode: [String]
    var large: [String?]
    var flag, whole, single, nothing: [Double?]
    var long, unsigned, double, constant: [Double]
  }

  static func written() throws -> Written {
    try JSONDecoder().decode(
      Written.self, from: Data(contentsOf: fixtures.appending(path: "values.json")))
  }

  @Test(arguments: [
    "snappy", "plain", "gzip-v2", "zstd-v2", "zstd-pages", "none-v2-pages", "format-1",
  ])
  func `what pyarrow wrote is read as it was`(name: String) throws {
    let table = try ParquetTable(reading: fixtures.appending(path: "\(name).parquet"))
    let written = try Self.written()
    #expect(table.rowCount == 120)
    #expect(
      table.columnNames == [
        "barcode", "large", "flag", "whole", "long", "unsigned", "single", "double", "constant",
        "nothing",
      ])
    #expect(try table.texts("barcode") == written.barcode)
    #expect(try table.texts("large") == written.large.map { $0 ?? "" })
    #expect(try table.numbers("long") == written.long)
    #expect(try table.numbers("unsigned") == written.unsigned)
    #expect(try table.numbers("double") == written.double)
    #expect(try table.numbers("constant") == written.constant)
    for (column, values) in [
      ("flag", written.flag), ("whole", written.whole), ("single", written.single),
      ("nothing", written.nothing),
    ] {
      #expect(try table.numbers(column).map { $0.isNaN ? nil : $0 } == values, "\(column)")
    }
  }

  @Test func `a table without rows has its columns`() throws {
    let table = try ParquetTable(reading: fixtures.appending(path: "no-rows.parquet"))
    #expect(table.rowCount == 0 && table.columnNames.count == 10)
    #expect(try table.texts("barcode").isEmpty && table.numbers("double").isEmpty)
  }

  @Test(arguments: [
    ("brotli", "constant", "is packed with Brotli, which Eosin does not read."),
    ("lz4", "constant", "is packed with LZ4, which Eosin does not read."),
    ("delta", "constant", "in the encoding DELTA_BINARY_PACKED, which Eosin does not read."),
    ("lists", "a", "has a nested column 'a', which Eosin does not read. Flatten it."),
    ("nested", "a", "has a nested column 'a', which Eosin does not read. Flatten it."),
    ("fixed", "a", "has no numbers in column 'a' but FIXED_LEN_BYTE_ARRAY."),
  ])
  func `what is not read is refused by its name`(name: String, column: String, sentence: String) {
    let found =
      message {
        let url = fixtures.appending(path: "refused-\(name).parquet")
        _ = try ParquetTable(reading: url).numbers(column)
      } ?? "was read"
    #expect(found.contains("refused-\(name).parquet: ") && found.contains(sentence), "\(found)")
  }

  @Test func `a column of another name or type is refused`() throws {
    let table = try ParquetTable(reading: fixtures.appending(path: "snappy.parquet"))
    #expect(
      message { _ = try table.numbers("x") }?.contains("has no column 'x'; its columns are") == true
    )
    #expect(
      message { _ = try table.numbers("barcode") }?.contains(
        "has no numbers in column 'barcode' but BYTE_ARRAY.") == true)
    #expect(
      message { _ = try table.texts("whole") }?.contains("has no text in column 'whole' but INT32.")
        == true)
  }

  @Test(arguments: [
    ([], "is no Parquet file"), (Array("PAR1PAR1".utf8), "is no Parquet file"),
    (Array("PAR1....PAR".utf8) + [0], "ends early"),
    (Array("PAR1\u{7F}\u{7F}\u{7F}\u{7F}PAR1".utf8), "its footer is longer than the file"),
  ])
  func `what is no Parquet file is refused`(bytes: [UInt8], sentence: String) {
    let found =
      message { _ = try ParquetTable(parsing: bytes, of: URL(filePath: "/a.parquet")) }
      ?? "was read"
    #expect(found.hasPrefix("/a.parquet: ") && found.contains(sentence), "\(found)")
  }

  @Test func `more rows than the file can hold are refused before room is made`() {
    // A footer with a root and one column, which says a hundred million rows in no row group.
    var footer: [UInt8] = [0x15, 2, 0x19, 0x2C]
    footer += [0x48, 1, 0x72, 0x15, 2, 0]
    footer += [0x15, 2, 0x25, 0, 0x18, 1, 0x61, 0]
    footer += [0x16, 0x80, 0x84, 0xAF, 0x5F, 0x19, 0x0C, 0]
    let bytes =
      Array("PAR1".utf8) + footer + [UInt8(footer.count), 0, 0, 0] + Array("PAR1".utf8)
    #expect(
      message { _ = try ParquetTable(parsing: bytes, of: URL(filePath: "/a.parquet")) }
        == "/a.parquet: is damaged: it says 100,000,000 rows, more than it can hold. Copy it again."
    )
  }

  @Test(arguments: ["snappy", "plain", "gzip-v2", "zstd-pages", "none-v2-pages"])
  func `random damage is refused or read, and never crashes`(name: String) throws {
    let url = fixtures.appending(path: "\(name).parquet")
    let sound = Array(try Data(contentsOf: url))
    var generator = SeededNumbers(state: 3)
    for round in 0..<300 {
      var bytes = sound
      // Every other time the footer, which is small and tells where all else is.
      let range = round % 2 == 0 ? bytes.count - 2200..<bytes.count : 0..<bytes.count
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: range, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      if round % 5 == 0 { bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator)) }
      _ = message {
        let table = try ParquetTable(parsing: bytes, of: url)
        for column in table.columnNames {
          _ = message { _ = try table.numbers(column) }
          _ = message { _ = try table.texts(column) }
        }
      }
    }
  }

  /// Sums and first values as pandas reads them.
  @Test(
    .enabled(if: SharedFiles.hasData),
    arguments: [
      ("008", 4992, "ACGCCTGACACGCGCT-1"), ("016", 1248, "TCCTTCAATCCCTACG-1"),
    ])
  func `positions of Visium HD are read`(bin: String, rows: Int, first: String) throws {
    let table = try ParquetTable(
      reading: SharedFiles.data.appending(
        path: "visium-hd-small/binned_outputs/square_\(bin)um/spatial/tissue_positions.parquet"))
    #expect(table.rowCount == rows)
    #expect(
      table.columnNames == [
        "barcode", "in_tissue", "array_row", "array_col", "pxl_row_in_fullres",
        "pxl_col_in_fullres",
      ])
    let barcodes = try table.texts("barcode")
    #expect(barcodes.first == first && Set(barcodes).count == rows)
    let sums = try table.columnNames.dropFirst().map { try table.numbers($0).reduce(0, +) }
    let expected: [Double] =
      bin == "008"
      ? [2516.0, 1046379.0, 1038036.0, 60851557.50397858, 56875418.8535258]
      : [655.0, 260564.0, 254520.0, 15275060.759700093, 13927750.422172137]
    for (sum, wanted) in zip(sums, expected) { #expect(abs(sum - wanted) < 1e-6 * wanted) }
  }
}
