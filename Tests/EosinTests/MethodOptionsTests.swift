import Foundation
import TestSupport
import Testing
import Workbench

@testable import eosin

@Suite struct MethodOptionsTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["a.tsv", "b.tsv.gz", "c.safetensors", "x=y.csv"] { try folder.write("", to: name) }
  }

  func methods(_ arguments: [String]) throws -> [Method] {
    try MethodOptions.parse(arguments).methods()
  }

  @Test func `names are given, or the files', and unique`() throws {
    let found = try methods([
      "--predictions", "Mine=\(folder.path("a.tsv"))",
      "--predictions", folder.path("b.tsv.gz"), "--model", folder.path("c.safetensors"),
      "--predictions", "Mine=\(folder.path("b.tsv.gz"))", "--predictions",
      "c=\(folder.path("a.tsv"))",
      "--predictions", folder.path("x=y.csv"), "--predictions=\(folder.path("a.tsv"))",
    ])
    #expect(found.map(\.name) == ["c", "Mine", "b", "Mine 2", "c 2", "x=y", "a"])
    #expect(found[0].source == .checkpoint(URL(filePath: folder.path("c.safetensors"))))
    #expect(found[1].source == .table(URL(filePath: folder.path("a.tsv"))))
    #expect(try MethodOptions.parse([]).isEmpty && methods([]).isEmpty)
  }

  @Test(arguments: [
    ("--model", "gone.safetensors", "gone.safetensors: is not there. Check the path."),
    ("--predictions", "gone.tsv", "gone.tsv: is not there. Check the path."),
    ("--predictions", "Mine=gone.tsv", "gone.tsv: is not there. Check the path."),
    ("--predictions", "Mine=/proc", "/proc: is a folder, not a file. Name the file inside it."),
  ])
  func `a file that is not there is said at once`(
    option: String, value: String, sentence: String
  ) throws {
    let error = #expect(throws: WorkbenchError.self) { try methods([option, value]) }
    #expect(error?.description.hasSuffix(sentence) == true)
    #expect(error?.description.contains("Mine=") == false)
  }
}
