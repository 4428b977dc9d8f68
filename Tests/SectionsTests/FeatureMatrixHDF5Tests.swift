import Foundation
import TestSupport
import Testing

@testable import Sections

private let fixtures = Bundle.module.resourceURL!.appending(path: "Fixtures/10x-h5")

@Suite struct FeatureMatrixHDF5Tests {
  func read(_ name: String) throws -> FeatureMatrix {
    try FeatureMatrix(reading: fixtures.appending(path: "\(name).h5"))
  }

  func refusal(_ name: String) -> String { message { _ = try read(name) } ?? "was read" }

  @Test(arguments: ["version-3", "version-2"])
  func `counts are read by feature`(name: String) throws {
    var matrix = try read(name)
    #expect(matrix.barcodes == ["AAAC-1", "AAAG-1", "AAAT-1"])
    #expect(
      (0..<4).map { matrix.counts.values(ofGene: $0) }
        == [[1, 0, 0], [0, 0, 3], [2, 0, 4], [9, 0, 0]])
    matrix.keepGenes()
    let genes = ["TP53", "BRCA1", "ENSG00000000001"]
    #expect(
      try matrix.geneNames(of: fixtures) == (name == "version-3" ? genes : genes + ["CD3"]))
    #expect(
      matrix.notes
        == (name == "version-3" ? ["Features that are no genes left out: 1 Antibody Capture."] : [])
    )
  }

  @Test func `genes of several genomes are put one behind the other`() throws {
    let matrix = try read("two-genomes")
    #expect(matrix.barcodes == ["AAAC-1", "AAAG-1", "AAAT-1", "CCCC-1"])
    #expect(matrix.features.map(\.name) == ["TP53", "BRCA1", "", "CD3", "Trp53", "Brca1"])
    #expect(matrix.counts.values(ofGene: 2) == [2, 0, 4, 0])
    #expect(matrix.counts.values(ofGene: 4) == [6, 0, 0, 5])
    #expect(matrix.counts.values(ofGene: 5) == [7, 0, 0, 0])
    #expect(
      matrix.notes == ["The genes of 2 genomes, 'GRCh38', 'mm10', one behind the other."])
  }

  @Test(arguments: [
    ("bad-index", "'matrix' names gene 4, and there are 4."),
    ("bad-offsets", "'matrix' has offsets that go back from 3 to 2 at spot 2."),
    ("bad-end", "'matrix' has 5 counts, 5 features of them, and offsets that end at 6."),
    ("bad-shape", "'matrix' names 4 features, and its matrix has 5."),
    ("bad-count", "holds 1 number below zero, which are no counts."),
    ("bad-barcodes", "spot 'AAAC-1' appears twice."),
    ("no-features", "'matrix/genes' is not there; a dataset is expected."),
    ("none", "none.h5: cannot be opened: No such file or directory."),
  ])
  func `a damaged matrix is refused in a sentence`(name: String, sentence: String) {
    #expect(refusal(name).hasPrefix(fixtures.appending(path: "\(name).h5").path + ": "))
    #expect(refusal(name).contains(sentence), "\(refusal(name))")
  }

  @Test func `random damage is refused or read, and never crashes`() throws {
    let folder = TemporaryFolder()
    let sound = Array(try Data(contentsOf: fixtures.appending(path: "version-3.h5")))
    var generator = SeededNumbers(state: 11)
    for _ in 0..<200 {
      var bytes = sound
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        bytes[Int.random(in: 8..<bytes.count, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      let url = folder.write(bytes, to: "damaged.h5")
      _ = message { _ = try FeatureMatrix(reading: url) }
    }
  }

  @Test(.enabled(if: SharedFiles.hasData), arguments: ["not_hdf5.h5", "truncated.h5"])
  func `what is no HDF5 file or cut short says so`(name: String) {
    let url = SharedFiles.data.appending(path: "malformed/\(name)")
    let found = message { _ = try FeatureMatrix(reading: url) } ?? "was read"
    #expect(found.hasPrefix(url.path + ": is "), "\(found)")
    #expect(found.contains(name == "truncated.h5" ? "cut short" : "no HDF5 file"), "\(found)")
  }
}
