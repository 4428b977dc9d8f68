import Foundation
import Models
import Sections
import Synchronization
import TensorCore
import TestSupport
import Testing

@testable import Workbench

@Suite struct PredictTests {
  let folder: TemporaryFolder
  let workbench: Workbench
  let section: LoadedSection

  init() throws {
    folder = try TemporaryFolder()
    workbench = Self.workbench(folder)
    let dataSet = try DataSet(opening: SharedFiles.sampleData)
    section = try workbench.load(try dataSet.reference(named: "P1"), of: dataSet)
  }

  /// A workbench whose cache is the test's own.
  static func workbench(_ folder: TemporaryFolder) -> Workbench {
    Workbench(folders: UserFolders(environment: ["XDG_CACHE_HOME": folder.path("cache")]))
  }

  /// A small Hist2ST with weights by chance, for the section's first genes.
  func model(seed: UInt64 = 1, genes: Int = 6) throws -> Method {
    let panel = Panel(name: "panel", genes: Array(section.section.genes.prefix(genes)))
    let checkpoint = try Checkpoint(
      untrained: modelEntry(named: "hist2st"), genes: panel, seed: seed,
      settings: [
        "patchSidePixels": .integer(14), "layers": .integer(1), "mixers": .integer(1),
        "graphLayers": .integer(1), "heads": .integer(1), "channels": .integer(8),
      ])
    let url = folder.url.appending(path: "model.safetensors")
    try checkpoint.write(to: url, replacing: true)
    return Method(name: "Mine", source: .checkpoint(url))
  }

  var cached: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path("cache/eosin/predictions")))
      ?? []
  }

  @Test func `a prediction is the network's own, stored by gene`() throws {
    let method = try model()
    let prediction = try workbench.predict(method, section)
    guard case .checkpoint(let url) = method.source else { return }
    let opened = try workbench.openModel(url)
    let image = try #require(section.section.image)
    let direct = try opened.network.predict(
      SectionInput(
        sectionName: "P1", spots: section.section.spots, image: image, pitchPixels: 100),
      PredictionWork())
    #expect(prediction.method == "Mine" && prediction.normalization == .released)
    #expect(prediction.origin?.summary == "not trained: random weights, seed 1")
    #expect(prediction.values(ofGene: 2) == direct.slice(2..<3, along: 1).array)
    #expect(prediction.genes == Array(section.section.genes.prefix(6)))
  }

  @Test func `the same weights and section come out of the cache, others do not`() throws {
    let first = try workbench.predict(try model(), section)
    #expect(cached.count == 1)
    let stages = Mutex<[String]>([])
    let again = try Self.workbench(folder).predict(try model(), section) { progress in
      stages.withLock { $0.append(progress.stage) }
    }
    #expect(again == first)
    #expect(stages.withLock { $0 } == ["reading model.safetensors"])
    // The file is written anew under the same name: what was kept of it in memory is stale.
    let other = try workbench.predict(try model(seed: 2), section)
    #expect(other.values != first.values && cached.count == 2)
    _ = try workbench.predict(try model(seed: 2), section, at: .dense)
    #expect(cached.count == 3)
  }

  @Test func `a spoiled cache is made anew`() throws {
    let first = try workbench.predict(try model(), section)
    for name in cached {
      try Data("nothing".utf8).write(
        to: URL(filePath: folder.path("cache/eosin/predictions/\(name)")))
    }
    #expect(try workbench.predict(try model(), section) == first)
  }

  @Test func `a cache that is too large loses what was used longest ago`() throws {
    let prediction = try workbench.predict(try model(), section)
    let cache = PredictionCache(
      folder: folder.url.appending(path: "small"), largestByteCount: 15_000)
    for key in ["a", "b", "c", "d"] {
      cache.keep(prediction, as: key)
      Thread.sleep(forTimeInterval: 0.02)
    }
    #expect(cache["a"] == nil && cache["d"] == prediction)
  }

  @Test func `cancelling leaves nothing behind`() throws {
    let method = try model()
    #expect(throws: WorkbenchError.cancelled) {
      try workbench.predict(method, section, isCancelled: { true })
    }
    #expect(cached.isEmpty)
  }

  @Test func `spots off the image have no prediction, those near its border are counted`() throws {
    var moved = section.section
    moved.spots[3].x = -5
    moved.spots[4].x = 2
    let section = LoadedSection(section: moved, panel: nil, normalization: .released)
    let prediction = try workbench.predict(try model(), section)
    #expect(prediction.values(ofGene: 0)[3].isNaN && prediction.values(ofGene: 5)[3].isNaN)
    #expect(!prediction.values(ofGene: 0)[4].isNaN)
    #expect(
      prediction.notes == [
        "1 spot not predicted: not on the image.",
        "1 spot near the image's border: what their patches have beyond it is white.",
      ])
  }

  @Test func `a section without an image is refused with what to do`() throws {
    var bare = section.section
    bare.image = nil
    let method = try model()
    let section = LoadedSection(section: bare, panel: nil, normalization: .released)
    let error = #expect(throws: WorkbenchError.self) { try workbench.predict(method, section) }
    #expect(
      error?.description
        == "Section P1 has no image, and Hist2ST predicts from it. Name it with --image, or put "
        + "it beside the section's counts.")
  }

  @Test func `a denser prediction has places of its own and no scores`() throws {
    let dense = try workbench.predict(try model(), section, at: .dense)
    let places = try #require(dense.denserSpots)
    #expect(places.count == dense.spotCount && places.count > section.section.spots.count)
    #expect(workbench.summary(of: dense, on: section, output: nil).scores == nil)
  }

  @Test func `a weight that is no number is found`() throws {
    let method = try model()
    guard case .checkpoint(let url) = method.source else { return }
    #expect(try workbench.verifyModel(url).parameters > 1000)
    var checkpoint = try Checkpoint(reading: url)
    let index = try #require(checkpoint.tensors.firstIndex { $0.name == "gene_head.0.bias" })
    checkpoint.tensors[index] = StoredTensor(
      name: "gene_head.0.bias", shape: [4], floats: [0, 0, .nan, 0])
    try checkpoint.write(to: url, replacing: true)
    let error = #expect(throws: WorkbenchError.self) {
      try Self.workbench(folder).verifyModel(url)
    }
    #expect(
      error?.description.contains("number 3 of 'gene_head.0.bias' [4] is not finite") == true)
  }
}
