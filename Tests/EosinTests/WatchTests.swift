import Foundation
import Sections
import Synchronization
import TestSupport
import Testing
import Workbench

@testable import eosin

/// `eosin view --watch`: a run in one terminal, the viewer in another.
@Suite struct WatchTests {
  let home: TemporaryFolder
  private let run: URL

  init() throws {
    home = try TemporaryFolder()
    run = home.url.appending(path: "RUN")
    try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
    try home.write(
      #"{"dataSet":"\#(SharedFiles.sampleData.path)","heldOut":["P2"],"model":"thitogene"}"#,
      to: "RUN/run.json")
  }

  private func save(epoch: Int) throws {
    try TestModel("thitogene", seed: UInt64(epoch), heldOut: ["P2"], epoch: epoch)
      .write(to: run.appending(path: "checkpoint.safetensors"))
  }

  private func open(_ arguments: [String] = [], columns: Int = 120) throws -> PseudoTerminal {
    try PseudoTerminal(
      command: [Program.built().path, "view", "--watch", run.path, "--gene", "FASN"] + arguments,
      environment: Program.environment(home: home.url), columns: columns, rows: 40)
  }

  private func expect(
    _ text: String, on terminal: PseudoTerminal, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try #require(
      terminal.wait(for: text), "'\(text)' in\n\(terminal.screenLines.joined(separator: "\n"))",
      sourceLocation: sourceLocation)
  }

  @Test func `each epoch appears as it is saved`() throws {
    let terminal = try open(columns: 160)
    try expect("· P2 · patient P", on: terminal)
    try expect("waiting for the first epoch", on: terminal)
    try save(epoch: 7)
    try expect("THItoGene · epoch 7 · FASN · ", on: terminal)
    terminal.send("j")
    #expect(terminal.wait { !$0.screenLines.contains { $0.contains("Observed · FASN") } })
    terminal.send("k")
    try expect("Observed · FASN", on: terminal)
    try save(epoch: 8)
    try expect("THItoGene · epoch 8 · FASN · ", on: terminal)
    // A file that is no checkpoint is told, and the next one is shown.
    let broken = try home.write("nothing", to: "RUN/next")
    _ = rename(broken, run.appending(path: "checkpoint.safetensors").path)
    try expect("newest failed, m: why", on: terminal)
    try expect("THItoGene · epoch 8 · FASN · ", on: terminal)
    try save(epoch: 9)
    try expect("THItoGene · epoch 9 · FASN · ", on: terminal)
    #expect(terminal.wait { !$0.screenLines.contains { $0.contains("newest failed") } })
    terminal.send("q")
    #expect(terminal.waitForExit() == .exited(0))
    let predictions = home.url.appending(path: "cache/eosin/predictions")
    #expect(!FileManager.default.fileExists(atPath: predictions.path), "epochs fill no cache")
  }

  @Test func `beside other methods, on a section of one's own`() throws {
    try save(epoch: 2)
    let model = home.url.appending(path: "mine.safetensors")
    try TestModel("hist2st", seed: 5, heldOut: []).write(to: model)
    let terminal = try open(["--section", "Q1", "--model", "THItoGene=\(model.path)"])
    try expect("· Q1 · patient Q", on: terminal)
    try expect("THItoGene 2 ep 2", on: terminal)
    terminal.send("m")
    try expect("Run: \(run.path), epoch 2", on: terminal)
    terminal.send("\u{1b}")
    #expect(terminal.wait { !$0.screenLines.contains { $0.contains("constant") } })
    terminal.send("q")
    #expect(terminal.waitForExit() == .exited(0))
  }

  @Test func `without a terminal the newest epoch is printed once`() throws {
    let arguments = ["view", "--watch", run.path, "--size", "160x40", "--gene", "FASN"]
    let early = try Program.run(arguments)
    #expect(early.status == .exited(0), "\(early.everything)")
    #expect(early.output.contains("waiting for the first epoch of RUN"))
    try save(epoch: 4)
    let outcome = try Program.run(arguments)
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    #expect(outcome.output.contains("· P2 · patient P"))
    #expect(outcome.output.contains("THItoGene · epoch 4 · FASN · "))
    let elsewhere = try Program.run(arguments + [SharedFiles.sampleData.path, "-s", "Q1"])
    #expect(elsewhere.output.contains("· Q1 · patient Q"), "\(elsewhere.everything)")
  }

  @Test func `a run that is not there is said in a sentence`() throws {
    let gone = home.path("gone")
    let outcome = try Program.run(["view", "--watch", gone])
    #expect(outcome.status == .exited(1) && outcome.output == "")
    #expect(
      outcome.error == "eosin: \(gone): is not there. Check the path, or start the run with eosin "
        + "train first.\n")
    let twice = try Program.run(["view", "--watch", run.path, "--watch", run.path])
    #expect(twice.status == .exited(2))
    #expect(twice.error.contains("--watch takes one run at a time."))
  }

  @Test func `a file is looked at until somebody says stop`() throws {
    let file = home.url.appending(path: "file")
    let reports = Mutex<[FileState?]>([])
    let watcher = RunWatcher(file, known: nil, every: .milliseconds(5)) { state in
      reports.withLock { $0.append(state) }
    }
    func wait(for count: Int) -> Bool {
      let deadline = ContinuousClock.now + .seconds(10)
      while reports.withLock({ $0.count }) < count, ContinuousClock.now < deadline { usleep(2000) }
      return reports.withLock { $0.count } == count
    }
    for number in 1...2 {
      try Data("\(number)".utf8).write(to: file, options: .atomic)
      #expect(wait(for: number))
    }
    try FileManager.default.removeItem(at: file)
    #expect(wait(for: 3))
    #expect(reports.withLock { $0.map { $0 == nil } } == [false, false, true])
    watcher.stop()
    try Data("3".utf8).write(to: file, options: .atomic)
    usleep(60_000)
    #expect(reports.withLock { $0.count } == 3)
  }
}
