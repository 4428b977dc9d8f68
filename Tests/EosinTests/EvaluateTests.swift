import Foundation
import TestSupport
import Testing

@Suite struct EvaluateTests {
  let folder: TemporaryFolder
  /// Quick settings that still take every path.
  static let quick = ["--bootstrap", "50", "--attainable", "3", "--cluster-seeds", "2"]

  init() throws { folder = try TemporaryFolder() }

  func evaluate(_ arguments: [String]) throws -> Program.Outcome {
    try Program.run(["evaluate"] + arguments + Self.quick, seconds: 120)
  }

  /// A table of predictions for sample spots.
  func table(_ text: String, _ name: String = "mine.tsv") throws -> [String] {
    ["--predictions", "Mine=\(try folder.write(text, to: name))", "--sections", "Q1"]
  }

  /// Q1's first spots and two of its genes, values that rise.
  static let spots = try! String(  // Part of the repository.
    contentsOf: SharedFiles.sampleData.appending(path: "data/ST-spotfiles/Q1_selection.tsv"),
    encoding: .utf8
  ).split(separator: "\n").dropFirst().prefix(20).map { line in
    line.split(separator: "\t").prefix(2).joined(separator: "x")
  }

  static func rows(_ genes: [String], _ value: (Int, Int) -> String) -> String {
    (["\t" + genes.joined(separator: "\t")]
      + spots.enumerated().map { row, spot in
        ([spot] + genes.indices.map { value(row, $0) }).joined(separator: "\t")
      }).joined(separator: "\n") + "\n"
  }

  @Test func `the sample's models are scored on the section none of them saw`() throws {
    let outcome = try evaluate([])
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    for line in [
      "Pearson's correlation over the spots, all genes, constant genes left out",
      "Q1       THItoGene  0.397", "Q1       Ridge      0.396", "45 %",
      "THItoGene − HisToGene  Q1", "THItoGene — patient not in training", "Q1       observed",
      "Attainable: what Pearson's correlation could at best be.",
    ] { #expect(outcome.output.contains(line), "\(line)\n\(outcome.output)") }
    #expect(!outcome.output.contains("P1  "))
  }

  /// A table for each of two sections under one name, and another under a second name.
  func folds() throws -> [String] {
    for section in ["P1", "Q1"] {
      for (name, factor) in [("one", 3), ("two", 5)] {
        try folder.write(
          Self.rows(["FASN", "GNAS", "ERBB2"]) { row, gene in "\(row * (gene + factor) % 11)" },
          to: "\(name)-\(section).tsv")
      }
    }
    return ["one", "two"].flatMap { name in
      ["--predictions", "\(name)=\(folder.path("\(name)-{section}.tsv"))"]
    } + ["--sections", "P1,Q1"]
  }

  @Test func `JSON follows the schema in the repository`() throws {
    let ridge = "Ridge=\(SharedFiles.sampleData.path)/models/ridge.safetensors"
    let outcome = try evaluate(["--json", "--model", ridge] + folds())
    #expect(outcome.status == .exited(0), "\(outcome.error)")
    let schema = try JSONSchema(
      reading: SharedFiles.repository.appending(path: "workflow/schemas/evaluation.schema.json"))
    #expect(try schema.problems(in: Data(outcome.output.utf8)) == [])
    for standing in ["section trained on", "patient not in training", "protocol unknown"] {
      #expect(outcome.output.contains("\"\(standing)\""))
    }
    // The schema is one that a document can fail.
    #expect(try !schema.problems(in: Data("{\"format\": \"other\"}".utf8)).isEmpty)
  }

  @Test func `several processes say what one says`() throws {
    let arguments = try folds() + ["--json"]
    let one = try evaluate(arguments + ["--jobs", "1"])
    let two = try evaluate(arguments + ["--jobs", "2"])
    #expect(one.status == .exited(0) && two.status == .exited(0), "\(one.error) \(two.error)")
    #expect(one.output.count > 1000 && one.output == two.output)
  }

  @Test func `folds are named by one option, and a missing one is told`() throws {
    let values = Self.rows(["FASN", "GNAS"]) { row, gene in "\(row * (gene + 1))" }
    for section in ["P1", "Q1"] { try folder.write(values, to: "\(section).tsv") }
    let template = folder.path("{section}.tsv")
    let outcome = try evaluate(["--predictions", "Mine=\(template)", "--sections", "Q1"])
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    #expect(outcome.output.contains("Q1       Mine") && outcome.output.contains("protocol unknown"))
    let missing = try evaluate(["--predictions", "Mine=\(template)", "--sections", "all"])
    #expect(missing.status == .exited(1) && missing.error.contains("P2.tsv: is not there"))
  }

  @Test(arguments: [
    (
      "other spots", rows(["FASN"]) { _, _ in "1" }.replacingOccurrences(of: "x", with: "x9"),
      "spot"
    ),
    ("other genes", rows(["NOSUCH1", "NOSUCH2"]) { row, _ in "\(row)" }, "genes"),
    ("a spot twice", rows(["FASN"]) { row, _ in "\(row)" } + "\(spots[0])\t1\n", "twice"),
    ("no number", rows(["FASN"]) { _, _ in "NaN" }, "no"),
    ("words", rows(["FASN"]) { _, _ in "high" }, "high"),
    ("nothing", "", "empty"),
  ])
  func `tables that cannot be compared are refused in a sentence`(
    case name: String, text: String, sentence: String
  ) throws {
    let outcome = try evaluate(try table(text))
    #expect(outcome.status == .exited(1) && outcome.output == "", "\(outcome.everything)")
    #expect(
      outcome.error.contains(sentence) && outcome.error.contains("mine.tsv"), "\(outcome.error)")
    #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
  }

