import Foundation
import TestSupport
import Testing

/// `eosin train` with a network, as a user runs it, on the sample data.
@Suite struct TrainTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A network so small that a debug build trains it.
  private static let small = [
    "--genes", "12", "--threads", "1", "--learning-rate", "1e-3", "--set", "patchSidePixels=8",
    "--set", "width=8", "--set", "layers=1", "--set", "heads=1", "--set", "symmetries=true",
  ]

  private func arguments(_ run: String, epochs: Int, _ more: [String] = []) -> [String] {
    [
      "train", "histogene", SharedFiles.sampleData.path, "--hold-out", "Q1", "--epochs",
      "\(epochs)", "--output", folder.path(run),
    ] + Self.small + more
  }

  private func checkpoint(_ run: String) throws -> Data {
    try Data(contentsOf: folder.url.appending(path: "\(run)/checkpoint.safetensors"))
  }

  private func epochs(_ run: String) -> [String] {
    let file = folder.url.appending(path: "\(run)/metrics.jsonl")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  /// The epoch and loss of each line: how long it took is another each time.
  private func losses(_ run: String) -> [String] {
    epochs(run).map { line in
      line.split(separator: ",").filter { $0.contains("epoch") || $0.contains("loss") }
        .joined()
    }
  }

  /// Waits until a run has finished some epochs.
  private func wait(for count: Int, in run: String) throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while epochs(run).count < count {
      try #require(ContinuousClock.now < deadline, "no \(count) epochs within a minute")
      usleep(2000)
    }
  }

  @Test func `a run that is killed and resumed, twice, ends as the undisturbed one to the byte`()
    throws
  {
    let whole = try Program.run(arguments("whole", epochs: 60), seconds: 120)
    #expect(whole.status == .exited(0), "\(whole.everything)")
    for finished in [3, 20] {
      let start = finished == 3 ? [] : ["--resume"]
      let terminal = try PseudoTerminal(
        command: [Program.built().path] + arguments("killed", epochs: 60, start))
      try wait(for: finished, in: "killed")
      kill(terminal.process, SIGKILL)
      #expect(terminal.waitForExit() == .killed(signal: SIGKILL))
      #expect(epochs("killed").count < 60)
    }
    let resumed = try Program.run(
      ["train", "--resume", "--output", folder.path("killed"), "--threads", "1"], seconds: 120)
    #expect(resumed.status == .exited(0), "\(resumed.everything)")
    #expect(try checkpoint("killed") == checkpoint("whole"))
    #expect(losses("killed") == losses("whole") && losses("whole").count == 60)
    let score = try #require(whole.output.split(separator: "\n").first { $0.contains("Q1  ") })
    #expect(resumed.output.contains(score))
    for line in ["patients P", "Q1, by section; no section of these patients in training"] {
      #expect(whole.output.contains(line), "\(whole.output)")
    }
    // Two commands are one after the other, not a longer training: nothing is left to do but to write
    // the checkpoint that was taken away.
    let before = try checkpoint("whole")
    try FileManager.default.removeItem(atPath: folder.path("whole/checkpoint.safetensors"))
    let again = try Program.run(
      ["train", "--resume", "--output", folder.path("whole"), "--threads", "2"], seconds: 60)
    #expect(again.status == .exited(0) && again.output.contains(score))
    // Its card tells the threads of now.
    #expect(try checkpoint("whole").count == before.count)
    #expect(again.error.contains("was begun with --threads 1 and goes on with 2"))
    #expect(!resumed.error.contains("was begun with"))
  }

  @Test func `Ctrl-C finishes the step, saves, and says how to go on`() throws {
    let terminal = try PseudoTerminal(
      command: [Program.built().path] + arguments("stopped", epochs: 5000), columns: 110)
    try wait(for: 2, in: "stopped")
    #expect(terminal.wait(for: " left"))
    terminal.send("\u{3}")
    #expect(terminal.waitForExit() == .exited(1))
    let said = terminal.screenLines.joined(separator: " ")
    #expect(said.contains("all of it is saved. Go on with:"), "\(said)")
    #expect(!said.contains("━"))
    let info = try Program.run(["model", "info", folder.path("stopped/checkpoint.safetensors")])
    #expect(info.output.contains("the last so far"), "\(info.everything)")
  }

  @Test func `what a run cannot be begun with is said, and nothing is touched`() throws {
    let made = try Program.run(arguments("run", epochs: 1), seconds: 60)
    #expect(made.status == .exited(0), "\(made.everything)")
    let before = try checkpoint("run")
    func problem(_ arguments: [String], exit: Int32 = 1) throws -> String {
      let outcome = try Program.run(arguments, seconds: 60)
      #expect(outcome.status == .exited(exit), "\(outcome.everything)")
      return outcome.error
    }
    #expect(try problem(arguments("run", epochs: 1)).contains("holds a run already. Add --resume"))
    #expect(
      try problem(arguments("run", epochs: 2, ["--resume", "--seed", "9"]))
        .contains("was begun with another seed."))
    #expect(
      try problem(["train", "--resume", "-o", folder.path("nothing")]).contains("is not there."))
    #expect(
      try problem(arguments("other", epochs: 1, ["--set", "wings=2"]))
        .contains("HisToGene cannot be given"))
    #expect(
      try problem(arguments("other", epochs: 1, ["--without", "caps"]))
        .contains("Nothing of it can be left out."))
    #expect(
      try problem(arguments("other", epochs: 1, ["--preset", "histogen"]))
        .contains("Did you mean 'histogene'?"))
    #expect(
      try problem(arguments("other.safetensors", epochs: 1)).contains(
        "a run of HisToGene is a folder"))
    #expect(
      try problem(["train", "--resume", "-o", folder.path("run"), "--seed", "3"], exit: 2)
        .contains("--resume alone goes on as the run was begun"))
    #expect(
      try problem(arguments("other", epochs: 1, ["--keep", "best"]), exit: 2)
        .contains("add --monitor"))
    #expect(
      try problem(arguments("other", epochs: 1, ["--set", "optimizer=lion"]))
        .contains("No training can be made of"))
    let file = try folder.write("mine", to: "file")
    #expect(
      try problem(arguments("file/run", epochs: 1)).contains("the folder cannot be made"), "\(file)"
    )
    #expect(try checkpoint("run") == before)
  }

  @Test func `numbers that grow beyond all bounds end the run with step and layer`() throws {
    let outcome = try Program.run(
      arguments("wild", epochs: 50, ["--set", "optimizer=sgd", "--learning-rate", "1e20"]),
      seconds: 60)
    #expect(outcome.status == .exited(1))
    #expect(outcome.error.contains("Training stopped at step "), "\(outcome.error)")
    #expect(outcome.error.contains("it began in layer "))
  }

  @Test func `a watched score is labelled in the log, the metrics and the card`() throws {
    let outcome = try Program.run(
      arguments("watched", epochs: 3, ["--monitor", "--keep", "best"]), seconds: 60)
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    #expect(epochs("watched").allSatisfy { $0.contains("heldOutCorrelation") })
    #expect(outcome.error.contains("looked at held-out PCC"))
    #expect(outcome.output.contains("the best on the held-out sections"))
    #expect(
      outcome.output.contains("the score on the held-out sections was looked at in training"))
  }

  @Test func `a cross-validation by patient tells one table, and keeps nothing unasked`() throws {
    let outcome = try Program.run(
      [
        "train", "histogene", SharedFiles.sampleData.path, "--cross-validate", "--epochs", "1",
      ] + Self.small, seconds: 60)
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    let rows = outcome.output.split(separator: "\n").map { $0.split(separator: " ").first ?? "" }
    for name in ["P1", "P2", "Q1", "mean"] { #expect(rows.contains { $0 == name }) }
    #expect(outcome.output.contains("P1: held out as a patient; trained on Q1; no section of"))
  }
}
