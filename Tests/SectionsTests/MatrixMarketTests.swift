import Foundation
import TestSupport
import Testing

@testable import Sections

private let banner = "%%MatrixMarket matrix coordinate integer general\n"
private let url = URL(filePath: "/matrix.mtx")

@Suite struct MatrixMarketTests {
  func entries(_ text: String, parts: Int? = nil) throws -> MatrixMarketEntries {
    try MatrixMarketEntries(parsing: Array(text.utf8), of: url, parts: parts)
  }

  func refusal(_ text: String) -> String { message { _ = try entries(text) } ?? "was read" }

  @Test(arguments: [
    "\(banner)%comment\n\n3 2 4\n1 1 5\n3 1 16777216\n2 2 1.5\n3 2 0\n",
    "\(banner)3\t2\t4\r\n 1 1\t5 \r\n3 1 16777216\r\n\r\n2 2 15e-1\r\n% more\r\n3 2 0",
    "%%matrixmarket MATRIX Coordinate REAL general\n3 2 4\n1 1 5.0\n3 1 16777216\n2 2 1.5\n3 2 0\n\n",
  ])
  func `entries are read whatever stands around them`(text: String) throws {
    for parts in 1...5 {
      let found = try entries(text, parts: parts)
      #expect(found.rows == [0, 2, 1, 2] && found.columns == [0, 0, 1, 1])
      #expect(found.values == [5, 16_777_216, 1.5, 0])
    }
  }

  @Test func `entries of a pattern count one`() throws {
    let found = try entries("%%MatrixMarket matrix coordinate pattern general\n2 2 2\n2 1\n1 2\n")
    #expect(found.rows == [1, 0] && found.columns == [0, 1] && found.values == [1, 1])
  }

  static let broken: [(String, String)] = [
    ("", "/matrix.mtx: is empty. Copy it again."),
    ("1 1 1\n", "/matrix.mtx: is no Matrix Market file: it does not begin with"),
    (
      "%%MatrixMarket matrix array real general\n", ":1: is a matrix of 'array real general', which"
    ),
    (
      "%%MatrixMarket matrix coordinate complex general\n", ":1: is a matrix of 'coordinate complex"
    ),
    ("%%MatrixMarket matrix coordinate integer symmetric\n", ":1: is a matrix of 'coordinate int"),
    ("\(banner)", ":1: does not say the numbers of rows, columns and entries."),
    ("\(banner)3 3\n1 1 1\n", ":2: does not say the numbers of rows, columns and entries."),
    ("\(banner)-3 3 1\n1 1 1\n", ":2: does not say the numbers"),
    ("\(banner)99999999999999999999 3 1\n1 1 1\n", ":2: does not say the numbers"),
    ("\(banner)2000000000 3 1\n1 1 1\n", ":2: says 2,000,000,000 rows and 3 columns, more than"),
    ("\(banner)3 3 2\n1 1 1\n", ":2: says 2 entries, and 1 follows. Copy it again."),
    ("\(banner)3 3 1\n1 1 1\n2 2 2\n", ":2: says 1 entry, and 2 follow. Copy it again."),
    ("\(banner)3 3 9223372036854775807\n1 1 1\n", "says 9,223,372,036,854,775,807 entries, and 1"),
    (
      "\(banner)3 3 2\n1 1 1\n\n4 1 1\n",
      ":5: names row 4 and column 1, but the matrix has 3 rows and 3 columns, each from 1."
    ),
    ("\(banner)3 3 1\n0 1 1\n", ":3: names row 0 and column 1, but"),
    ("\(banner)3 3 1\n1 1\n", ":3: '1 1' is no entry. Write row, column and count."),
    ("\(banner)3 3 1\n1 1 1 1\n", ":3: '1 1 1 1' is no entry."),
    ("\(banner)3 3 1\n-1 1 1\n", ":3: '-1 1 1' is no entry."),
    ("\(banner)3 3 1\n1 1 -2\n", ":3: '-2' is not a count. Write the number counted."),
    ("\(banner)3 3 1\n1 1 nan\n", ":3: 'nan' is not a count."),
    ("\(banner)3 3 1\n1 1 99999999999999999999\n", ":3: '99999999999999999999' is not a count."),
    ("\(banner)3 3 1\n12345678901234567890123 1 1\n", ":3: '12345678901234567890123 1 1' is no"),
    (
      "%%MatrixMarket matrix coordinate pattern general\n1 1 1\n1 1 1\n",
      ":3: '1 1 1' is no entry. Write row, column."
    ),
  ]

