import Foundation
import TestSupport
import Testing

@testable import Sections

@Suite struct GeneSetsTests {
  let folder = TemporaryFolder()

  @Test func `a line is a name, a description and genes`() throws {
    let text =
      "\u{FEFF}# comment\nHALLMARK_A\thttp://a\tFASN\tSCD\tFASN\t\r\n\nB\t\tTP53,1.0\tX,Y\n"
    let found = try GeneSets(reading: folder.write(text, to: "hallmark.v1.gmt"))
    #expect(found.name == "hallmark.v1" && found.notes.isEmpty)
    #expect(
      found.sets == [
        GeneSet(name: "HALLMARK_A", description: "http://a", genes: ["FASN", "SCD"]),
        GeneSet(name: "B", genes: ["TP53", "X,Y"]),
      ])
    let packed = try GeneSets(reading: folder.write(gzipped(text), to: "hallmark.gmt.gz"))
    #expect(packed.sets == found.sets && packed.name == "hallmark")
  }

  @Test func `sets of one name are told apart`() throws {
    let found = try GeneSets(reading: folder.write("A\t\tX\nA\t\tY\n", to: "two.gmt"))
    #expect(found.sets.map(\.name) == ["A", "A-1"])
    #expect(found.notes == ["1 gene set name came more than once and got a number: 'A-1'."])
  }

  @Test(arguments: [
    ("", ": has no gene sets. Write one a line: name, description and genes, with tabs between."),
    ("# A\n\n", ": has no gene sets."),
    ("A\t\tX\nFASN\n", ":2: 'FASN' has no tab behind it. A line of a GMT file is a name"),
    ("A\tsays\n", ":1: gene set 'A' names no genes. Write them behind the description"),
    ("A\t\t\t \n", ":1: gene set 'A' names no genes."),
    ("\tsays\tX\n", ":1: the gene set has no name. Write one before the first tab."),
    ("A\u{0}\tX\n", ": is not text. Give gene sets as a GMT file."),
  ])
  func `a file of something else is refused`(text: String, problem: String) {
    let file = folder.write(text, to: "sets.gmt")
    let found = message { _ = try GeneSets(reading: file) }
    #expect(found?.contains("sets.gmt\(problem)") == true, "\(found ?? "read")")
  }

  @Test func `a file that is not there is said to be so`() {
    let file = folder.url.appending(path: "none.gmt")
    #expect(
      message { _ = try GeneSets(reading: file) }?.hasSuffix("is not there. Check the path.")
        == true)
  }
}
