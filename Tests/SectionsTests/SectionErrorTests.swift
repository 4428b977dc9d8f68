import Foundation
import Testing

@testable import Sections

@Suite struct SectionErrorTests {
  @Test func `what a file says cannot steer a terminal or fill it`() {
    let error = SectionError(
      file: URL(filePath: "/tmp/m.mtx"), line: 1,
      problem:
        "is a matrix of '\u{1B}[2J\(String(repeating: "z", count: 5_000))\n'. Write it again.")
    #expect(error.description.hasPrefix("/tmp/m.mtx:1: is a matrix of '\u{FFFD}[2Jzzz"))
    #expect(error.description.hasSuffix("zzz\u{FFFD}'. Write it again."))
    #expect(error.description.contains("z…z") && error.description.count < 1_100)
  }

  @Test func `a name is shown with its ends, and plain names as they are`() {
    #expect(quoted("10x21") == "'10x21'")
    #expect(quoted("Ébène 北") == "'Ébène 北'")
    #expect(quoted("a\u{202E}b\u{7F}") == "'a\u{FFFD}b\u{FFFD}'")
    #expect(quoted(String(repeating: "y", count: 90)).count == 82)
  }

  @Test func `no name is near to one that nobody typed`() {
    #expect(nearest(to: "realeased", among: ["released", "raw"]) == "released")
    #expect(
      nearest(to: String(repeating: "r", count: 1_000_000), among: ["released", "raw"]) == nil)
  }
}
