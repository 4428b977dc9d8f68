import Foundation
import TestSupport
import Testing

@testable import HDF5
@testable import Sections

@Suite struct AnnDataDamageTests {
  typealias Files = AnnDataFixtures

  @Test(arguments: [
    ("gene", "'X' names gene 900, and there are 8. Export the file again."),
    (
      "negative",
      "'X/indices' holds a number that is negative, too large or no whole one where it may not be. "
        + "Write the file again."
    ),
    ("offsets", "'X' has offsets that go back from 12 to 0 at spot 3. Export the file again."),
    (
      "offset_end",
      "'X' has 76 values and 76 indices, and its offsets end at 77. Write the file again."
    ),
    ("code", "'obs/label' names category 9, and there are 3. Write the file again."),
    ("label_length", "'obs/label' has 2 rows, and the table 12. Write the file again."),
    (
      "places",
      "'obsm/spatial' is 5 × 2, and x and y of 12 spots are expected. Write the file again."
    ),
    (
      "sizes",
      "'X' is 12 × 9, and the tables are of 12 spots and 8 genes. Write the file again."
    ),
    (
      "encoding",
      "'X' is stored as 'coo_matrix', which Eosin does not know. Make it a csr_matrix, a csc_matrix "
        + "or an array, and write the file again."
    ),
    (
      "claim",
      "'X/data' claims 1099511627776 elements, of which its 0 bytes in the file cannot be. Export "
        + "the file again."
    ),
    ("no_var", "has no table 'var', which every AnnData file has. Check that it is one."),
  ])
  func `a damaged file is refused in a sentence`(name: String, problem: String) {
    let url = Files.url("bad_\(name)")
    #expect(message { _ = try Files.section("bad_\(name)") } == "\(url.path): \(problem)")
  }

  @Test func `a file cut anywhere is refused`() throws {
    let bytes = try [UInt8](Data(contentsOf: Files.url("csc")))
    let folder = TemporaryFolder()
    for length in [0, 100, 1000, bytes.count / 2, bytes.count - 1] {
      let url = folder.write(Array(bytes.prefix(length)), to: "cut.h5ad")
      #expect(message { _ = try AnnDataReader.sections(in: url) } != nil, "\(length)")
    }
  }

  /// Changes bytes of the values, not of HDF5's own tables, which the library itself must mind.
  @Test func `changed values are read as something or refused, never worse`() throws {
    var generator = SeededNumbers(state: 3)
    let folder = TemporaryFolder()
    let file = try HDF5File(opening: Files.url("version_0_5"))
    let bytes = try [UInt8](Data(contentsOf: file.url))
    let paths = ["X", "raw.X/data", "raw.X/indices", "raw.X/indptr", "obs", "var", "obsm"]
    var places: [Int] = []
    for path in paths {
      let dataset = try file.root.dataset(path)
      let start = try #require(dataset.offset)
      places += start..<start + dataset.storedByteCount
    }
    var sections = 0
    for _ in 0..<200 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        let place = try #require(places.randomElement(using: &generator))
        changed[place] = UInt8.random(in: 0...255, using: &generator)
      }
      let url = folder.write(changed, to: "changed.h5ad")
      for reference in (try? AnnDataReader.sections(in: url)) ?? [] {
        guard let section = try? AnnDataReader.read(reference) else { continue }
        #expect(section.counts.geneCount == section.genes.count)
        #expect(section.counts.spotCount == section.spots.count)
        sections += 1
      }
    }
    // Some are refused, some are not.
    #expect((1..<200).contains(sections))
  }
}
