import Foundation
import Models
import Sections
import TensorCore
import TestSupport
import Testing

@testable import Workbench

@Suite struct PredictionFileTests {
  let workbench = Workbench()
  let section: LoadedSection
  let folder: TemporaryFolder

  init() throws {
    let dataSet = try DataSet(opening: SharedFiles.sampleData)
    section = try workbench.load(try dataSet.reference(named: "P1"), of: dataSet)
    folder = try TemporaryFolder()
  }

  /// A made-up prediction of some of the section's genes.
  func made(seed: UInt64, denser: Bool = false) -> Prediction {
    var generator = SeededGenerator(seed: seed)
    let genes = Array(section.section.genes.prefix(7))
    let spots = denser ? 500 : section.section.spots.count
    let values = (0..<genes.count * spots).map { _ in
      generator.nextUnit() < 0.1 ? Float.nan : Float(generator.nextUnit() * 4 - 1)
    }
    return Prediction(
      method: "made", genes: genes, spotCount: spots, values: values,
      denserSpots: denser
        ? (0..<spots).map {
          Spot(id: "p\($0)", column: $0, row: -$0, x: Double($0) / 7, y: -0.25)
        } : nil,
      normalization: seed % 2 == 0 ? .published : nil,
      origin: seed % 3 == 0 ? .init(summary: "trained on \"A\" to H\n") : nil,
      notes: seed % 5 == 0 ? ["3 spots lie too near the edge."] : [])
  }

  func read(_ path: String) throws -> Prediction {
    try workbench.readPrediction(
      Method(name: "read", source: .table(URL(filePath: path))), for: section)
  }

