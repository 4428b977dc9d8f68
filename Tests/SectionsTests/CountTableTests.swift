import Foundation
import Testing

@testable import Sections

/// A place for made-up tables; the error messages begin with it.
private let file = URL(filePath: "/tmp/T.tsv")

private func table(_ text: String) throws -> CountTable {
  try CountTable(parsing: Array(text.utf8), of: file)
}

/// The counts as rows of spots.
private func dense(_ table: CountTable) -> [[Float]] {
  let columns = table.genes.indices.map { table.counts.values(ofGene: $0) }
  return table.spotNames.indices.map { spot in columns.map { $0[spot] } }
}

@Suite struct CountTableTests {
  @Test(arguments: [
    "\tA\tB\tC\n1x2\t0\t1\t2\n3x4\t10\t0\t0\n",
    "\tA\tB\tC\n1x2\t0\t1\t2\n3x4\t10\t0\t0",  // no line end at the end
    "A\tB\tC\n1x2\t0\t1\t2\n3x4\t10\t0\t0\n",  // no cell over the names
    "spot\tA\tB\tC\n1x2\t0\t1\t2\n3x4\t10\t0\t0\n",
    ",A,B,C\r\n1x2,0,1,2\r\n3x4,10,0,0\r\n",
    "\"\",\"A\",\"B\",\"C\"\n\"1x2\",0,1,2\n\"3x4\",\"10\",0,0\n",
    "\tA\tB\tC\n\n1x2\t0\t1\t2\n\n3x4\t1e1\t0.0\t0\n\n",
  ])
  func `every accepted form gives the same table`(text: String) throws {
    let found = try table(text)
    #expect(found.spotNames == ["1x2", "3x4"])
    #expect(found.genes == ["A", "B", "C"])
    #expect(dense(found) == [[0, 1, 2], [10, 0, 0]])
    #expect(found.notes.isEmpty)
  }

  @Test func `decimals are kept`() throws {
    #expect(dense(try table("\tA\tB\n1x1\t0.5\t1e3\n")) == [[0.5, 1000]])
  }

  @Test(arguments: [
    ("", "/tmp/T.tsv: is empty. Export the matrix again."),
    ("\n\n", "/tmp/T.tsv: is empty. Export the matrix again."),
    ("\tA\tB\n", "/tmp/T.tsv: has a header but no rows below it. Export the matrix again."),
    (
      "\tA\tB\n1x1\t0\t1\n1x2\t0\n",
      "/tmp/T.tsv:3: spot '1x2' has 1 count, the header names 2 genes. Export the matrix again."
    ),
    (
      "\tA\tB\n1x1\t0\t1\n1x2\t0\t1\t2\n",
      "/tmp/T.tsv:3: spot '1x2' has 3 counts, the header names 2 genes. Export the matrix again."
    ),
    (
      "\tA\tB\n1x1\t0\tNaN\n",
      "/tmp/T.tsv:2: spot '1x1', gene 'B': 'NaN' is not a count. Write the number, or 0 where "
        + "nothing was counted."
    ),
    ("\tA\tB\n1x1\tNA\t0\n", "/tmp/T.tsv:2: spot '1x1', gene 'A': 'NA' is not a count."),
    ("\tA\tB\n1x1\t\t0\n", "/tmp/T.tsv:2: spot '1x1', gene 'A': the count is empty."),
    ("\tA\tB\n1x1\t0\t\n", "/tmp/T.tsv:2: spot '1x1', gene 'B': the count is empty."),
    ("\tA\tB\n1x1\t-3\t0\n", "/tmp/T.tsv:2: spot '1x1', gene 'A': '-3' is negative"),
    (
      "\tA\tB\n1x1\t1,5\t0\n",
      "/tmp/T.tsv:2: spot '1x1', gene 'A': '1,5' is not a count; decimals take a point."
    ),
    ("\tA\tB\n1x1\t99999999999\t0\n", "'99999999999' is too large for a count."),
    ("\tA\tB\n1x1\t1e300\t0\n", "'1e300' is too large for a count."),
    ("\tA\tB\n1x1\t0x10\t0\n", "'0x10' is not"),
    ("\tA\tB\n1x1\tinf\t0\n", "'inf' is not a count."),
    (
      "\tA\tB\n1x1\t0\t0\n\n1x1\t0\t0\n",
      "/tmp/T.tsv:4: spot '1x1' appears twice; its first row is line 2. Remove one of the two."
    ),
    ("\tA\tB\n\t0\t0\n", "/tmp/T.tsv:2: the row has no name."),
    ("\tA\t\n1x1\t0\t0\n", "/tmp/T.tsv:1: gene 2 has no name."),
    (";A;B\n1x1;0;0\n", "/tmp/T.tsv:1: has one column, with semicolons."),
    ("\tA\tB\r1x1\t0\t1\r", "/tmp/T.tsv:1: ends its lines with carriage returns alone."),
    ("\tA\tB\n\u{1B}[2J\t0\n", "/tmp/T.tsv:2: spot '\u{FFFD}[2J' has 1 count, the header names"),
    (
      "\tA\n1x1\t\(String(repeating: "7", count: 9_000))x\n",
      "'\(String(repeating: "7", count: 40))…\(String(repeating: "7", count: 38))x' is not a count."
    ),
    ("\u{89}HDF\r\n\u{1A}\n\0\0", "/tmp/T.tsv: is not text."),
  ])
  func `a broken table is refused with its place`(text: String, sentence: String) {
    let found = message { _ = try table(text) } ?? "was read"
    #expect(found.contains(sentence), "\(found)")
  }

