import Foundation

@testable import Sections

/// Tables of text, lists of genes and what lies beside them.
let textTargets = [
  FuzzTarget(
    "counts", reads: "a text table of counts",
    seeds: [
      "\tA\tB\tC\n1x2\t0\t1\t2\n3x4\t10\t0\t0\n", "A,B\r\n1x2,0.5,1e3\r\n3x4,1,\r\n",
      "\"\",\"A\",\"B\"\n\"1x2\",0,\"1\"\n", "\t1x2\t3x4\t5x6\nFASN\t0\t1\t12\n1-Mar\t3\t0\t0\n",
      "\tA\tA\tA-1\n1x1\t0\t0\t0\t0\n1x2\t9\t0\t0\n",
    ].map { Array($0.utf8) }, run: readCounts),
  FuzzTarget(
    "predictions", reads: "a text table of predictions, held against a section",
    seeds: [
      "\tA\tB\n1x2\t0.5\t-1\n3x4\t10\t1e-3\n5x6\t0\t2\n",
      "spot\tx\ty\tA\tB\n1x2\t7\t8\t0.5\t-1\n3x4\t7\t9\t10\t1e-3\n5x6\t7\t10\t0\t2\n",
      ",1x2,3.1x4.2\nA,NaN,\nB,NA,1e400\n",
    ].map { Array($0.utf8) }, run: readPredictions),
  FuzzTarget(
    "spots", reads: "a table of selected spots, and of labels",
    seeds: [
      "x\ty\tnew_x\tnew_y\tpixel_x\tpixel_y\tselected\tlabel\n"
        + "10\t11\t9.9\t11.1\t30.5\t1e3\t1\tcancer\n3\t4\t3\t4\tNA\t5\t0\t\"a \"\"b\"\"\"\n"
    ].map { Array($0.utf8) }
  ) { bytes in
    let table = try NamedColumns(parsing: bytes, of: nowhere)
    _ = try? LabelTable(table)
    _ = try SpotSelection(table)
  },
  FuzzTarget(
    "sidecar", reads: "what a JSON file says of predictions",
    seeds: [
      #"{"normalization": "released", "protocol": "trained on A to G"}"#,
      #"{"normalization": {"name": "x", "target": 1e4, "library": "panel", "logarithm": "natural"},"#
        + #" "protocol": {"summary": "s", "trainedOn": [{"section": "A1", "patient": "A"}]}}"#,
    ].map { Array($0.utf8) }
  ) { bytes in
    let sidecar = try PredictionSidecar(parsing: Data(bytes), of: nowhere)
    if let json = sidecar.json {
      let again = try PredictionSidecar(parsing: Data(json), of: nowhere)
      precondition(again == sidecar, "what is written reads back")
    }
  },
  FuzzTarget(
    "panel", reads: "a list of genes, as text or as NumPy strings",
    seeds: [Array("# genes\r\nFASN\nGNAS\n".utf8)]
  ) { bytes in
    if bytes.starts(with: numpyMagic) {
      _ = try numpyStrings(bytes, from: nowhere)
    } else {
      try withFile(bytes, named: "panel.txt") { _ = try Panel(reading: $0) }
    }
  },
  FuzzTarget("gzip", reads: "a gzipped file") { bytes in
    _ = try gunzip(bytes, from: nowhere, limit: 64 << 20)
  },
]

/// The fast path and any number of parts give the same table, or refuse it in the same words.
private func readCounts(_ bytes: [UInt8]) throws {
  func read(fast: Bool, blocks: Int) -> Result<CountTable, SectionError> {
    Result { () throws(SectionError) in
      try CountTable(parsing: bytes, of: nowhere, usesFastPath: fast, blocks: blocks)
    }
  }
  let slow = read(fast: false, blocks: 1)
  for other in [read(fast: true, blocks: 1), read(fast: true, blocks: 3)] {
    switch (slow, other) {
    case (.success(let one), .success(let two)):
      precondition(one.spotNames == two.spotNames && one.genes == two.genes)
      precondition(one.counts == two.counts && one.lineOfSpot == two.lineOfSpot)
    case (.failure(let one), .failure(let two)):
      precondition(one == two, "\(one) and \(two)")
    default: preconditionFailure("\(slow) and \(other)")
    }
  }
  let table = try slow.get()
  for gene in table.genes.indices.prefix(16) { _ = table.counts.values(ofGene: gene) }
}

/// Three spots named as legacy ST names them, four genes.
private let section = Section(
  name: "C2", patient: "C", platform: "ST",
  spots: [
    Spot(id: "1x2", column: 1, row: 2, x: 0, y: 5),
    Spot(id: "3x4", column: 3, row: 4, x: 10, y: 5),
    Spot(id: "5x6", column: 5, row: 6, x: 20, y: 5),
  ],
  genes: ["A", "B", "C", "D"],
  counts: SparseMatrix(spotCount: 3, starts: [0, 0, 0, 0, 0], spots: [], values: []))

private func readPredictions(_ bytes: [UInt8]) throws {
  let table = try PredictionTable(parsing: bytes, of: nowhere, blocks: 1)
  let other = try PredictionTable(parsing: bytes, of: nowhere, blocks: 3)
  precondition(table.rowNames == other.rowNames && table.lineOfRow == other.lineOfRow)
  precondition(
    table.values.elementsEqual(other.values) { $0 == $1 || ($0.isNaN && $1.isNaN) })
  let prediction = try table.prediction(named: "mine", of: section)
  for gene in prediction.genes.indices.prefix(16) { _ = prediction.values(ofGene: gene) }
}
