import Foundation
import TestSupport
import Testing

@testable import Sections

private let counts = "\tA\tB\n10x21\t1\t0\n10x22\t2\t3\n11x21\t0\t4\n"
private let selection = """
  selected\tpixel_y\tpixel_x\tnew_x\tnew_y\ty\tx
  1\t20.5\t10.5\t10.1\t21.1\t21\t10
  1\t22\t12\t10.1\t22.1\t22\t10
  1\t20\t14\t11.1\t21.1\t21\t11

  """

@Suite struct LegacySTReaderTests {
  let folder = TemporaryFolder()

  func read(
    counts: String = counts, spots: String? = selection, labels: String? = nil
  ) throws -> Section {
    try LegacySTReader.read(
      SectionReference(
        name: "C2", patient: "C", counts: folder.write(counts, to: "C2.tsv"),
        spots: spots.map { folder.write($0, to: "spots.tsv") },
        labels: labels.map { folder.write($0, to: "labels.tsv") }))
  }

  @Test func `counts and spots join by rounded position in the counts' order`() throws {
    let section = try read(counts: counts.replacingOccurrences(of: "10x22", with: "9.6x22.4"))
    #expect(section.spots.map(\.id) == ["10x21", "9.6x22.4", "11x21"])
    #expect(section.spots[1] == Spot(id: "9.6x22.4", column: 10, row: 22, x: 12, y: 22))
    #expect(section.counts.values(ofGene: 1) == [0, 3, 4])
    #expect(section.notes.isEmpty)
    #expect(section.join?.joined == 3)
  }

  @Test func `what does not join is left out and said once`() throws {
    let section = try read(
      counts: counts + "40x40\t9\t9\n",
      spots: selection + "1\t1\t1\t1\t1\t3\t3\n0\t1\t1\t1\t1\t40\t40\n1\tnan\t1\t1\t1\t4\t4\n")
    #expect(section.spots.count == 3)
    #expect(section.counts.values(ofGene: 0) == [1, 2, 0])
    #expect(
      section.notes == [
        "1 row of counts left out: no spot has their position.",
        "1 spot left out: no counts.",
        "1 spot left out: no usable position, first on line 7.",
        "1 spot left out: marked as not selected.",
      ])
  }

  @Test func `labels are rounded and those of no spot are counted`() throws {
    let labels = """
      Row.names\tx\ty\tpixel_x\tpixel_y\tlabel
      a\t9.98\t21.02\t1\t1\tinvasive cancer
      b\tNA\tNA\tNA\tNA\tadipose tissue
      c\t10.5\t21.5\t1\t1\tadipose tissue
      d\t50\t50\t1\t1\tadipose tissue
      """
    let section = try read(labels: labels)
    // 10.5 and 21.5 round to the even 10 and 22.
    #expect(
      section.spots.indices.map { section.labels?.label(ofSpot: $0) }
        == ["invasive cancer", "adipose tissue", nil])
    #expect(section.join?.labelsWithBadPosition == 1)
    #expect(section.join?.labelsWithoutSpot == 1)
    #expect(section.join?.spotsWithoutLabel == 1)
  }

  @Test func `without a table of spots the array gives the positions`() throws {
    let section = try read(spots: nil)
    #expect(section.spots[0] == Spot(id: "10x21", column: 10, row: 21, x: 10, y: 21))
    #expect(
      section.notes == ["No table of spots: positions are array columns and rows, not pixels."])
  }

  @Test(arguments: [
    ("spotA", "C2.tsv:3: spot 'spotA' does not say where it is. Name spots by array column"),
    ("10x", "C2.tsv:3: spot '10x' does not"), ("-3x99999999999", "C2.tsv:3: spot '-3x9"),
    ("10.2x21.1", "C2.tsv:3: spots '10x21' on line 2 and '10.2x21.1' both round to 10x21."),
  ])
  func `a name that is no place of its own is refused`(name: String, sentence: String) {
    let text = counts.replacingOccurrences(of: "10x22", with: name)
    let found = message { _ = try read(counts: text) } ?? "was read"
    #expect(found.contains(sentence), "\(found)")
  }

  @Test(arguments: [
    ("x\ty\tpixel_x\n1\t1\t1\n", "spots.tsv:1: has no column 'pixel_y'; its columns are 'x', 'y'"),
    (
      selection + "1\t1\t1\t1\t1\t21\t10\n",
      "spots.tsv:5: spot 10x21 is selected twice, first on line 2."
    ),
    ("x\ty\tpixel_x\tpixel_y\n1\t1\t1\n", "spots.tsv:2: has 3 cells, the header names 4 columns."),
    (
      "x,y,pixel_x,pixel_y\r\n1,2,3,4\r\n",
      "spots.tsv: no spot joins C2.tsv: its rows have names like 10x21, the spots have 1x2."
    ),
    ("", "spots.tsv: is empty."),
  ])
  func `a broken table of spots is refused with its place`(text: String, sentence: String) {
    let found = message { _ = try read(spots: text) } ?? "was read"
    #expect(found.contains(sentence), "\(found)")
  }

  @Test func `an image that does not open becomes a note`() throws {
    let reference = SectionReference(
      name: "C2", patient: "C", counts: folder.write(counts, to: "C2.tsv"),
      spots: folder.write(selection, to: "spots.tsv"),
      image: folder.url.appending(path: "none.jpg"))
    let section = try LegacySTReader.read(reference)
    #expect(section.image == nil && section.spots.count == 3)
    #expect(section.notes.count == 1 && section.notes[0].hasPrefix("No image: "))
  }

  @Test func `a quote that is never closed does not put the file into the message`() {
    let text = Array("\"x\ty\tlabel\n\(String(repeating: "1\t2\tcancer\n", count: 500))".utf8)
    let url = URL(filePath: "/tmp/L.tsv")
    let found = message { _ = try LabelTable(NamedColumns(parsing: text, of: url)) }
    #expect(found?.hasPrefix("/tmp/L.tsv:1: has no column 'x'; its columns are '\"x") == true)
    #expect((found?.count ?? 0) < 250, "\(found ?? "")")
  }

  @Test(arguments: 0..<64)
  func `random damage to the small tables never crashes`(seed: Int) {
    var generator = SeededNumbers(state: UInt64(seed))
    var text = Array(selection.utf8)
    for _ in 0..<Int.random(in: 1...8, using: &generator) {
      text[Int.random(in: 0..<text.count, using: &generator)] = UInt8.random(
        in: 0...255, using: &generator)
    }
    let url = folder.url.appending(path: "damaged.tsv")
    _ = message { _ = try SpotSelection(NamedColumns(parsing: text, of: url)) }
    _ = message { _ = try LabelTable(NamedColumns(parsing: text, of: url)) }
  }
}