  @Test func `constant columns and single spots have no score and are counted`() throws {
    let constant = try evaluate(
      try table(
        Self.rows(["FASN", "GNAS"]) { row, gene in
          gene == 0 ? "1" : "\(row)"
        }))
    #expect(constant.status == .exited(0), "\(constant.everything)")
    #expect(constant.output.contains("Q1       Mine"))
    let lines = constant.output.split(separator: "\n").map {
      $0.split(separator: " ").map(String.init)
    }
    let row = try #require(lines.first { $0.starts(with: ["Q1", "Mine"]) })
    #expect(row[6] == "1" && row[7] == "1", "\(row)")
    let single = try evaluate(
      try table("\tFASN\n\(Self.spots[0])\t1\n", "single.tsv")
        + ["--report", folder.path("single.html")])
    #expect(single.status == .exited(0), "\(single.everything)")
    #expect(single.output.contains("Q1       Mine       –"), "\(single.output)")
    #expect(single.output.contains("1 spot to cluster, fewer than the 5 clusters asked for."))
    let page = try String(contentsOfFile: folder.path("single.html"), encoding: .utf8)
    #expect(page.contains("No gene correlates with a prediction of it above 0."))
  }

  @Test func `a file beside the table tells its protocol`() throws {
    let arguments = try table(
      Self.rows(["FASN", "GNAS"]) { row, gene in "\(row * (gene + 1) % 7)" })
    try folder.write(
      """
      {"normalization": "released", "protocol": {"summary": "by hand",
       "trainedOn": [{"section": "Q2", "patient": "Q"}]}}
      """, to: "mine.tsv.json")
    let outcome = try evaluate(arguments)
    #expect(outcome.output.contains("Mine — patient Q seen in training"), "\(outcome.everything)")
    #expect(outcome.output.contains("made by     by hand"))
  }

  @Test func `tables are not written over others, which is said before the work`() throws {
    let arguments =
      try table(Self.rows(["FASN", "GNAS"]) { row, gene in "\(row * (gene + 1) % 7)" })
      + ["--csv", folder.path("tables")]
    #expect(try evaluate(arguments).status == .exited(0))
    let refused = try evaluate(arguments)
    #expect(refused.status == .exited(1) && refused.output == "", "\(refused.everything)")
    #expect(refused.error.contains("tables/methods.csv is there already."))
    #expect(try evaluate(arguments + ["--force"]).status == .exited(0))
  }

