import Foundation
import TestSupport
import Testing

@testable import Sections

/// A place for made-up tables; the error messages begin with it.
private let file = URL(filePath: "/tmp/P.tsv")

/// Three spots named as of her2st, four genes, no counts.
private let section = madeUp(spots: ["1x2", "3x4", "5x6"], genes: ["A", "B", "C", "D"])

private func madeUp(spots: [String], genes: [String]) -> Section {
  Section(
    name: "C2", patient: "C", platform: "ST",
    spots: spots.enumerated().map { index, name in
      let place = GridPosition(spotName: name)
      return Spot(
        id: name, column: place?.column ?? index, row: place?.row ?? 0, x: Double(10 * index),
        y: 5)
    },
    genes: genes,
    counts: SparseMatrix(
      spotCount: spots.count, starts: Array(repeating: 0, count: genes.count + 1), spots: [],
      values: []))
}

private func prediction(_ text: String, of section: Section = section) throws -> Prediction {
  try PredictionTable(parsing: Array(text.utf8), of: file).prediction(named: "mine", of: section)
}

/// Equal, a NaN to a NaN.
private func same(_ first: [Float], _ second: [Float]) -> Bool {
  first.count == second.count
    && zip(first, second).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
}

@Suite struct PredictionTableTests {
  @Test(arguments: [
    "\tA\tB\n1x2\t0.5\t-1\n3x4\t10\t1e-3\n5x6\t0\t2\n",
    "A\tB\n1x2\t0.5\t-1\n3x4\t10\t1e-3\n5x6\t0\t2",
    "spot\tA\tB\n1x2\t+0.5\t-1\n\n3x4\t1E1\t0.001\n5x6\t0\t2\n\n",
    ",A,B\r\n1x2,0.5,-1\r\n3x4,10,1e-3\r\n5x6,0,2\r\n",
    "\"\",\"A\",\"B\"\n\"1x2\",0.5,\"-1\"\n\"3x4\",10,1e-3\n\"5x6\",-0,2\n",
    "\tB\tA\n5x6\t2\t0\n1x2\t-1\t.5\n3x4\t0.00100\t10.\n",
    "\tA\tB\n1.02x1.9\t0.5\t-1\n3.0x4.0\t10\t1e-3\n5x6\t0\t2\n",
    "spot\tx\ty\tA\tB\n1x2\t7\t8\t0.5\t-1\n3x4\t7\t9\t10\t1e-3\n5x6\t7\t10\t0\t2\n",
  ])
  func `every accepted form gives the same prediction`(text: String) throws {
    let found = try prediction(text)
    #expect(found.genes.sorted() == ["A", "B"] && found.spotCount == 3)
    let values = Dictionary(
      uniqueKeysWithValues: found.genes.enumerated().map { ($1, found.values(ofGene: $0)) })
    #expect(values == ["A": [0.5, 10, 0], "B": [-1, 0.001, 2]])
    #expect(found.notes.isEmpty && found.denserSpots == nil && found.normalization == nil)
    #expect(found.method == "mine")
  }

