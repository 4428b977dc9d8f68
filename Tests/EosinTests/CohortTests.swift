import Foundation
import TestSupport
import Testing

/// The command on the sample cohort; networks learn for an epoch.
@Suite struct CohortTests {
  let folder: TemporaryFolder
  static let table = SharedFiles.sampleData.appending(path: "cohort/cohort.tsv").path

  init() throws { folder = try TemporaryFolder() }

  func run(_ arguments: [String]) throws -> Program.Outcome {
    try Program.run(["cohort"] + arguments, seconds: 120)
  }

  @Test func `risks are told, drawn and written`() throws {
    let output = folder.path("out")
    let arguments = [
      Self.table, "--preset", "eosin", "--folds", "2", "--epochs", "1", "--time-unit", "months",
      "-o", output,
    ]
    let outcome = try run(arguments)
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines[0].hasPrefix("cohort.tsv: prognosis of 32 patients, "))
    #expect(lines[1].hasPrefix("  concordance  0."))
    #expect(outcome.output.contains("median months"))
    #expect(outcome.output.contains("nothing is chosen by the fold that is scored"))
    for name in ["risks.tsv", "survival.svg", "survival.png", "report.html"] {
      #expect(try Data(contentsOf: URL(filePath: "\(output)/\(name)")).count > 500)
    }
    let again = try run(arguments)
    #expect(again.status == .exited(1) && again.error.contains("risks.tsv is there already."))
  }

  @Test func `the signal of the sample cohort is found out of fold`() throws {
    let outcome = try run([Self.table, "--json"])
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let prognosis = try #require(report["prognosis"] as? [String: Any])
    #expect(try #require(prognosis["concordance"] as? Double) > 0.6)
    #expect(try #require(prognosis["p"] as? Double) < 0.1)
    #expect(report["preset"] as? String == "small" && report["epochs"] == nil)
  }

  @Test func `responses are told in JSON`() throws {
    let outcome = try run([
      Self.table, "--task", "response", "--json",
    ])
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let response = try #require(report["response"] as? [String: Any])
    #expect(response["classes"] as? [String] == ["complete", "none", "partial"])
    #expect((response["patients"] as? [Any])?.count == 32)
    #expect(
      (report["protocol"] as? [String])?.count == 4 && report["task"] as? String == "response")
  }

  @Test(arguments: [
    (["--maps", "features"], "--maps features needs --encoder FILE"),
    (["--maps", "genes"], "--maps genes needs --model FILE"),
    (["--maps", "colours"], "--maps takes one or more of"),
    (["--encoder", "e.safetensors"], "--encoder goes with --maps features"),
    (["--folds", "1"], "--folds takes a number"),
    (["--seeds", "1,1"], "--seeds takes different whole numbers"),
    (["--epochs", "0"], "--epochs takes a number"),
    (["--epochs", "9"], "--epochs and --learning-rate go with networks"),
    (["--penalty", "0"], "--penalty takes a number above 0"),
    (["--penalty", "1", "--preset", "eosin"], "--penalty goes with --preset small"),
  ])
  func `wrong options are wrong usage`(_ options: [String], _ message: String) throws {
    let outcome = try run([Self.table] + options)
    #expect(outcome.status == .exited(2) && outcome.error.contains(message), "\(outcome.error)")
  }

  @Test func `what is wrong with a cohort is said in a sentence`() throws {
    let table = try folder.write(
      "slide\ttime\tevent\n" + (1...12).map { "s\($0).png\t\($0)\t1\n" }.joined(), to: "c.tsv")
    let outcome = try run([table])
    #expect(outcome.status == .exited(1))
    #expect(
      outcome.error
        == "eosin: c.tsv, line 2: slide 's1.png' is not there. Write its path as seen from the "
        + "table's folder.\n")
    let missing = try run([folder.path("none.tsv")])
    #expect(missing.status == .exited(1) && missing.error.contains("none.tsv"))
    let unknown = try run([Self.table, "--clinical", "age,weight"])
    #expect(unknown.status == .exited(1) && unknown.error.contains("weight"))
  }
}