  @Test(arguments: broken)
  func `what is no matrix is refused with its line`(text: String, sentence: String) {
    #expect(refusal(text).contains(sentence), "\(refusal(text))")
    #expect(!refusal(text).dropLast().contains("\n"))
  }

  @Test(arguments: 0..<64)
  func `entries in any order and in any number of parts are those written`(seed: Int) throws {
    var generator = SeededNumbers(state: UInt64(seed))
    let count = Int.random(in: 1...400, using: &generator)
    let rows = (0..<count).map { _ in UInt32.random(in: 0..<123_456, using: &generator) }
    let columns = (0..<count).map { _ in UInt32.random(in: 0..<12_345_678, using: &generator) }
    let values = (0..<count).map { _ in UInt32.random(in: 0..<1 << 24, using: &generator) >> 12 }
    let lines = (0..<count).map { "\(rows[$0] + 1) \(columns[$0] + 1) \(values[$0])" }
    let found = try entries(
      banner + "123456 12345678 \(count)\n" + lines.joined(separator: "\n"),
      parts: Int.random(in: 1...8, using: &generator))
    #expect(found.rows == rows && found.columns == columns)
    #expect(found.values == values.map { Float($0) })
  }

  @Test(arguments: 0..<64)
  func `entries by column, as they are written, are read fast and the same`(seed: Int) throws {
    var generator = SeededNumbers(state: UInt64(seed))
    let greatest: UInt32 = [9, 99, 120, 9_999_999, 12_000_000][seed % 5]
    let columns = (0..<5).map { _ in UInt32.random(in: 0..<greatest, using: &generator) }
      .sorted().flatMap { Array(repeating: $0, count: 80) }
    let greatestRow: UInt32 = [9, 20_000, 100_000_000][seed % 3]
    let rows = columns.map { _ in UInt32.random(in: 0..<greatestRow, using: &generator) }
    let values = columns.map { _ in UInt32.random(in: 0..<12, using: &generator) }
    let blank = seed % 7 == 0 ? "\t" : " "
    let end = seed % 8 == 0 ? "\r\n" : "\n"
    let lines = columns.indices.map {
      "\(rows[$0] + 1)\(blank)\(columns[$0] + 1)\(blank)\(values[$0])"
    }
    let found = try entries(
      banner + "100000000 12000001 400\n" + lines.joined(separator: end), parts: seed % 4 + 1)
    #expect(found.rows == rows && found.columns == columns)
    #expect(found.values == values.map { Float($0) })
  }

  @Test(arguments: ["1 2 3 4", "1 2 x", "1 2 ", "1 2", "1 22 ", "9 2 3", "0 2 3", "1 2 3.x"])
  func `a line that begins as the one before is refused as any other`(line: String) {
    let rest = String(repeating: "2 2 5\n", count: 20)
    let found = refusal(banner + "3 3 22\n2 2 5\n\(line)\n" + rest)
    #expect(found.hasPrefix("/matrix.mtx:4: "), "\(found)")
  }

  @Test(arguments: 0..<64)
  func `random damage is refused or read, and never crashes`(seed: Int) {
    var generator = SeededNumbers(state: UInt64(seed))
    var text = Array((banner + "3 3 3\n1 1 5\n2 2 7\n3 3 123456789\n").utf8)
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      text[Int.random(in: 0..<text.count, using: &generator)] = UInt8.random(
        in: 0...255, using: &generator)
    }
    _ = message { _ = try MatrixMarketEntries(parsing: text, of: url, parts: seed % 4 + 1) }
  }
}

/// A matrix with the lists beside it, in a folder.
@Suite struct MatrixMarketFolderTests {
  let folder = TemporaryFolder()
  static let features =
    "ENSG1\tTP53\tGene Expression\nENSG2\t\tGene Expression\nENSG3\tTP53\tGene Expression\n"