  @Test func `what does not meet is said and counted`() throws {
    let found = try prediction("\tA\tNO\n9x9\t1\t2\n5x6\t3\tNaN\n8x8\t1\t2\n7x7\t1\t2\n6x6\t1\t2\n")
    #expect(found.genes == ["A", "NO"])
    #expect(same(found.values, [.nan, .nan, 3, .nan, .nan, .nan]))
    #expect(
      found.notes == [
        "4 predicted spots left out, not in section C2: '9x9', '8x8', '7x7' and 1 more.",
        "2 spots of section C2 not predicted: '1x2', '3x4'.",
        "1 predicted gene not in section C2, so without a score: 'NO'.",
        "1 value of 2 missing or infinite.",
      ])
  }

  @Test(arguments: ["", "NaN", "nan", "NA", "N/A", "null", "\"NA\"", "inf", "-Inf", "<NA>"])
  func `no number is no number however it is spelt`(word: String) throws {
    let found = try prediction("\tA\tB\n1x2\t\(word)\t1\n3x4\t2\t\(word)\n5x6\t3\t4\n")
    #expect(same(found.values, [.nan, 2, 3, 1, .nan, 4]))
    #expect(found.notes == ["2 values of 6 missing or infinite."])
  }

  @Test func `a table with a row a gene is turned`() throws {
    let found = try prediction("\t1x2\t3x4\t5x6\nB\t1\t2\t3\nA\t4\t5\t6\n")
    #expect(found.genes == ["B", "A"] && found.values == [1, 2, 3, 4, 5, 6])
    #expect(
      found.notes == ["The table has a row for each gene and a column for each spot; read turned."]
    )
    // Barcodes tell nothing by their form: the names of the section do.
    let barcodes = madeUp(spots: ["AC-1", "GT-1"], genes: ["A", "B"])
    let turned = try prediction("gene,GT-1,AC-1\nA,1,2\nB,3,4\n", of: barcodes)
    #expect(turned.values == [2, 1, 4, 3] && turned.notes.count == 1)
  }

  @Test func `genes of the same name are kept apart`() throws {
    let found = try prediction("\tA\tB\tA\n1x2\t1\t2\t3\n3x4\t1\t2\t3\n5x6\t1\t2\t3\n")
    #expect(found.genes == ["A", "B", "A-1"])
    #expect(found.notes.count == 2 && found.notes[0].contains("'A-1'"))
  }

  @Test(arguments: [
    ("", "/tmp/P.tsv: is empty."),
    ("\tA\tB\n", "/tmp/P.tsv: has a header but no rows below it. Export the table again."),
    (
      "\tA\tB\n1x2\t0\t1\n3x4\t0\n",
      "/tmp/P.tsv:3: row '3x4' has 1 value, the header names 2 columns. Export the table again."
    ),
    ("\tA\tB\n1x2\t0\t1\n3x4\n", "/tmp/P.tsv:3: row '3x4' has 0 values, the header names 2"),
    ("\tA\tB\n1x2\t0\t1\n\n3x4\t0\t1\t2\n", "/tmp/P.tsv:4: row '3x4' has 3 values, the header"),
    ("\tA\tB\n1x2\t0\t1\n3x4 0 1\n", "/tmp/P.tsv:3: row '3x4 0 1' has 0 values"),
    (
      "\tA\tB\n1x2\t0\thigh\n",
      "/tmp/P.tsv:2: row '1x2', column 'B': 'high' is not a number. Write the number, or NaN "
        + "where there is none."
    ),
    ("\tA\tB\n1x2\t1,5\t0\n", "'1,5' is not a number; decimals take a point."),
    ("\tA\tB\n1x2\t1e300\t0\n", "column 'A': '1e300' is too large for expression."),
    ("\tA\tB\n1x2\t\(String(repeating: "9", count: 400))\t0\n", "is too large for expression."),
    ("\tA\tB\n1x2\t0x10\t0\n", "'0x10' is not a number."),
    ("\tA\tB\n1x2\t1.2.3\t0\n", "'1.2.3' is not a number."),
    ("\tA\tB\n1x2\t1e\t0\n", "'1e' is not a number."),
    ("\tA\tB\n1x2\t-\t0\n", "'-' is not a number."),
    ("\tA\tB\n1x2\t1\t0\n3x4\t1\t0\n1x2\t1\t0\n", ":4: spot '1x2' appears twice; its first row is"),
    ("\tA\tB\n1x2\t1\t0\n1.1x2.2\t1\t0\n", ":3: spots '1x2' and '1.1x2.2' are both the section's"),
    ("A\t1x2\t1x2\nA\t1\t0\n", ":1: spot '1x2' appears twice. Remove one of the two."),
    ("\tA\tB\n\t0\t0\n", "/tmp/P.tsv:2: the row has no name."),
    ("\tA\t\n1x2\t0\t0\n", "/tmp/P.tsv:1: gene 2 has no name."),
    (
      "\tA\tB\n0\t0\t1\n1\t0\t1\n",
      "/tmp/P.tsv: none of its 2 spots is in section C2: it names '0', '1', the section '1x2', "
        + "'3x4', '5x6'. Name spots as the section does, in the first column."
    ),
    (
      "\tENSG1\tENSG2\n1x2\t0\t1\n",
      "/tmp/P.tsv: none of its 2 genes is in section C2: it names 'ENSG1', 'ENSG2', the section "
        + "'A', 'B', 'C' and 1 more."
    ),
    ("\tA\tB\n1x2\tNaN\t\n", "/tmp/P.tsv: has no number for any of the section's spots, only gaps"),
    ("spot\tx\ty\tA\na\t1\tleft\t0\n", ":2: row 'a', column 'y': 'left' is no position."),
    (";A;B\n1x2;0;0\n", "/tmp/P.tsv:1: has one column, with semicolons."),
    ("\tA\tB\r1x2\t0\t1\r", "/tmp/P.tsv:1: ends its lines with carriage returns alone."),
    ("\u{89}HDF\r\n\u{1A}\n\0\0", "/tmp/P.tsv: is not text. Give the predictions as a table"),
  ])
  func `a broken table is refused with its place`(text: String, sentence: String) {
    let found = message { _ = try prediction(text) } ?? "was read"
    #expect(found.contains(sentence), "\(found)")
  }

  @Test func `places of its own make a prediction between the spots`() throws {
    let rows = (0..<6).map { "p\($0)\t\($0).25\t-1e1\t\($0)\n" }.joined()
    let found = try prediction("spot\tx\ty\tA\n1x2\t3\t4\t9\n" + rows)
    let spots = try #require(found.denserSpots)
    #expect(found.spotCount == 7 && found.values == [9, 0, 1, 2, 3, 4, 5])
    #expect(spots[3] == Spot(id: "p2", column: 0, row: 0, x: 2.25, y: -10))
    #expect(spots[0].column == 1 && spots[0].row == 2 && found.notes.isEmpty)
  }

  @Test func `a gene may be called x`() throws {
    let found = try prediction(
      "\tx\tA\n1x2\t1\t2\n", of: madeUp(spots: ["1x2"], genes: ["x", "A"]))
    #expect(found.genes == ["x", "A"] && found.values == [1, 2])
  }

  @Test(arguments: 0..<64)
  func `every Float reads back from its shortest spelling and from a long one`(seed: Int) throws {
    var generator = SeededNumbers(state: UInt64(seed))
    let values = (0..<200).map { index -> Float in
      // Ordinary numbers, and any bit pattern.
      if index % 2 == 0 { return Float.random(in: -4...4, using: &generator) }
      let value = Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator))
      return value.isFinite ? value : 0
    }
    let genes = values.indices.map { "G\($0)" }
    let section = madeUp(spots: ["1x1", "2x2"], genes: genes)
    let text =
      "\t" + genes.joined(separator: "\t") + "\n1x1\t"
      + values.map(\.description).joined(separator: "\t") + "\n2x2\t"
      + values.map { String(format: "%.17g", Double($0)) }.joined(separator: "\t")
    let found = try prediction(text, of: section)
    #expect(found.values == values.flatMap { [$0, $0] })
  }

  @Test(arguments: 0..<64)
  func `random damage never crashes, whatever the blocks`(seed: Int) {
    var generator = SeededNumbers(state: UInt64(2000 + seed))
    let section = madeUp(spots: (0..<12).map { "\($0)x\(seed)" }, genes: (0..<20).map { "G\($0)" })
    let positions = seed % 3 == 0
    let rows = section.spots.map { spot in
      spot.id + "\t" + (positions ? "1.5\t2\t" : "")
        + section.genes.map { _ in "\(Float.random(in: -1...1, using: &generator))" }
        .joined(separator: "\t")
    }
    var text = Array(
      ("\t" + (positions ? "x\ty\t" : "") + section.genes.joined(separator: "\t") + "\n"
        + rows.joined(separator: "\n")).utf8)
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      let place = Int.random(in: 0..<text.count, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: text[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: text.remove(at: place)
      case 2: text.insert(Array("\t\n\"-.eN".utf8).randomElement(using: &generator)!, at: place)
      default: text = Array(text[..<max(1, place)])
      }
    }
    let results = [1, 4].map { blocks in
      Result {
        try PredictionTable(parsing: text, of: file, blocks: blocks)
          .prediction(named: "mine", of: section)
      }
    }
    switch (results[0], results[1]) {
    case (.success(let one), .success(let four)):
      #expect(one.genes == four.genes && same(one.values, four.values) && one.notes == four.notes)
    case (.failure(let one), .failure(let four)): #expect("\(one)" == "\(four)")
    default: Issue.record("one way reads what the other refuses")
    }
  }
}

