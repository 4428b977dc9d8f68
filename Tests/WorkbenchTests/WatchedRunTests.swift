import Foundation
import Models
import Sections
import TestSupport
import Testing

@testable import Workbench

/// Training runs that are looked at from outside.
@Suite struct WatchedRunTests {
  let folder: TemporaryFolder
  private let run: URL

  init() throws {
    folder = try TemporaryFolder()
    run = folder.url.appending(path: "RUN")
    try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
  }

  private func checkpoint(epoch: Int?, seed: UInt64) throws -> Checkpoint {
    var checkpoint = try Checkpoint(
      untrained: modelEntry(named: "hist2st"),
      genes: Panel(name: "panel", genes: ["FASN", "GNAS"]), seed: seed,
      settings: smallSettings["hist2st"] ?? [:])
    checkpoint.trainingProtocol["epoch"] = epoch.map(JSON.integer)
    checkpoint.trainingProtocol["heldOut"] = .array([.string("Q1")])
    return checkpoint
  }

  private func save(epoch: Int?, seed: UInt64) throws {
    try checkpoint(epoch: epoch, seed: seed)
      .write(to: run.appending(path: "checkpoint.safetensors"), replacing: true)
  }

  @Test func `a run tells its data set, what it holds out and its model`() throws {
    let sample = SharedFiles.sampleData.path
    try folder.write(
      #"{"dataSet":"\#(sample)","heldOut":["P2","Q1"],"model":"thitogene","more":1}"#,
      to: "RUN/run.json")
    let watched = try WatchedRun(opening: run)
    #expect(watched.title == "THItoGene" && watched.heldOut == ["P2", "Q1"])
    #expect(try watched.dataSet().name == "SampleData")
  }

  @Test func `an empty folder is watched, and its checkpoint tells what run.json does not`() throws
  {
    let early = try WatchedRun(opening: run)
    #expect(early.title == "RUN" && early.heldOut.isEmpty)
    try save(epoch: 1, seed: 1)
    let watched = try WatchedRun(opening: run)
    #expect(watched.title == "Hist2ST" && watched.heldOut == ["Q1"])
  }

  @Test func `what cannot be watched is said in a sentence`() throws {
    func problem(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return ""
    }
    let gone = folder.url.appending(path: "gone")
    #expect(
      problem { _ = try WatchedRun(opening: gone) }
        == "\(gone.path): is not there. Check the path, or start the run with eosin train first.")
    let file = URL(filePath: try folder.write("", to: "file"))
    #expect(
      problem { _ = try WatchedRun(opening: file) }
        == "\(file.path): is a file, not a run's folder. Name the folder that the run writes into.")
    #expect(
      problem { _ = try WatchedRun(opening: run).dataSet() }
        == "\(run.path)/run.json: is not there yet. Name the data set's folder behind the run's.")
    try folder.write("{", to: "RUN/run.json")
    #expect(
      problem { _ = try WatchedRun(opening: run).dataSet() }.contains(
        "run.json: does not tell the run's data set. Name the data set's folder"))
    try folder.write(#"{"dataSet":"/no/such"}"#, to: "RUN/run.json")
    #expect(
      problem { _ = try WatchedRun(opening: run).dataSet() }.contains(
        "names a data set that cannot be opened: /no/such: is not there. Check the path. Name"))
  }

  @Test func `the newest epoch is predicted and scored, and no cache is filled`() throws {
    let workbench = PredictTests.workbench(folder)
    let dataSet = try DataSet(opening: SharedFiles.sampleData)
    let section = try workbench.load(try dataSet.reference(named: "P1"), of: dataSet)
    let method = Method(name: "Mine", source: .run(run))
    #expect(throws: WorkbenchError.self) { try workbench.predictNewest(of: method, section) }
    try save(epoch: 3, seed: 1)
    let first = try workbench.predictNewest(of: method, section)
    #expect(first.epoch == 3 && first.prediction.method == "Mine")
    #expect(first.scores?.summary.genes == 2)
    #expect(first.file == FileState(run.appending(path: "checkpoint.safetensors")))
    try save(epoch: 4, seed: 2)
    let second = try workbench.predictNewest(of: method, section)
    #expect(second.epoch == 4 && second.prediction.values != first.prediction.values)
    #expect(second.file != first.file)
    try save(epoch: nil, seed: 2)
    let dense = try workbench.predictNewest(of: method, section, at: .dense)
    #expect(dense.epoch == nil && dense.scores == nil && dense.prediction.denserSpots != nil)
    #expect(try workbench.predict(method, section).values == second.prediction.values)
    #expect(!FileManager.default.fileExists(atPath: folder.path("cache/eosin/predictions")))
    let table = Method(name: "Table", source: .table(run))
    #expect(throws: WorkbenchError.self) { try workbench.predictNewest(of: table, section) }
  }

  @Test func `only runs are watched`() {
    #expect(Method(name: "a", source: .run(run)).isWatched)
    #expect(!Method(name: "a", source: .table(run)).isWatched)
    #expect(
      Method(name: "a", source: .run(run)).watchedCheckpoint?.path
        == run.path + "/checkpoint.safetensors")
  }
}
