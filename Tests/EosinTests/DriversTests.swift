import Foundation
import TestSupport
import Testing

/// `drivers`, its map, and nuclei on the command line.
@Suite struct DriversTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let model =
    "Mine=\(SharedFiles.sampleData.path)/models/histogene.safetensors"

  @Test func `the strongest spots are printed, written, and given as JSON`() throws {
    let table = folder.path("drivers.tsv")
    let arguments = [
      "drivers", "-s", "Q1", "--model", Self.model, "--gene", "FASN", "--spot", "17x16",
      "--patches",
      "2",
    ]
    let outcome = try Program.run(arguments + ["-o", table], seconds: 300)
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    #expect(
      outcome.output.hasPrefix("Mine predicts ") && outcome.output.contains("17x16       0.0"))
    let rows = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\n")
    #expect(rows.count == 3 && rows[0] == "spot\tdistance\tdrop")
    let json = try Program.run(arguments + ["--json"], seconds: 300)
    #expect(json.status == .exited(0) && json.output.contains("\"patchPixels\" : 56"))
  }

  @Test func `the map is drawn where a spot is named`() throws {
    let text = try Program.run(
      [
        "render", "-s", "Q1", "--model", Self.model, "--show", "drivers", "--gene", "FASN",
        "--spot",
        "17x16", "--patches", "1", "--size", "80x20",
      ], seconds: 300)
    #expect(text.status == .exited(0), "\(text.everything)")
    #expect(text.output.contains("Drivers · Mine · FASN") && text.output.contains("at 17x16"))
  }

  @Test(arguments: [
    (["drivers", "--gene", "FASN"], 2, "Missing expected argument '--spot <spot>'"),
    (["drivers", "--gene", "G", "--spot", "s", "--patches", "0"], 2, "--patches takes a number"),
    (
      ["drivers", "--gene", "G", "--spot", "s", "--parts", "99"], 2, "--parts takes a number from 0"
    ),
    (
      ["drivers", "--gene", "G", "--spot", "s", "--predictions", "a=b.tsv"], 2,
      "it takes --model, not --predictions"
    ),
    (["drivers", "-s", "Q1", "--gene", "FASN", "--spot", "1x1"], 1, "has no spot '1x1'"),
    (["render", "--show", "drivers"], 2, "--show drivers needs a spot: --spot 24x13."),
    (["info", "--nuclei", "nowhere"], 1, "nowhere: is not there. Name a file with a section's"),
    (["info", "--nuclei", #filePath], 1, "is one file, and SampleData has 3 sections."),
    (
      ["copy-number", "ST-cnts", "--reference", "A"], 1, "ST-cnts: is not there"
    ),
  ])
  func `what cannot be is said in a sentence`(
    arguments: [String], status: Int32, sentence: String
  ) throws {
    let outcome = try Program.run(arguments)
    #expect(outcome.status == .exited(status), "\(outcome.everything)")
    #expect(outcome.error.contains(sentence), "\(outcome.error)")
  }
}
