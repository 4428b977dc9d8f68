import Foundation
import Testing

@testable import Sections

@Suite struct AnnDataLayerTests {
  typealias Files = AnnDataFixtures

  @Test func `layers and arrays of genes are offered, counts and embeddings are not`() throws {
    let layers = try AnnDataFile(opening: Files.url("visium")).layers()
    #expect(layers.map(\.name) == ["Mine", "THItoGene", "panel"])
    #expect(layers.map(\.path) == ["layers/Mine", "layers/THItoGene", "obsm/panel"])
    #expect(layers.map(\.isDescribed) == [false, true, false])
    #expect(layers[1].sidecar.normalization == .released)
    #expect(layers[1].sidecar.origin?.summary == "A to B")
    #expect(try AnnDataFile(opening: Files.url("dense")).layers() == [])
  }

  @Test func `a layer is a prediction of the genes it has numbers for`() throws {
    let file = try AnnDataFile(opening: Files.url("visium"))
    let section = try Files.section("visium")
    let prediction = try file.prediction(of: file.layers()[1], for: section)
    #expect(prediction.method == "THItoGene")
    #expect(prediction.genes == ["GENE1", "GENE5"])
    #expect(prediction.values(ofGene: 0) == (0..<11).map { Float($0) / 4 })
    let second = prediction.values(ofGene: 1)
    #expect(second[3].isNaN)
    #expect(second.count { $0 == 1 } == 10)
    #expect(prediction.normalization == .released)
    #expect(prediction.notes == [])
  }

  @Test func `sparse layers and tables are predictions too`() throws {
    let file = try AnnDataFile(opening: Files.url("visium"))
    let section = try Files.section("visium")
    let layers = try file.layers()
    let mine = try file.prediction(of: layers[0], for: section)
    #expect(mine.genes == section.genes)
    #expect(mine.values(ofGene: 4) == (0..<11).map { Files.count($0, 4) / 2 })
    let panel = try file.prediction(of: layers[2], for: section)
    #expect(panel.genes == ["GENE2", "GENE7"])
    #expect(panel.values(ofGene: 0) == (0..<11).map { Float($0) })
  }

  @Test func `spots join by name, in the section's order`() throws {
    let file = try AnnDataFile(opening: Files.url("visium"))
    var section = try Files.section("sections", part: 1)
    section.spots[0].id = "elsewhere"
    section.spots.swapAt(1, 2)
    let prediction = try file.prediction(of: file.layers()[1], for: section)
    #expect(prediction.values(ofGene: 0).dropFirst() == [1, 0.5, 1.5, 2, 2.5])
    #expect(prediction.values(ofGene: 0)[0].isNaN)
    #expect(prediction.notes == ["1 spot of section L2 not predicted."])
    for spot in section.spots.indices { section.spots[spot].id = "no \(spot)" }
    #expect(
      message { _ = try file.prediction(of: file.layers()[1], for: section) }?.contains(
        "none of its spots is in section L2") == true)
  }
}
