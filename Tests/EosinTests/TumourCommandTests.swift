import Foundation
import TestSupport
import Testing

/// `eosin train tumour`, and what its file is good for, on the sample data.
@Suite struct TumourCommandTests {
  let folder: TemporaryFolder
  private static let sample = SharedFiles.sampleData.path

  init() throws { folder = try TemporaryFolder() }

  private var file: String { folder.path("tumour.safetensors") }

  private func run(_ arguments: [String]) throws -> Program.Outcome {
    try Program.run(
      arguments, environment: ["XDG_CACHE_HOME": folder.path("cache")], seconds: 120)
  }

  private static let smallEncoder = """
    encoder={"name": "clip-vit", "values": {"imageSidePixels": 16, "patchSidePixels": 8, "width": 16, \
    "layers": 1, "headWidth": 8, "hidden": 16, "features": 8}}
    """

  /// So small that a debug build trains it at once.
  private func train(_ more: [String] = []) throws -> Program.Outcome {
    try run(
      [
        "train", "tumour", Self.sample, "--hold-out", "Q1", "--epochs", "2", "--threads", "1",
        "--set", "widths=[2,2,2,2,2]", "--set", Self.smallEncoder, "--output", file,
      ] + more)
  }

  @Test func `a network is trained, told of, mapped with and shown`() throws {
    let trained = try train(["--tumour", "invasive cancer", "--json"])
    #expect(trained.status == .exited(0), "\(trained.everything)")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(trained.output.utf8)) as? [String: Any])
    #expect(report["tumour"] as? [String] == ["invasive cancer"])
    let row = try #require((report["sections"] as? [[String: Any]])?.first)
    #expect(row["section"] as? String == "Q1")
    #expect(row["standing"] as? String == "patient not in training")
    #expect((row["scores"] as? [String: Any])?["tumour"] as? Int == 66)

    let again = try train()
    #expect(again.status == .exited(1) && again.error.contains("is already there"))

    let info = try run(["model", "info", file])
    for text in [
      "HiST, tumour regions", "tumour (invasive cancer); no genes", "trained on P1, P2; patients P",
      "weights by chance, seed 42",
    ] {
      #expect(info.output.contains(text), "\(info.everything)")
    }
    let verified = try run(["model", "verify", file])
    #expect(verified.output.contains("all finite, xxh64:"), "\(verified.everything)")

    let table = folder.path("regions.tsv")
    let mapped = try run([
      "tumour", Self.sample, "--model", file, "--sections", "Q1,P1", "-o", table,
    ])
    #expect(mapped.status == .exited(0), "\(mapped.everything)")
    #expect(
      mapped.output.contains("Q1       patient not in training") && mapped.output.contains("AUC"))
    #expect(mapped.output.contains("P1       section trained on"))
    let lines = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\n")
    #expect(lines[0] == "section\tspot\tprobability\tmask")
    #expect(lines.count == 1 + 252 + 246 && lines[1].split(separator: "\t").count == 4)
    let kept = try run(["tumour", Self.sample, "--model", file, "-o", table])
    #expect(kept.status == .exited(1) && kept.error.contains("is there already"))

    let drawn = try run([
      "render", Self.sample, "--show", "tumour", "labels", "--tumour", file, "--side", "200",
      "-o", folder.path("regions.svg"),
    ])
    #expect(drawn.status == .exited(0), "\(drawn.everything)")
    let picture = try String(contentsOfFile: folder.path("regions.svg"), encoding: .utf8)
    #expect(picture.contains("AUC 0.") && picture.contains("Section Q1; Tumour: patient not in"))
    let page = folder.path("report.html")
    let evaluated = try run([
      "evaluate", Self.sample, "--model",
      SharedFiles.sampleData.appending(path: "models/ridge.safetensors").path, "--sections", "Q1",
      "--attainable", "0", "--bootstrap", "0", "--cluster-seeds", "0", "--jobs", "1", "--report",
      page, "--tumour", file,
    ])
    #expect(evaluated.status == .exited(0), "\(evaluated.everything)")
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("<section id=\"tumour\">") && html.contains("IoU: of the spots"))
    let shown = try run(["view", Self.sample, "--tumour", file, "--size", "140x44"])
    #expect(shown.output.contains("Tumour · AUC 0."), "\(shown.everything)")
    #expect(shown.output.contains("Q1 · patient Q") && shown.output.contains("Pathologist"))
  }

  @Test func `it is no model of expression, and no model of expression is it`() throws {
    #expect(try train().status == .exited(0))
    let commands = [
      ["predict", Self.sample, "--model", file], ["evaluate", Self.sample, "--model", file],
    ]
    for command in commands {
      let refused = try run(command)
      #expect(refused.status == .exited(1))
      #expect(
        refused.error.contains(
          "holds tumour regions, not gene expression: map them with 'eosin tumour --model', or show "
            + "them with --tumour."), "\(refused.everything)")
    }
    let ridge = SharedFiles.sampleData.appending(path: "models/ridge.safetensors").path
    for command in [
      ["tumour", Self.sample, "--model", ridge], ["view", Self.sample, "--tumour", ridge],
    ] {
      let refused = try run(command)
      #expect(refused.status == .exited(1))
      #expect(
        refused.error.contains("holds a model of gene expression, which maps no tumour."),
        "\(refused.everything)")
    }
  }

  @Test(arguments: [
    (["train", "tumour"], "Name the file to write with --output"),
    (["train", "tumour", "-o", "t", "--from", "x"], "are all that it takes"),
    (["train", "tumour", "-o", "t", "--resume"], "are all that it takes"),
    (["train", "tumour", "-o", "t", "--genes", "5"], "are all that it takes"),
    (["train", "ridge", "-o", "t", "--tumour", "x"], "--tumour goes with 'eosin train tumour'."),
    (["tumour", "--model", "t", "--sections", "A", "--section", "A"], "--sections goes without"),
    (["tumour"], "--model"),
  ])
  func `wrong options are wrong usage`(_ arguments: [String], _ message: String) throws {
    let outcome = try run(arguments)
    #expect(outcome.status == .exited(2) && outcome.error.contains(message), "\(outcome.error)")
  }

  @Test func `a label that is not there is answered with the nearest`() throws {
    let outcome = try train(["--tumour", "invasive cancr"])
    #expect(outcome.status == .exited(1))
    #expect(outcome.error.contains("Did you mean 'invasive cancer'?"), "\(outcome.error)")
    #expect(!FileManager.default.fileExists(atPath: file))
  }
}