  @Test func `predictions written here come back with their protocol`() throws {
    let file = folder.path("q1.tsv")
    let model = "Ridge=\(SharedFiles.sampleData.path)/models/ridge.safetensors"
    let written = try Program.run(["predict", "--model", model, "-s", "Q1", "-o", file])
    #expect(written.status == .exited(0), "\(written.everything)")
    let outcome = try evaluate(["--predictions", "Ridge=\(file)", "--sections", "Q1"])
    #expect(outcome.output.contains("Ridge — patient not in training"), "\(outcome.everything)")
    #expect(outcome.output.contains("Q1       Ridge   0.396"))
  }

  @Test(arguments: [
    (["--sections", "Q9"], 1, "has no section 'Q9'. Did you mean 'Q1'?"),
    (["--genes", "some"], 2, "--genes does not take 'some'."),
    (["--jobs", "0"], 2, "--jobs takes a number from 1 to 256."),
    (["--attainable", "-1"], 2, "--attainable"),
    (["--constant-genes", "ignored"], 2, "left-out"),
    (["--sections", "Q1", "--section", "P1"], 2, "--sections goes without --section"),
  ])
  func `what cannot be asked for is said`(arguments: [String], status: Int, text: String) throws {
    let outcome = try Program.run(["evaluate"] + arguments)
    #expect(outcome.status == .exited(Int32(status)), "\(outcome.everything)")
    #expect(outcome.error.contains(text), "\(outcome.error)")
  }

  @Test func `a table of one section is not scored on several`() throws {
    let file = try folder.write(Self.rows(["FASN"]) { row, _ in "\(row)" }, to: "one.tsv")
    let outcome = try evaluate(["--predictions", "One=\(file)", "--sections", "all"])
    #expect(outcome.status == .exited(1))
    #expect(outcome.error.contains("One is a table of one section, and 3 are to be scored."))
  }

  /// What `eosin evaluate --json` says, as far as it is looked at here.
  struct Report: Decodable {
    struct Section: Decodable {
      struct Observed: Decodable { var attainable: [Double?] }
      struct Clusters: Decodable {
        struct Row: Decodable { var adjustedRandIndex: [Double] }
        var rows: [Row]
      }
      var section: String
      var genes: [String]
      var observed: Observed
      var clusters: Clusters?
    }
    var sections: [Section]
  }

  @Test(.enabled(if: SharedFiles.hasData))
  func `published clusters and what is attainable come by one command`() throws {
    let data = SharedFiles.data.appending(path: "her2st").path
    let panel = SharedFiles.data.appending(path: "panels/her_hvg_cut_1000.npy").path
    let outcome = try Program.run(
      [
        "evaluate", data, "--no-models", "--panel", panel, "--json", "--recipe", "released",
        "--sections", "B1,C1,C2,C5", "--cluster-seeds", "2", "--attainable", "6",
      ], seconds: 200)
    #expect(outcome.status == .exited(0), "\(outcome.error)")
    let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    // scikit-learn's random states 0 and 1, to three decimals.
    for (section, expected) in [(0, [0.318, 0.223]), (1, [0.102, 0.102])] {
      let found = report.sections[section].clusters?.rows.first?.adjustedRandIndex ?? []
      #expect(
        found.count == 2 && zip(found, expected).allSatisfy { abs($0 - $1) <= 5e-4 }, "\(found)")
    }
    for section in report.sections[2...] {
      let sum = section.observed.attainable.reduce(0) { $0 + ($1 ?? 0) }
      let mean = sum / Double(section.genes.count)
      #expect(section.genes.count == 785 && abs(mean - 0.48) < 0.02, "\(mean)")
    }
  }
}
