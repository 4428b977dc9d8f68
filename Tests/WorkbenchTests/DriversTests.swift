import Foundation
import Models
import Sections
import Synchronization
import TestSupport
import Testing

@testable import Workbench

/// Which patches drove a prediction, asked of a small network on a section that gets darker.
@Suite struct DriversTests {
  let folder: TemporaryFolder
  let workbench: Workbench
  let section: LoadedSection
  let method: Method

  init() throws {
    folder = try TemporaryFolder()
    try folder.writeSection("P1", brightness: 250)
    workbench = PredictTests.workbench(folder)
    let dataSet = try DataSet(opening: folder.url)
    section = try workbench.load(dataSet.sections[0], of: dataSet)
    let checkpoint = try Checkpoint(
      untrained: modelEntry(named: "hist2st"), genes: Panel(name: "panel", genes: ["A", "B"]),
      seed: 1,
      settings: [
        "patchSidePixels": .integer(14), "layers": .integer(1), "mixers": .integer(1),
        "graphLayers": .integer(1), "heads": .integer(1), "channels": .integer(8),
      ])
    let url = folder.url.appending(path: "model.safetensors")
    try checkpoint.write(to: url, replacing: true)
    method = Method(name: "Mine", source: .checkpoint(url))
  }

  private func request(_ gene: String = "B", spot: Int = 14, most: Int = 5) -> DriversRequest {
    DriversRequest(method: method, gene: gene, spot: spot, most: most)
  }

  @Test func `the nearest patches are tried, and the prediction is the one shown`() throws {
    let stages = Mutex<[PredictionProgress]>([])
    let found = try workbench.drivers(request(), of: section) { progress in
      stages.withLock { $0.append(progress) }
    }
    let shown = try workbench.predict(method, section).values(ofGene: 1)[14]
    #expect(abs(found.prediction - shown) < 1e-4 * max(abs(shown), 1))
    #expect(found.drops.indices.filter { found.drops[$0] != nil } == [8, 13, 14, 15, 20])
    #expect(found.spotName == "2x2" && found.patchPixels == 14)
    #expect(found.tried.map { abs($0.drop) } == found.tried.map { abs($0.drop) }.sorted(by: >))
    #expect(found.tried.first { $0.spot == "2x2" }?.distance == 0)
    #expect(found.tried.first { $0.spot == "3x2" }?.distance == 1)
    #expect(found.tried.contains { $0.drop != 0 })
    #expect(stages.withLock { $0.last?.fraction } == 1)
  }

  @Test func `parts of the patch come along where they are asked for`() throws {
    var request = request(most: 1)
    request.parts = 2
    let found = try workbench.drivers(request, of: section)
    #expect(found.parts?.drops.count == 4 && found.tried.count == 1)
    let text = found.text(count: 3)
    #expect(text.contains("Drops by parts of the patch at 2x2, 2 × 2 as they lie"))
    #expect(text.contains("Mine predicts "))
    let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(found))
    let object = try #require(json as? [String: Any])
    #expect(object["gene"] as? String == "B" && object["spot"] as? String == "2x2")
    #expect((object["parts"] as? [[Double]])?.count == 2)
  }

  @Test func `the table has a row for each spot tried`() throws {
    let lines = try workbench.drivers(request(), of: section).table.split(separator: "\n")
    #expect(lines.count == 6 && lines[0] == "spot\tdistance\tdrop")
    #expect(lines.dropFirst().contains { $0.hasPrefix("2x2\t0.0\t") })
  }

  @Test func `what cannot be asked is said with what to do`() throws {
    func problem(_ request: DriversRequest, _ section: LoadedSection) -> String? {
      #expect(throws: WorkbenchError.self) { try workbench.drivers(request, of: section) }?
        .description
    }
    #expect(
      problem(request("BB"), section)
        == "Mine does not predict 'BB'. Did you mean 'B'? 'eosin model info' lists its genes.")
    var table = request()
    table.method = Method(name: "Table", source: .table(URL(filePath: "/nowhere/t.tsv")))
    #expect(problem(table, section)?.hasPrefix("Table is read from a file") == true)
    var moved = section.section
    moved.spots[14].x = -50
    let off = LoadedSection(section: moved, panel: nil, normalization: .released)
    #expect(
      problem(request(), off)?.hasPrefix("Spot '2x2' of section P1 is not on the image") == true)
    moved.image = nil
    let bare = LoadedSection(section: moved, panel: nil, normalization: .released)
    #expect(problem(request(), bare)?.hasPrefix("Section P1 has no image") == true)
    let unknown = #expect(throws: WorkbenchError.self) { try section.spot(named: "2x9") }
    #expect(unknown?.description.hasPrefix("Section P1 has no spot '2x9'. Did you mean") == true)
  }

  @Test func `it stops when asked to`() throws {
    #expect(throws: WorkbenchError.cancelled) {
      try workbench.drivers(request(), of: section, isCancelled: { true })
    }
  }
}
