import Foundation
import Images
import Testing

@testable import Sections

struct LegacySTWriterTests {
  @Test func `a section reads back from the folder it was written to`() throws {
    let folder = TemporaryFolder()
    var export = SmallExport.export(spots: 60, genes: 30)
    export.section.annotations = [export.categories[0].annotation]
    export.section.image = try folder.image(width: 900, height: 200)
    let target = folder.url.appending(path: "out")
    #expect(try export.writeLegacyST(to: target, replacing: false) == [])
    let dataSet = try DataSet(opening: target)
    let section = try dataSet.read(try dataSet.reference(named: "T1"))
    #expect(section.counts == export.section.counts)
    #expect(section.spots == export.section.spots)
    #expect(section.genes == export.section.genes)
    let labels = section.spots.indices.map { section.labels?.label(ofSpot: $0) }
    #expect(
      labels == section.spots.indices.map { export.categories[0].annotation.label(ofSpot: $0) })
    #expect(section.image?.width == 900)
    let again = message { _ = try export.writeLegacyST(to: target, replacing: false) }
    #expect(again?.hasSuffix("Name another folder, or ask to replace it.") == true)
    #expect(try export.writeLegacyST(to: target, replacing: true) == [])
  }

  @Test func `spots that columns and rows do not tell apart are refused`() {
    var export = SmallExport.export(spots: 4, genes: 3)
    for spot in export.section.spots.indices { export.section.spots[spot].column = 0 }
    let problem = message {
      _ = try export.writeLegacyST(to: URL(filePath: "/tmp/never"), replacing: false)
    }
    #expect(
      problem
        == "section T1: has several spots at one array column and row, and this layout names spots "
        + "by them. Write .h5ad instead.")
  }
}
