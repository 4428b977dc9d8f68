import Foundation
import Sections
import TensorCore
import TestSupport
import Testing

@testable import Models

private func genes(_ count: Int) -> Panel {
  Panel(name: "genes", genes: (0..<count).map { "G\($0)" })
}

/// Small sizes of each model, so that networks are made in no time.
private let smallSettings: [String: [String: JSON]] = [
  "thitogene": [
    "layers": .integer(2), "width": .integer(10), "heads": .integer(2), "graphHeads": .integer(3),
    "capsules": .integer(3), "capsuleWidth": .integer(6), "graphHidden": .integer(5),
    "graphOutput": .integer(7), "headHidden": .integer(9), "positions": .integer(20),
  ],
  "histogene": [
    "patchSidePixels": .integer(14), "width": .integer(8), "layers": .integer(3),
    "heads": .integer(2), "positions": .integer(20),
  ],
  "hist2st": [
    "patchSidePixels": .integer(28), "stemSide": .integer(7), "kernelSide": .integer(3),
    "mixers": .integer(1), "layers": .integer(2), "graphLayers": .integer(2),
    "heads": .integer(2), "channels": .integer(8), "positions": .integer(20),
  ],
  "stnet": [
    "growth": .integer(4), "blocks": .array([.integer(2), .integer(1)]),
    "firstChannels": .integer(8), "bottleneck": .integer(2),
  ],
  "hespotex": [
    "latent": .integer(6), "hidden": .integer(8), "graphLayers": .integer(2),
    "encoder": .object([
      "name": .string("clip-vit"),
      "values": .object([
        "imageSidePixels": .integer(16), "patchSidePixels": .integer(8), "width": .integer(64),
        "layers": .integer(1), "hidden": .integer(8), "features": .integer(5),
      ]),
    ]),
  ],
  "ridge": [:],
]

private func untrained(_ name: String, genes count: Int = 4) throws -> Checkpoint {
  try Checkpoint(
    untrained: modelEntry(named: name), genes: genes(count), seed: 3,
    settings: smallSettings[name] ?? [:])
}