  func read(
    matrix: String = "3 2 3\n1 1 5\n3 1 6\n2 2 7\n", features: String? = features,
    barcodes: String? = "AAAC-1\nAAAG-1\n", prefix: String = ""
  ) throws -> FeatureMatrix {
    if let features { folder.write(gzipped(features), to: prefix + "features.tsv.gz") }
    if let barcodes { folder.write(barcodes, to: prefix + "barcodes.tsv") }
    return try FeatureMatrix(
      reading: folder.write(gzipped(banner + matrix), to: prefix + "matrix.mtx.gz"))
  }

  @Test(arguments: ["", "GSM1_P2_"])
  func `counts are read with the lists beside them`(prefix: String) throws {
    var matrix = try read(prefix: prefix)
    #expect(matrix.barcodes == ["AAAC-1", "AAAG-1"])
    #expect((0..<3).map { matrix.counts.values(ofGene: $0) } == [[5, 0], [0, 7], [6, 0]])
    #expect(try matrix.geneNames(of: folder.url) == ["TP53", "ENSG2", "TP53-1"])
    #expect(matrix.notes == ["1 gene name came more than once and got a number: 'TP53-1'."])
    #expect(matrix.files.count == 3)
  }

  @Test func `a matrix with a row a barcode is read turned`() throws {
    let matrix = try read(matrix: "2 3 3\n1 1 5\n1 3 6\n2 2 7\n")
    #expect((0..<3).map { matrix.counts.values(ofGene: $0) } == [[5, 0], [0, 7], [6, 0]])
    #expect(
      matrix.notes == [
        "The matrix has a row for each barcode and a column for each feature; read turned."
      ])
  }

  @Test func `entries in any order, zeros and repeated ones are put right`() throws {
    let matrix = try read(matrix: "3 2 6\n2 2 7\n3 1 2\n1 1 5\n3 1 4\n1 2 0\n2 1 0\n")
    #expect((0..<3).map { matrix.counts.values(ofGene: $0) } == [[5, 0], [0, 7], [6, 0]])
    #expect(matrix.counts.entryCount == 3)
  }

  @Test func `version 2 has genes and two columns`() throws {
    folder.write("ENSG1\tTP53\nENSG2\tBRCA1\nENSG3\tMYC\n", to: "genes.tsv")
    var matrix = try read(features: nil)
    matrix.keepGenes()
    #expect(try matrix.geneNames(of: folder.url) == ["TP53", "BRCA1", "MYC"])
    #expect(matrix.notes.isEmpty)
  }

  @Test func `features that are no genes are left out and said`() throws {
    var matrix = try read(
      features: "A\tA\tAntibody Capture\nB\tB\tGene Expression\nC\tC\tCRISPR Guide Capture\n")
    matrix.keepGenes()
    #expect(try matrix.geneNames(of: folder.url) == ["B"])
    #expect(matrix.counts.geneCount == 1 && matrix.counts.values(ofGene: 0) == [0, 7])
    #expect(
      matrix.notes == [
        "Features that are no genes left out: 1 Antibody Capture, 1 CRISPR Guide Capture."
      ])
    var other = try read(features: "A\tA\tAntibody Capture\nB\tB\tCustom\nC\tC\tCustom\n")
    other.keepGenes()
    #expect(other.features.count == 3)
    #expect(
      other.notes == ["No feature is of type Gene Expression; all were taken as genes."])
  }

  @Test func `lists that are missing, empty or of other lengths are refused`() {
    func refusal(_ features: String?, _ barcodes: String?) -> String {
      message { _ = try Self().read(features: features, barcodes: barcodes) } ?? "was read"
    }
    #expect(
      refusal(nil, "A\nB\n").contains(
        "matrix.mtx.gz: has no features.tsv or genes.tsv beside it, plain or gzipped, which names "
          + "its features."))
    #expect(refusal(Self.features, nil).contains("has no barcodes.tsv beside it"))
    #expect(refusal(Self.features, "").contains("barcodes.tsv: is empty."))
    #expect(
      refusal(Self.features, "A\nB\nA\n").contains(
        "barcodes.tsv:3: spot 'A' appears twice; its first row is line 1."))
    #expect(
      refusal(Self.features, "A\nB\nC\nD\n").contains(
        "matrix.mtx.gz:2: has 3 rows and 2 columns, but features.tsv.gz lists 3 features and "
          + "barcodes.tsv 4 barcodes. Copy the three again."))
  }
}
