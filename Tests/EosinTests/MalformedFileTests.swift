import Foundation
import TestSupport
import Testing
import Workbench

/// One defect a file, through the program; runs where the shared data lies beside the project.
/// The same defects, made up small, are in `DamagedFileTests`.
@Suite(.enabled(if: SharedFiles.hasData)) struct MalformedFileTests {
  static let folder = SharedFiles.data.appending(path: "malformed")
  static let images = SharedFiles.data.appending(path: "images")

  static func names(in folder: URL) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.contains(".") }.sorted()
  }

  func path(_ name: String) -> String { Self.folder.appending(path: name).path }

  @Test(arguments: names(in: folder))
  func `any file as counts is read or refused in a sentence`(name: String) throws {
    let outcome = try Program.info(["--counts", path(name), "--spots", path("spots_ok.tsv")])
    expectDone(outcome, orSentenceAbout: path(name))
    if outcome.status == .exited(0) {
      let info = try JSONDecoder().decode(SectionInfo.self, from: Data(outcome.output.utf8))
      #expect(info.spots == 187 && info.genes == 300 && info.countsInAll == 29594)
    }
  }

  @Test(arguments: names(in: folder))
  func `any file as spots is read or refused in a sentence`(name: String) throws {
    let outcome = try Program.info(["--counts", path("ok_300genes.tsv"), "--spots", path(name)])
    expectDone(outcome, orSentenceAbout: path(name))
    #expect((outcome.status == .exited(0)) == name.hasPrefix("spots_"))
  }

  @Test(
    arguments: names(in: images) + [
      "../malformed/truncated.png", "../malformed/png_bomb_dims.png",
    ])
  func `any file as image leaves the section readable`(name: String) throws {
    let image = Self.images.appending(path: name).path
    let ownName = URL(filePath: name).lastPathComponent
    let section = ["--counts", path("ok_300genes.tsv"), "--spots", path("spots_ok.tsv")]
    let outcome = try Program.info(section + ["--image", image])
    #expect(outcome.status == .exited(0) && outcome.error == "", "\(outcome.everything)")
    let info = try JSONDecoder().decode(SectionInfo.self, from: Data(outcome.output.utf8))
    #expect(info.spots == 187)
    let notes = info.notes.filter { $0.hasPrefix("No image: ") }
    #expect((info.image == nil) == (notes.count == 1))
    #expect(notes.allSatisfy { $0.contains(ownName) })

    // What opens need not decode.
    let folder = try TemporaryFolder()
    let picture = try Program.run(
      ["render", "--show", "image", "--side", "64", "-o", folder.path("a.png")] + section
        + ["--image", image], megabytes: 2000, seconds: 10)
    #expect(picture.status == .exited(0) || picture.status == .exited(1), "\(picture.everything)")
    #expect(picture.error.contains(ownName) || folder.names == ["a.png"])
    #expect((picture.status == .exited(0)) == (folder.names == ["a.png"]))
  }
}

extension Program {
  /// `eosin info --json`, in 2 GB of address space and 10 s.
  static func info(_ arguments: [String]) throws -> Outcome {
    try run(["info", "--json"] + arguments, megabytes: 2000, seconds: 10)
  }
}

/// Expects an outcome that is done, or failed with nothing but a sentence that names the file.
func expectDone(
  _ outcome: Program.Outcome, orSentenceAbout path: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  switch outcome.status {
  case .exited(0): #expect(outcome.error == "", sourceLocation: sourceLocation)
  case .exited(1):
    let lines = outcome.error.split(separator: "\n")
    #expect(outcome.output == "" && lines.count == 1, sourceLocation: sourceLocation)
    #expect(
      lines.first?.hasPrefix("eosin: \(path):") == true && lines.first?.hasSuffix(".") == true,
      "\(outcome.error)", sourceLocation: sourceLocation)
  default: Issue.record("\(outcome.everything)", sourceLocation: sourceLocation)
  }
}