@Suite struct PredictionFileTests {
  let folder = TemporaryFolder()
  let text = "\tA\tB\n1x2\t0.5\t-1\n3x4\t10\t1\n5x6\t0\t2\n"

  @Test func `gzip is read by content and cut gzip is refused`() throws {
    let whole = folder.write(gzipped(text), to: "a.tsv")
    let found = try PredictionTable(reading: whole).prediction(named: "a", of: section)
    #expect(found.values == [0.5, 10, 0, -1, 1, 2])
    let cut = folder.write(Array(gzipped(text).dropLast(9)), to: "cut.tsv.gz")
    #expect(
      message { _ = try PredictionTable(reading: cut) }?.contains("cut.tsv.gz: ends early") == true)
    let marked = folder.write([0xEF, 0xBB, 0xBF] + Array(text.utf8), to: "bom.tsv")
    #expect(try PredictionTable(reading: marked).columnNames == ["A", "B"])
    let gone = folder.url.appending(path: "gone.tsv")
    #expect(
      message { _ = try PredictionTable(reading: gone) }
        == "\(gone.path): is not there. Check the path.")
  }

  @Test(arguments: [
    ("{\"normalization\": \"scanpy\", \"author\": {\"x\": [1]}}", Normalization.scanpy, nil),
    ("{\"protocol\": \"held out C\", \"normalization\": null}", nil, "held out C"),
    ("{}", nil, nil),
    (
      "{\"normalization\": {\"name\": \"cpm\", \"target\": 1e6, \"library\": \"allGenes\", "
        + "\"logarithm\": \"none\"}}",
      Normalization(name: "cpm", target: 1e6, library: .allGenes, logarithm: .none), nil
    ),
  ])
  func `a file beside the table says what the values are`(
    json: String, normalization: Normalization?, summary: String?
  ) throws {
    let table = folder.write(text, to: "a.tsv")
    folder.write(json, to: "a.tsv.json")
    let found = try PredictionTable(reading: table).prediction(named: "a", of: section)
    #expect(found.normalization == normalization && found.origin?.summary == summary)
  }

  @Test(arguments: [
    ("", "a.tsv.json: is not a JSON object. Write {\"normalization\": \"released\","),
    ("[1]", "a.tsv.json: is not a JSON object."),
    ("{\"normalization\": \"relaesed\"}", "does not know. Did you mean 'released'? It knows"),
    ("{\"normalization\": 3}", "has a normalization that is neither a name nor an object."),
    ("{\"normalization\": {\"name\": \"x\"}}", "has a normalization that is not understood."),
    ("{\"protocol\": 3}", "has a protocol that is neither text nor an object."),
    ("{\"protocol\": {\"trainedOn\": []}}", "has a protocol that is not understood."),
  ])
  func `a file beside the table that is not understood is refused`(json: String, sentence: String) {
    let table = folder.write(text, to: "a.tsv")
    folder.write(json, to: "a.tsv.json")
    let found = message { _ = try PredictionTable(reading: table) } ?? "was read"
    #expect(found.contains(sentence), "\(found)")
  }

  /// Nothing said, a sentence, and all that can be said.
  var origins: [PredictionOrigin?] {
    let sentence = PredictionOrigin(summary: "trained on \"A\"/B\n")
    var whole = sentence
    whole.model = "THItoGene"
    whole.trainedOn = [.init(section: "A1", patient: "A")]
    whole.heldOut = ["C2"]
    whole.seed = 3
    whole.facts = [.init(label: "genes", text: "785")]
    return [nil, sentence, whole]
  }

  func made(_ generator: inout SeededNumbers, denser: Bool = false) -> Prediction {
    let spots = denser ? 9 : section.spots.count
    let values = (0..<section.genes.count * spots).map { place -> Float in
      place > 0 && Int.random(in: 0..<8, using: &generator) == 0
        ? .nan : Float.random(in: -3...3, using: &generator)
    }
    return Prediction(
      method: "mine", genes: section.genes, spotCount: spots, values: values,
      denserSpots: denser
        ? (0..<spots).map { Spot(id: "p,\($0)", column: 0, row: 0, x: Double($0) / 3, y: -0.1) }
        : nil,
      normalization: Bool.random(using: &generator) ? .released : nil,
      origin: origins.randomElement(using: &generator) ?? nil)
  }

  @Test(arguments: 0..<64)
  func `what was written reads back`(seed: Int) throws {
    var generator = SeededNumbers(state: UInt64(seed))
    let original = made(&generator, denser: seed % 4 == 0)
    let url = folder.url.appending(path: "out.tsv")
    try original.writeTable(
      to: url, spots: section.spots, separator: seed % 2 == 0 ? "\t" : ",", replacing: false)
    let found = try PredictionTable(reading: url).prediction(named: "mine", of: section)
    #expect(same(found.values, original.values))
    #expect(found.genes == original.genes && found.denserSpots == original.denserSpots)
    #expect(found.normalization == original.normalization)
    #expect(found.origin == original.origin)
  }

  @Test func `both files appear or neither, and none is left of another table`() throws {
    let known = Prediction(
      method: "m", genes: ["A"], spotCount: 3, values: [1, .nan, -0.5], normalization: .released)
    let url = folder.url.appending(path: "out.tsv")
    let names = { try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() }
    try known.writeTable(to: url, spots: section.spots, replacing: false)
    #expect(
      try String(contentsOf: url, encoding: .utf8) == "\tA\n1x2\t1.0\n3x4\tNaN\n5x6\t-0.5\n")
    #expect(
      try String(contentsOf: PredictionSidecar.url(besides: url), encoding: .utf8)
        == "{\n  \"normalization\" : \"released\"\n}\n")
    #expect(
      message { try known.writeTable(to: url, spots: section.spots, replacing: false) }?
        .contains("is already there.") == true)

    var unknown = known
    unknown.normalization = nil
    try unknown.writeTable(to: url, spots: section.spots, replacing: true)
    #expect(try names() == ["out.tsv"])
    // The table cannot be written, so what is said of it is not either.
    #expect(
      message { try known.writeTable(to: url, spots: section.spots, replacing: false) }
        == "\(url.path): is already there. Name another file, or ask to replace it.")
    #expect(try names() == ["out.tsv"])
    let stray = folder.write("{}", to: "new.tsv.json")
    #expect(
      message {
        try unknown.writeTable(
          to: folder.url.appending(path: "new.tsv"), spots: section.spots, replacing: false)
      }?.hasPrefix(stray.path) == true)
  }
}

/// Runs only where the shared data lies beside the project.
@Suite(.enabled(if: SharedFiles.hasData)) struct MalformedPredictionTests {
  @Test(arguments: [
    "ok_300genes.tsv.gz", "comma_separated.tsv", "crlf.tsv", "float_spot_names.tsv",
    "gzip_multimember.tsv.gz", "header_no_leading_tab.tsv", "plain_text_named.tsv.gz",
    "transposed.tsv", "utf8_bom.tsv",
  ])
  func `what can be read as counts can be read as predictions`(name: String) throws {
    let folder = SharedFiles.data.appending(path: "malformed")
    let counts = folder.appending(path: "ok_300genes.tsv")
    let section = try LegacySTReader.read(
      SectionReference(name: "C2", patient: "C", counts: counts, spots: nil))
    let found = try PredictionTable(reading: folder.appending(path: name))
      .prediction(named: name, of: section)
    #expect(found.genes == section.genes && found.spotCount == 187)
    #expect(
      found.values == section.genes.indices.flatMap { section.counts.values(ofGene: $0) })
    #expect(found.notes.count == (name == "transposed.tsv" ? 1 : 0))
  }
}
