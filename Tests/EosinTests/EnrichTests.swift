import Foundation
import TestSupport
import Testing

@Suite struct EnrichTests {
  let folder: TemporaryFolder
  static let sets = SharedFiles.sampleData.appending(path: "gene-sets.gmt").path
  static let positions = SharedFiles.sampleData.appending(path: "gene-positions.tsv").path

  init() throws { folder = try TemporaryFolder() }

  func run(_ arguments: [String]) throws -> Program.Outcome {
    try Program.run(arguments + ["--section", "Q1"], seconds: 120)
  }

  @Test func `gene sets are tested, written and scored`() throws {
    let (table, scores) = (folder.path("sets.tsv"), folder.path("scores.tsv"))
    let picture = folder.path("sets.svg")
    let arguments = [
      "enrich", "--gene-sets", Self.sets, "--between", "adipose tissue", "--top", "20", "--output",
      table, "--scores", scores, "--picture", picture,
    ]
    let outcome = try run(arguments)
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines[0].hasPrefix("Q1: the 20 highest of 167 genes ranked by their difference of"))
    #expect(lines[2].hasPrefix("SAMPLE_FAT "))
    for file in [table, scores, picture] {
      #expect(try Data(contentsOf: URL(filePath: file)).count > 500)
    }
    let again = try run(arguments)
    #expect(again.status == .exited(1) && again.error.contains("sets.tsv is there already."))
  }

  @Test func `copy numbers are told, drawn and written`() throws {
    let (picture, table) = (folder.path("cnv.png"), folder.path("cnv.tsv"))
    let outcome = try run([
      "copy-number", "--gene-positions", Self.positions, "--reference", "connective tissue",
      "breast glands", "--window", "11", "--output", picture, "--table", table,
    ])
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    #expect(outcome.output.contains("connective tissue (reference)"))
    #expect(outcome.output.split(separator: "\n").count == 8, "the heatmap needs colours")
    #expect(try Data(contentsOf: URL(filePath: picture)).starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(
      try String(contentsOfFile: table, encoding: .utf8).hasPrefix("spot\tgroup\tsignal\tchr1:"))
    let colored = try run([
      "copy-number", "--gene-positions", Self.positions, "--reference", "connective tissue",
      "--window", "11", "--color", "24bit", "--size", "60x12",
    ])
    #expect(colored.output.contains("\u{1B}[38;2;"))
  }

  @Test func `both say in JSON what they found`() throws {
    let enriched = try run(["enrich", "--gene-sets", Self.sets, "--json"])
    let rows = try JSONSerialization.jsonObject(with: Data(enriched.output.utf8)) as? [String: Any]
    #expect((rows?["rows"] as? [Any])?.count == 11 && rows?["universe"] as? Int == 167)
    let numbers = try run([
      "copy-number", "--gene-positions", Self.positions, "--reference", "breast glands", "--json",
    ])
    let summary =
      try JSONSerialization.jsonObject(with: Data(numbers.output.utf8)) as? [String: Any]
    #expect((summary?["groups"] as? [Any])?.count == 6 && summary?["genes"] as? Int == 167)
  }

  @Test(arguments: [
    (["enrich", "--gene-sets", sets, "--rank-by", "difference"], "needs --between"),
    (
      ["enrich", "--gene-sets", sets, "--rank-by", "mean", "--between", "A"], "goes with --rank-by"
    ),
    (["enrich", "--gene-sets", sets, "--rank-by", "correlation"], "needs --model"),
    (["enrich", "--gene-sets", sets, "--between", "A", "B", "C"], "one group or two"),
    (["enrich", "--gene-sets", sets, "--scores", "x.csv"], "ends in .tsv or .h5ad"),
    (["enrich", "--gene-sets", sets, "--top", "0"], "--top takes"),
    (
      ["copy-number", "--gene-positions", positions, "--reference", "A", "--window", "0"],
      "--window"
    ),
    (
      [
        "copy-number", "--gene-positions", positions, "--reference", "A", "--clusters", "3",
        "--annotation", "x",
      ], "not both"
    ),
    (["evaluate", "--gene-sets", sets], "go with --report"),
    (["evaluate", "--report", "x.html", "--gene-positions", positions], "go together"),
  ])
  func `wrong usage is told`(arguments: [String], problem: String) throws {
    let outcome = try run(arguments)
    #expect(
      outcome.status == .exited(2) && outcome.error.contains(problem), "\(outcome.everything)")
  }

  @Test func `a report shows gene sets and copy numbers where their files are given`() throws {
    let (with, without) = (folder.path("with.html"), folder.path("without.html"))
    let common = [
      "evaluate", "--model", "Ridge=\(SharedFiles.sampleData.path)/models/ridge.safetensors",
      "--bootstrap", "0", "--attainable", "0", "--cluster-seeds", "0",
    ]
    let outcome = try run(
      common + [
        "--report", with, "--gene-sets", Self.sets, "--gene-positions", Self.positions,
        "--reference", "connective tissue", "--copy-number-window", "11",
      ])
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    let page = try String(contentsOfFile: with, encoding: .utf8)
    for part in [
      "id=\"gene-sets\"", "SAMPLE_STROMA", "id=\"copy-numbers\"", "Copy numbers of Q1, observed",
      "Copy numbers of Q1, Ridge", "href=\"#copy-numbers\"",
    ] { #expect(page.contains(part), "\(part)") }
    _ = try run(common + ["--report", without])
    let plain = try String(contentsOfFile: without, encoding: .utf8)
    #expect(!plain.contains("gene-sets") && !plain.contains("copy-numbers"))
    let nowhere = try run(
      common + [
        "--report", with, "--force", "--gene-positions", Self.positions, "--reference", "no label",
      ])
    #expect(nowhere.status == .exited(0))
    #expect(
      try String(contentsOfFile: with, encoding: .utf8).contains("Copy numbers are left out:"))
  }
}