  @Test func `genes of the same name are kept apart`() throws {
    let found = try table("\tA\tB\tA\tA-1\tA\n1x1\t1\t2\t3\t4\t5\n")
    #expect(found.genes == ["A", "B", "A-2", "A-1", "A-3"])
    #expect(dense(found) == [[1, 2, 3, 4, 5]])
    #expect(
      found.notes == ["2 gene names came more than once and got a number: 'A-2', 'A-3'."])
  }

  @Test func `dates that were genes are noted`() throws {
    let found = try table("\t1-Mar\tSep-02\t44621\tHLA-A\tA\n1x1\t1\t2\t3\t4\t5\n")
    #expect(
      found.notes == [
        "3 gene names look like dates, as Excel makes of MARCHF1 or SEPTIN1: "
          + "'1-Mar', 'Sep-02', '44621'."
      ])
  }

  @Test func `a table with spots for columns is turned`() throws {
    let found = try table("\t1x1\t1x2\nA\t1\t0\nB\t0\t2\nC\t3\t4\n")
    #expect(found.spotNames == ["1x1", "1x2"])
    #expect(found.genes == ["A", "B", "C"])
    #expect(dense(found) == [[1, 0, 3], [0, 2, 4]])
    #expect(found.notes.count == 1)
    #expect(
      message { _ = try table("\t1x1\t1x2\nA\t1\tx\n") }?.contains(
        "/tmp/T.tsv:2: gene 'A', spot '1x2': 'x' is not a count.") == true)
  }

  @Test(arguments: 0..<64)
  func `random tables read back whatever their form`(seed: Int) throws {
    var generator = SeededNumbers(state: UInt64(seed))
    let spots = Int.random(in: 1...40, using: &generator)
    let genes = Int.random(in: 1...40, using: &generator)
    let separator = Bool.random(using: &generator) ? "\t" : ","
    let lineEnd = Bool.random(using: &generator) ? "\n" : "\r\n"
    let values = (0..<spots).map { _ in
      (0..<genes).map { _ -> Float in
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<6: return 0
        case 6..<9: return Float(Int.random(in: 1...9, using: &generator))
        default: return Float(Int.random(in: 0...16_777_216, using: &generator))
        }
      }
    }
    var lines = [(0..<genes).map { "G\($0)" }.joined(separator: separator)]
    if Bool.random(using: &generator) { lines[0] = separator + lines[0] }
    // A single column without its corner could as well be a row name: always with one.
    if genes == 1, !lines[0].hasPrefix(separator) { lines[0] = separator + lines[0] }
    lines += values.enumerated().map { row, counts in
      "\(row)x7" + separator + counts.map { "\(Int($0))" }.joined(separator: separator)
    }
    let text = Array(lines.joined(separator: lineEnd).utf8)
    let fast = try CountTable(
      parsing: text, of: file, blocks: Int.random(in: 1...5, using: &generator))
    let plain = try CountTable(parsing: text, of: file, usesFastPath: false, blocks: 1)
    #expect(dense(fast) == values)
    #expect(fast.counts == plain.counts)
    #expect(fast.lineOfSpot == (0..<spots).map { $0 + 2 })
    #expect(fast.spotNames == plain.spotNames)
  }

  @Test(arguments: 0..<64)
  func `random damage never crashes and both paths agree on it`(seed: Int) {
    var generator = SeededNumbers(state: UInt64(1000 + seed))
    let rows = (0..<12).map { row in
      "\(row)x\(seed)\t"
        + (0..<30).map { _ in "\(Int.random(in: 0..<12, using: &generator))" }
        .joined(separator: "\t")
    }
    var text = Array(
      ("\t" + (0..<30).map { "G\($0)" }.joined(separator: "\t") + "\n"
        + rows.joined(separator: "\n")).utf8)
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      let place = Int.random(in: 0..<text.count, using: &generator)
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: text[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: text.remove(at: place)
      default: text = Array(text[..<max(1, place)])
      }
    }
    let fast = Result { try CountTable(parsing: text, of: file, blocks: 3) }
    let plain = Result { try CountTable(parsing: text, of: file, usesFastPath: false, blocks: 1) }
    switch (fast, plain) {
    case (.success(let fast), .success(let plain)): #expect(fast.counts == plain.counts)
    case (.failure(let fast), .failure(let plain)): #expect("\(fast)" == "\(plain)")
    default: Issue.record("one path reads what the other refuses")
    }
  }
}
