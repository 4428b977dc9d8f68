import Foundation
import Models
import Sections
import TestSupport
import Testing

/// A data set with checkpoints in its folder, as a user meets it.
@Suite struct StoredModelTests {
  let home: TemporaryFolder
  /// The sample data with models of its own.
  let folder: URL

  init() throws {
    home = try TemporaryFolder()
    folder = home.url.appending(path: "Tiny")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "data"),
      withDestinationURL: SharedFiles.sampleData.appending(path: "data"))
    try FileManager.default.createDirectory(
      at: folder.appending(path: "models"), withIntermediateDirectories: true)
    for (name, seed) in [("thitogene", 1), ("histogene", 2), ("hist2st", 3)] {
      try TestModel(name, seed: UInt64(seed), heldOut: ["Q1"])
        .write(to: folder.appending(path: "models/\(name).safetensors"))
    }
  }

  @Test func `the first screen has all of them on a section they were not trained on`() throws {
    let outcome = try Program.run(["view", folder.path, "--size", "120x40", "--gene", "FASN"])
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    for text in [
      "· Q1 · patient Q", "H&E · 2200 × 2200 px", "Observed · FASN", "THItoGene", "HisToGene",
      "Hist2ST",
    ] {
      #expect(outcome.output.contains(text), "\(text) in\n\(outcome.output)")
    }
    #expect(outcome.output.components(separatedBy: " of 0.").count == 4, "\(outcome.output)")
    #expect(!outcome.output.contains("waiting") && !outcome.output.contains("%"))
  }

  @Test func `in the viewer too, from the first start on`() throws {
    func start(_ arguments: [String] = [], columns: Int = 120, rows: Int = 40) throws
      -> PseudoTerminal
    {
      try PseudoTerminal(
        command: [Program.built().path, "view", folder.path] + arguments,
        environment: Program.environment(home: home.url), columns: columns, rows: rows)
    }
    func expect(_ text: String, on terminal: PseudoTerminal) throws {
      try #require(
        terminal.wait(for: text),
        "'\(text)' in\n\(terminal.screenLines.joined(separator: "\n"))")
    }
    let first = try start()
    try expect("· Q1 · patient Q", on: first)
    for name in ["THItoGene", "HisToGene", "Hist2ST"] { try expect(name, on: first) }
    first.send("m")
    try expect("thitogene.safetensors", on: first)
    first.send("\u{1b}")
    #expect(first.wait { !$0.screenLines.contains { $0.contains("thitogene.safetensors") } })
    first.send(",")
    try expect("· P2 · patient P", on: first)
    first.send("q")
    #expect(first.waitForExit() == .exited(0))
    // The section it was left on, not the one held out.
    let second = try start()
    try expect("· P2 · patient P", on: second)
    second.send("q")
    #expect(second.waitForExit() == .exited(0))
    let third = try start(["--no-models", "--fresh"])
    try expect("· P1 · patient P", on: third)
    try expect("Pathologist", on: third)
    third.send("q")
    #expect(third.waitForExit() == .exited(0))
  }

  @Test func `a model that is named stands alone`() throws {
    let file = folder.appending(path: "models/hist2st.safetensors").path
    let outcome = try Program.run([
      "view", folder.path, "--size", "120x40", "--model", "Mine=\(file)", "--gene", "FASN",
    ])
    #expect(outcome.output.contains("· P1 · patient P"), "\(outcome.everything)")
    #expect(outcome.output.contains("Mine · FASN") && !outcome.output.contains("THItoGene"))
  }

  @Test func `a file that cannot be read is left out with one line`() throws {
    try home.write("nothing", to: "Tiny/models/zzz.safetensors")
    let outcome = try Program.run(["view", folder.path, "--size", "80x24"])
    #expect(outcome.status == .exited(0))
    let lines = outcome.error.split(separator: "\n").filter { $0.contains("zzz") }
    #expect(lines.count == 1, "\(outcome.error)")
    #expect(lines[0].hasPrefix("Left out: \(folder.path)/models/zzz.safetensors: is neither"))
  }

  @Test func `predict and render take them where no model is named`() throws {
    let predicted = try Program.run(["predict", folder.path])
    #expect(predicted.status == .exited(0), "\(predicted.everything)")
    #expect(predicted.output.contains("with the counts of Q1 over"))
    let rows = predicted.output.split(separator: "\n").dropFirst(2).prefix(3)
    #expect(
      rows.map { String($0.prefix { $0 != " " }) } == ["THItoGene", "HisToGene", "Hist2ST"])
    let drawn = try Program.run([
      "render", folder.path, "--show", "method:Hist2ST", "--gene", "FASN", "--size", "60x16",
    ])
    #expect(drawn.output.contains("Hist2ST · FASN · 0."), "\(drawn.everything)")
    let none = try Program.run(["predict", "--counts", "x.tsv"])
    #expect(none.status == .exited(2))
    #expect(none.error.contains("Name a model with --model FILE, or a table with --predictions"))
  }
}

/// A network with weights by chance, so small that it predicts in no time.
struct TestModel {
  var checkpoint: Checkpoint

  init(
    _ name: String, seed: UInt64, heldOut: [String], epoch: Int? = nil,
    genes: [String] = ["FASN", "GNAS", "ERBB2"]
  ) throws {
    let sizes: [String: [String: Int]] = [
      "thitogene": [
        "layers": 1, "width": 16, "heads": 1, "graphHeads": 1, "capsules": 4, "capsuleWidth": 8,
        "graphHidden": 16, "graphOutput": 16, "headHidden": 16,
      ],
      "histogene": ["patchSidePixels": 16, "width": 8, "layers": 1, "heads": 1],
      "hist2st": [
        "patchSidePixels": 14, "layers": 1, "mixers": 1, "graphLayers": 1, "heads": 1,
        "channels": 8,
      ],
    ]
    checkpoint = try Checkpoint(
      untrained: modelEntry(named: name), genes: Panel(name: "panel", genes: genes), seed: seed,
      settings: sizes[name, default: [:]].mapValues(JSON.integer))
    checkpoint.trainingProtocol["heldOut"] = .array(heldOut.map(JSON.string))
    checkpoint.trainingProtocol["epoch"] = epoch.map(JSON.integer)
  }

  /// Writes it in place of what is there.
  func write(to url: URL) throws { try checkpoint.write(to: url, replacing: true) }
}
