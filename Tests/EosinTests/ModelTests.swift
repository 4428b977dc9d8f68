import Foundation
import TestSupport
import Testing

/// `eosin model` and `eosin predict` as a user runs them.
@Suite struct ModelTests {
  let folder: TemporaryFolder
  let genes: String
  static let small = [
    "--set", "patchSidePixels=16", "--set", "width=8", "--set", "layers=1", "--set", "heads=1",
  ]

  init() throws {
    folder = try TemporaryFolder()
    genes = try folder.write("ERBB2\nFASN\nGNAS\n", to: "genes.txt")
  }

  private func run(_ arguments: [String]) throws -> Program.Outcome {
    try Program.run(arguments)
  }

  private func makeModel(_ name: String = "small.safetensors") throws -> String {
    let path = folder.path(name)
    let outcome = try run(
      ["model", "init", "histogene", "--genes", genes, "-o", path] + Self.small)
    #expect(outcome.status == .exited(0), "\(outcome.error)")
    return path
  }

  @Test func `the catalog is listed with names and papers`() throws {
    let list = try run(["model", "list"]).output
    for text in ["thitogene", "HisToGene", "his2st", "bbad464"] { #expect(list.contains(text)) }
    #expect(try run(["model", "list", "--json"]).output.contains("\"name\" : \"histogene\""))
  }

  @Test func `a checkpoint tells what it is, and that it is whole`() throws {
    let path = try makeModel()
    let info = try run(["model", "info", path]).output
    #expect(info.contains("3: ERBB2, FASN, GNAS"))
    #expect(info.contains("not trained: random weights, seed 0"))
    #expect(info.contains("width 8"))
    let verified = try run(["model", "verify", path])
    #expect(verified.status == .exited(0) && verified.output.contains("all finite"))
  }

  @Test func `a model already there is not replaced unasked`() throws {
    let path = try makeModel()
    let before = try Data(contentsOf: URL(filePath: path))
    let arguments =
      ["model", "init", "histogene", "--seed", "5", "--genes", genes, "-o", path] + Self.small
    #expect(try run(arguments).status == .exited(1))
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    #expect(try run(arguments + ["--force"]).status == .exited(0))
    #expect(try Data(contentsOf: URL(filePath: path)) != before)
  }

  @Test(arguments: [
    (["model", "init", "histogen", "--genes", "GENES", "-o", "x"], "Did you mean 'histogene'?"),
    (
      ["model", "init", "histogene", "--genes", "GENES", "-o", "x", "--set", "wings=2"],
      "HisToGene cannot be given {\"genes\":3,\"wings\":2}"
    ),
    (
      ["model", "init", "histogene", "--genes", "GENES", "-o", "x", "--set", "wings"],
      "'wings' is no setting. Write NAME=VALUE"
    ),
    (["model", "info", "GENES"], "is neither a safetensors file nor a PyTorch checkpoint"),
    (["model", "import", "GENES", "--genes", "GENES"], "is neither a safetensors file nor"),
    (["predict", "SAMPLE", "--model", "GENES"], "is neither a safetensors file nor"),
  ])
  func `what is wrong is said in a sentence`(arguments: [String], part: String) throws {
    let outcome = try run(
      arguments.map {
        $0 == "GENES" ? genes : $0 == "SAMPLE" ? SharedFiles.sampleData.path : $0
      })
    #expect(outcome.status == .exited(1))
    #expect(outcome.error.contains(part), "\(outcome.error)")
  }

  @Test(.enabled(if: SharedFiles.hasFixtures), arguments: ["hostile.pt", "truncated.pt"])
  func `hostile files are refused and nothing is written`(name: String) throws {
    let file = SharedFiles.fixtures.appending(path: "thitogene/\(name)").path
    let outcome = try run([
      "model", "import", file, "--genes", genes, "-o", folder.path("x.safetensors"),
    ])
    #expect(outcome.status == .exited(1))
    #expect(!FileManager.default.fileExists(atPath: folder.path("x.safetensors")))
  }

  @Test func `predictions are scored, written and read again`() throws {
    let model = try makeModel()
    let table = folder.path("p1.tsv")
    let first = try run([
      "predict", SharedFiles.sampleData.path, "--section", "P1", "--model", "Mine=\(model)", "-o",
      table,
    ])
    #expect(first.status == .exited(0), "\(first.error)")
    #expect(first.output.contains("Mine: wrote \(table)"))
    #expect(first.output.contains("over 246 spots"))
    let again = try run([
      "predict", SharedFiles.sampleData.path, "--section", "P1", "--predictions", "Mine=\(table)",
    ])
    // The row of scores is the same, whoever made the prediction.
    let row = { (text: String) in text.split(separator: "\n").first { $0.hasPrefix("Mine ") } }
    #expect(row(first.output) != nil && row(first.output) == row(again.output))
    let refused = try run([
      "predict", SharedFiles.sampleData.path, "--section", "P1", "--model", model, "-o", table,
    ])
    #expect(refused.status == .exited(1) && refused.error.contains("is there already"))
  }

  @Test func `clusters can be made of a prediction`() throws {
    let model = try makeModel()
    let arguments = ["cluster", SharedFiles.sampleData.path, "--section", "P1"]
    let outcome = try run(arguments + ["--model", "Mine=\(model)"])
    #expect(outcome.status == .exited(0), "\(outcome.error)")
    #expect(outcome.output.contains("principal components of 3 genes as Mine predicts them"))
    let both = try run(arguments + ["--model", model, "--model", model])
    #expect(both.status == .exited(2))
  }

  @Test func `predict without a model, or with an unknown ending, is wrong usage`() throws {
    let counts = try folder.write("\tA\n1x1\t3\n", to: "Z1.tsv")
    #expect(try run(["predict", "--counts", counts]).status == .exited(2))
    let model = try makeModel()
    let arguments = ["predict", SharedFiles.sampleData.path, "--model", model, "-o", "x.xlsx"]
    #expect(try run(arguments).status == .exited(2))
  }
}