@Suite struct DataSetTests {
  let folder = TemporaryFolder()

  @Test func `sections are found with what lies beside them`() throws {
    folder.write(counts, to: "set/data/ST-cnts/C2.TSV")
    folder.write(gzipped(counts), to: "set/data/ST-cnts/A10.tsv.gz")
    folder.write(selection, to: "set/data/ST-spotfiles/C2_selection.tsv")
    folder.write(selection, to: "set/data/ST-imgs/C/C2/HE.JPG")
    folder.write("x\ty\tlabel\n", to: "set/data/ST-pat/lbl/C2_labeled_coordinates.tsv")
    for path in ["set", "set/data"] {
      let set = try DataSet(opening: folder.url.appending(path: path))
      #expect(set.name == "set" && set.format == "st")
      #expect(set.sections.map(\.name) == ["A10", "C2"])
      #expect(set.sections.map(\.patient) == ["A", "C"])
      #expect(set.sections[0].spots == nil && set.sections[0].image == nil)
      #expect(set.sections[1].image?.lastPathComponent == "HE.JPG")
      #expect(set.sections[1].labels != nil && set.sections[1].spots != nil)
      #expect(try set.read(set.reference(named: "a10")).spots.count == 3)
      #expect(
        message { _ = try set.reference(named: "C3") }?.contains(
          "has no section 'C3'. Did you mean 'C2'? It has A10, C2.") == true)
    }
  }

  @Test func `a path that is no data set says what was looked for`() {
    folder.write("", to: "other/notes.txt")
    func opening(_ path: String) -> String {
      message { _ = try DataSet(opening: folder.url.appending(path: path)) } ?? "was opened"
    }
    #expect(opening("none").hasSuffix("none: is not there. Check the path."))
    #expect(opening("other/notes.txt").contains("is no file Eosin knows. It opens a folder"))
    #expect(
      opening("other").contains("is no data set Eosin knows; it holds 'notes.txt'. Eosin opens"))
    folder.write("", to: "bare/ST-cnts/readme.md")
    #expect(opening("bare").contains("holds no counts."))
  }

  /// Needs the real sections, which are not part of the project.
  @Test(
    .enabled(if: SharedFiles.hasData),
    arguments: [
      ("C3", 180, ["2 spots left out: no counts."]),
      (
        "G2", 467,
        ["8 labels left out: no usable position."]
      ),
    ])
  func `real sections open`(name: String, spots: Int, notes: [String]) throws {
    let set = try DataSet(opening: SharedFiles.data.appending(path: "her2st"))
    #expect(set.name == "her2st" && set.sections.count == 12)
    let section = try set.read(set.reference(named: name))
    #expect(section.spots.count == spots)
    #expect(section.notes == notes)
  }
}
