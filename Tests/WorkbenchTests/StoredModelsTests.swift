import Foundation
import Models
import Sections
import TestSupport
import Testing

@testable import Workbench

/// The checkpoints that lie in a data set's folder.
@Suite struct StoredModelsTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for section in ["A1", "A2", "B1"] {
      try folder.write("\tA\tB\n1x1\t3\t4\n2x1\t0\t5\n", to: "data/ST-cnts/\(section).tsv")
    }
  }

  private func dataSet() throws -> DataSet { try DataSet(opening: folder.url) }

  /// Writes an untrained checkpoint of two genes.
  @discardableResult
  private func model(_ name: String, as file: String, heldOut: [String]? = nil) throws -> URL {
    var checkpoint = try Checkpoint(
      untrained: modelEntry(named: name), genes: Panel(name: "panel", genes: ["A", "B"]), seed: 1,
      settings: smallSettings[name] ?? [:])
    if let heldOut {
      checkpoint.trainingProtocol["heldOut"] = .array(heldOut.map(JSON.string))
    }
    let url = folder.url.appending(path: "models/\(file)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try checkpoint.write(to: url, replacing: true)
    return url
  }

  @Test func `a data set without models has none`() throws {
    #expect(try dataSet().models.isEmpty)
    let stored = StoredModels(of: try dataSet())
    #expect(stored.entries.isEmpty && stored.methods.isEmpty && stored.problems.isEmpty)
    #expect(stored.sectionHeldOut(among: try dataSet().sections) == nil)
    #expect(!DataSetInfo(try dataSet()).text.contains("model"))
  }

  @Test func `they come in the catalog's order, under the models' titles`() throws {
    let ridge = try model("ridge", as: "a.safetensors")
    let second = try model("histogene", as: "c.safetensors")
    let first = try model("histogene", as: "b.SAFETENSORS")
    try folder.write("notes", to: "models/README.md")
    try folder.write("hidden", to: "models/.x.safetensors")
    #expect(
      try dataSet().models.map(\.lastPathComponent) == [
        "a.safetensors", "b.SAFETENSORS", "c.safetensors",
      ])
    let stored = StoredModels(of: try dataSet())
    #expect(stored.methods.map(\.name) == ["HisToGene", "HisToGene 2", "Ridge"])
    #expect(
      stored.methods.map(\.source)
        == [first, second, ridge].map {
          .checkpoint(URL(filePath: $0.path))
        })
    #expect(stored.problems.isEmpty)
  }

  @Test func `a file that is none is left out with a sentence`() throws {
    try model("ridge", as: "a.safetensors")
    try folder.write("nothing", to: "models/b.safetensors")
    let stored = StoredModels(of: try dataSet())
    #expect(stored.methods.map(\.name) == ["Ridge"])
    #expect(stored.problems.count == 1)
    #expect(stored.problems[0].contains("models/b.safetensors: is neither a safetensors file"))
    #expect(!stored.problems[0].contains("\n"))
  }

  @Test(arguments: [
    ([["B1"], ["B1"], ["B1"]], "B1"),
    ([["A2"], ["B1"], ["B1"]], "B1"),
    ([["B1", "A2"], ["A2", "B1"], nil], "A2"),
    ([["Z9"], nil, nil], nil),
    ([nil, nil, nil], nil),
  ])
  func `the first section is one that most were not trained on`(
    heldOut: [[String]?], expected: String?
  ) throws {
    for (number, names) in heldOut.enumerated() {
      try model("ridge", as: "\(number).safetensors", heldOut: names)
    }
    let dataSet = try dataSet()
    #expect(StoredModels(of: dataSet).sectionHeldOut(among: dataSet.sections)?.name == expected)
  }

  @Test func `info lists them, and what is left out`() throws {
    try model("ridge", as: "a.safetensors", heldOut: ["A1", "B1"])
    try model("histogene", as: "b.safetensors")
    try folder.write("nothing", to: "models/c.safetensors")
    let info = DataSetInfo(try dataSet())
    #expect(info.models.map(\.model) == ["histogene", "ridge"])
    #expect(info.models[1].heldOut == ["A1", "B1"])
    #expect(
      info.text.contains(
        """
        2 models in its folder models
          HisToGene  b.safetensors · not trained: random weights, seed 1
          Ridge      a.safetensors · held out A1, B1
          left out: \(folder.path("models/c.safetensors")): is neither
        """))
    let read = try JSONDecoder().decode(DataSetInfo.self, from: JSONEncoder().encode(info))
    #expect(read.models == info.models && read.notes == info.notes)
  }

  @Test func `names that are taken get the next number`() {
    var names = UniqueNames()
    #expect(
      ["a", "b", "a", "a 2", "a"].map { names.take($0) } == ["a", "b", "a 2", "a 2 2", "a 3"])
  }
}

/// Sizes with which a network predicts in no time.
let smallSettings: [String: [String: JSON]] = [
  "histogene": [
    "patchSidePixels": .integer(16), "width": .integer(8), "layers": .integer(1),
    "heads": .integer(1),
  ],
  "hist2st": [
    "patchSidePixels": .integer(14), "layers": .integer(1), "mixers": .integer(1),
    "graphLayers": .integer(1), "heads": .integer(1), "channels": .integer(8),
  ],
]