  func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "was read"
    } catch { return "\(error)" }
  }

  @Test(arguments: UInt64(0)..<64)
  func `what was written reads back in every format`(seed: UInt64) throws {
    let original = made(seed: seed, denser: seed % 4 == 3)
    for format in PredictionFormat.allCases {
      // Read by content: the ending tells nothing.
      let url = folder.url.appending(path: "\(seed).\(format.rawValue)")
      try original.write(to: url, of: section.section, replacing: false)
      var path = folder.path("\(seed)-\(format.rawValue).txt")
      if format == .safetensors {
        try FileManager.default.moveItem(atPath: url.path, toPath: path)
      } else {
        path = url.path
      }
      let found = try read(path)
      #expect(found.method == "read" && found.genes == original.genes)
      #expect(found.values.map(\.description) == original.values.map(\.description))
      #expect(found.normalization == original.normalization)
      #expect(found.origin == original.origin)
      #expect(found.denserSpots?.map(\.id) == original.denserSpots?.map(\.id))
      #expect(found.denserSpots?.map(\.x) == original.denserSpots?.map(\.x))
    }
  }

  @Test(arguments: UInt64(0)..<8)
  func `a safetensors file keeps everything for the same section`(seed: UInt64) throws {
    let original = made(seed: seed, denser: seed % 4 == 3)
    let url = folder.url.appending(path: "kept.safetensors")
    try original.write(safetensors: url, replacing: false)
    let found = try Prediction(readingSafetensors: url)
    #expect(found.values.map(\.description) == original.values.map(\.description))
    #expect(found.genes == original.genes && found.denserSpots == original.denserSpots)
    #expect(found.method == "made" && found.notes == original.notes)
    #expect(found.normalization == original.normalization)
    if original.denserSpots == nil {
      #expect(message { _ = try read(url.path) }.contains("does not name its spots."))
    }
    #expect(
      message { try original.write(safetensors: url, replacing: false) }
        == "\(url.path): is already there. Name another file, or ask to replace it.")
  }

  @Test func `rows in another order are joined by name`() throws {
    let original = made(seed: 0)
    let spots = section.section.spots
    let rows = spots.indices.reversed().map { spot in
      spots[spot].id + ","
        + original.genes.indices.map { original.values(ofGene: $0)[spot].description }
        .joined(separator: ",")
    }
    let path = try folder.write(
      ([original.genes.joined(separator: ",")] + rows).joined(separator: "\n"), to: "turned.dat")
    #expect(
      try read(path).values.map(\.description) == original.values.map(\.description))
  }

  @Test func `a safetensors file of something else is refused`() throws {
    func refusal(_ tensors: [StoredTensor], _ metadata: [String: String]) throws -> String {
      let url = folder.url.appending(path: "other.safetensors")
      try Safetensors.write(tensors, metadata: metadata, to: url, replacing: true)
      return message { _ = try read(url.path) }
    }
    let tensor = StoredTensor(name: "expression", shape: [2, 1], floats: [1, 2])
    let id = section.section.spots[0].id
    #expect(
      try refusal([tensor.renamed("weight")], [:]).contains(
        "other.safetensors: has no tensor 'expression' of spots by genes. A model's weights go to"))
    #expect(try refusal([tensor], [:]).contains("does not name its genes."))
    #expect(try refusal([tensor], ["genes": "[1]"]).contains("has a damaged 'genes'"))
    #expect(try refusal([tensor], ["genes": "["]).contains("has a damaged 'genes'"))
    #expect(
      try refusal([tensor], ["genes": "[\"A\",\"B\"]"]).contains(
        "names 2 genes where its tensor has 1. Export it again."))
    #expect(
      try refusal([tensor], ["genes": "[\"A\"]", "spots": "[\"a\"]"]).contains(
        "names 1 spots where its tensor has 2. Export it again."))
    let names = ["genes": "[\"GNAS\"]", "spots": "[\"\(id)\",\"nowhere\"]"]
    #expect(
      try refusal([tensor], names.merging(["normalization": "{}"]) { $1 }).contains(
        "has a damaged 'normalization'"))
    #expect(
      try refusal([tensor], names.merging(["denser_spots": "[]"]) { $1 }).contains(
        "has a damaged 'denser_spots'"))
    #expect(
      try refusal([tensor], ["genes": "[\"GNAS\"]", "spots": "[\"a\",\"b\"]"]).contains(
        "none of its 2 spots is in section P1: it names 'a', 'b', the section"))
    #expect(try refusal([tensor], names) == "was read")
  }

  @Test func `a model is no table and an ending must be known`() throws {
    let model = Method(name: "THItoGene", source: .checkpoint(folder.url))
    #expect(
      message { _ = try workbench.readPrediction(model, for: section) }
        == "THItoGene is a model, not a table of predictions.")
    #expect(
      message {
        try made(seed: 1).write(
          to: folder.url.appending(path: "out.xlsx"), of: section.section, replacing: false)
      }.contains("out.xlsx: ends in none of .tsv, .csv and .safetensors."))
    #expect(PredictionFormat(path: "a/b.TSV") == .tsv && PredictionFormat(path: "b") == nil)
    #expect(
      message { _ = try read(folder.path("gone")) }.hasSuffix("gone: is not there. Check the path.")
    )
    #expect(message { _ = try read(folder.url.path) }.contains("is a folder, not a file."))
  }

  @Test(arguments: UInt64(0)..<64)
  func `a damaged safetensors file is read or refused`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let url = folder.url.appending(path: "damaged.safetensors")
    try made(seed: seed, denser: seed % 4 == 3).write(
      to: url, of: section.section, replacing: false)
    var bytes = [UInt8](try Data(contentsOf: url))
    for _ in 0..<1 + generator.nextIndex(below: 4) {
      // Mostly in the header, where damage tells.
      let place = generator.nextIndex(below: min(bytes.count, 12_000))
      switch generator.nextIndex(below: 3) {
      case 0: bytes[place] = UInt8(generator.nextIndex(below: 256))
      case 1: bytes.remove(at: place)
      default: bytes = Array(bytes[..<max(1, bytes.count - place)])
      }
    }
    let path = try folder.write(bytes, to: "damaged.safetensors")
    let found = message { _ = try read(path) }
    #expect(found == "was read" || found.hasPrefix(path), "\(found)")
  }
}
