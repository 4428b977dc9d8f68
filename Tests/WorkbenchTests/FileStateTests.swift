import Foundation
import Models
import Sections
import TestSupport
import Testing

@testable import Workbench

/// Files that are written anew while they are looked at.
@Suite struct FileStateTests {
  @Test func `a file of the same length and time in the place of another is noticed`() throws {
    let folder = try TemporaryFolder()
    let workbench = PredictTests.workbench(folder)
    let url = folder.url.appending(path: "model.safetensors")
    let date = Date(timeIntervalSince1970: 1_000_000)
    func save(_ seed: UInt64) throws -> FileState? {
      try Checkpoint(
        untrained: modelEntry(named: "ridge"), genes: Panel(name: "panel", genes: ["A", "B"]),
        seed: seed
      ).write(to: url, replacing: true)
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: url.path)
      return FileState(url)
    }
    let first = try save(1)
    let fingerprint = try workbench.openModel(url).fingerprint
    #expect(FileState(url) == first)
    let second = try save(2)
    #expect(second != first && second != nil)
    #expect(try workbench.openModel(url).fingerprint != fingerprint)
  }

  @Test func `a file that is not there has no state`() throws {
    #expect(FileState(URL(filePath: "/no/such/file")) == nil)
  }
}