@Suite struct CatalogTests {
  @Test func `every model of the sources is listed`() throws {
    let folder = SharedFiles.repository.appending(path: "Sources/Models").resolvingSymlinksInPath()
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".swift")
    }
    let declared = try files.flatMap { file in
      try String(contentsOf: folder.appending(path: file), encoding: .utf8).matches(
        of: /extension (\w+): (?:ExpressionModel|FrozenEncoderModel) \{/
      )
      .map { String($0.1) }
    }
    #expect(Set(declared) == Set(modelCatalog.map { "\($0.model)" }))
    #expect(Set(modelCatalog.map(\.name)).count == modelCatalog.count)
  }

  @Test func `models go by any of their names, and a wrong one gets the nearest`() throws {
    #expect(try modelEntry(named: "His2ST").title == "Hist2ST")
    #expect(try modelEntry(named: "THItoGene").name == "thitogene")
    let error = #expect(throws: ModelError.self) { try modelEntry(named: "histogen") }
    #expect(error?.description.contains("Did you mean 'histogene'?") == true)
  }

  @Test(arguments: smallSettings.keys.sorted())
  func `shapes tell the sizes of a network`(name: String) throws {
    let checkpoint = try untrained(name)
    let entry = try modelEntry(named: name)
    let file = TensorFile(
      format: .torchZip, tensors: checkpoint.tensors, metadata: [:],
      source: ByteSource([], file: "a.pt"))
    let imported = try Checkpoint(
      importing: file, from: URL(filePath: "a.pt"), as: nil, genes: genes(4),
      normalization: .released)
    #expect(imported.modelName == entry.name)
    // What shapes do not tell is the authors', and so it is in the untrained one.
    #expect(imported.configuration == checkpoint.configuration)
    #expect(imported.protocolSummary == "protocol unknown: imported from a.pt")
  }

  @Test(
    .enabled(if: SharedFiles.hasFixtures),
    arguments: ["thitogene", "histogene", "hist2st", "stnet"])
  func `shapes of the authors' full-size networks tell the authors' values`(name: String) throws {
    let shapes = ParameterShapes(try authorsParameters(name))
    func adopted<Model: ExpressionModel>(_ model: Model.Type) -> Bool {
      var configuration = Model.Configuration(overlaying: ["genes": .integer(3)])
      configuration?.adopt(shapes)
      return configuration == Model.Configuration()
    }
    let isAdopted = adopted(try modelEntry(named: name).model)
    #expect(isAdopted)
  }

  @Test func `a checkpoint becomes the same network again`() throws {
    let folder = try TemporaryFolder()
    for entry in modelCatalog where smallSettings[entry.name] != nil {
      let checkpoint = try untrained(entry.name)
      let url = folder.url.appending(path: "\(entry.name).safetensors")
      try checkpoint.write(to: url, replacing: false)
      let read = try Checkpoint(reading: url)
      let network = try read.network(file: url.path)
      #expect("\(type(of: network))" == "\(entry.model)")
      #expect(try read.fingerprint() == checkpoint.fingerprint())
      #expect(read.protocolSummary == "not trained: random weights, seed 3")
    }
  }

  @Test func `weights of another model are refused with the one that fits`() throws {
    let checkpoint = try untrained("histogene")
    let file = TensorFile(
      format: .torchZip, tensors: checkpoint.tensors, metadata: [:],
      source: ByteSource([], file: "a.pt"))
    let error = #expect(throws: CheckpointError.self) {
      try Checkpoint(
        importing: file, from: URL(filePath: "a.pt"), as: modelEntry(named: "thitogene"),
        genes: genes(4), normalization: .released)
    }
    let text = try #require(error?.description)
    #expect(text.contains("does not fit THItoGene"))
    #expect(text.contains("missing: 'odconv2d.weight' [4, 16, 3, 4, 4]"))
    #expect(text.hasSuffix("It fits histogene: say --model histogene."))
  }

  @Test func `a list of genes of another length is refused`() throws {
    let checkpoint = try untrained("histogene")
    let file = TensorFile(
      format: .torchZip, tensors: checkpoint.tensors, metadata: [:],
      source: ByteSource([], file: "a.pt"))
    let error = #expect(throws: CheckpointError.self) {
      try Checkpoint(
        importing: file, from: URL(filePath: "a.pt"), as: nil, genes: genes(5),
        normalization: .released)
    }
    #expect(error?.problem.contains("predicts 4 genes, and genes names 5") == true)
  }

  @Test func `sizes the weights do not have are refused before anything is made of them`()
    throws
  {
    func problem(_ change: (inout Checkpoint) -> Void) throws -> String {
      var checkpoint = try untrained("hist2st")
      change(&checkpoint)
      let error = #expect(throws: CheckpointError.self) {
        try checkpoint.network(file: "a.safetensors")
      }
      return error?.problem ?? ""
    }
    #expect(
      try problem { $0.configuration["layers"] = .integer(60_000) }
        .contains("of other sizes than its configuration says"))
    #expect(
      try problem { $0.configuration["layers"] = .integer(1 << 40) }.contains("none of Hist2ST's"))
    #expect(
      try problem { $0.configuration["stemSide"] = .integer(0) }.contains("of other sizes"))
    #expect(try problem { $0.configuration["wings"] = .integer(2) }.contains("none of Hist2ST's"))
    #expect(try problem { $0.genes.removeLast() }.contains("names 3 genes and predicts 4"))
    #expect(try problem { $0.modelName = "histogen" }.contains("Did you mean 'histogene'?"))
    #expect(
      try problem { $0.tensors.removeAll { $0.name == "gene_head.0.bias" } }
        .contains("1 missing: 'gene_head.0.bias' [16]."))
  }

  @Test(arguments: smallSettings.keys.sorted())
  func `a checkpoint spoiled anywhere in its header is refused or whole`(name: String) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "a.safetensors")
    try untrained(name).write(to: url, replacing: false)
    let bytes = [UInt8](try Data(contentsOf: url))
    let header = 8 + bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    var refused = 0
    for seed in 0..<128 {
      let spoiled = mutated(Array(bytes[..<header]), seed: seed) + bytes[header...]
      let file = try folder.write(spoiled, as: "b.safetensors")
      do throws(CheckpointError) {
        _ = try Checkpoint(reading: file).network(file: file.path)
      } catch {
        #expect(error.description.hasSuffix("."))
        refused += 1
      }
    }
    #expect(refused > 64)
  }

  @Test(.enabled(if: SharedFiles.hasFixtures), arguments: ["thitogene", "histogene"])
  func `the authors' files, imported, all predict the same`(name: String) throws {
    let folder = SharedFiles.fixtures.appending(path: name)
    let panel = genes(name == "thitogene" ? 17 : 19)
    let prints = try ["lightning.ckpt", "state_dict.pt", "legacy.pt", "weights.safetensors"].map {
      let url = folder.appending(path: $0)
      var checkpoint = try Checkpoint(
        importing: try TensorFile(reading: url), from: url, as: modelEntry(named: name),
        genes: panel, normalization: .released)
      _ = try checkpoint.network(file: url.path)
      // Equal weights, names and sizes are equal predictions; the order in the file is its own.
      checkpoint.tensors.sort { isBefore($0.name, $1.name) }
      checkpoint.trainingProtocol = [:]
      return try checkpoint.fingerprint()
    }
    #expect(Set(prints).count == 1)
  }
}
