import Foundation
import Images
import TestSupport
import Testing

/// `evaluate --report`, `render --figure`, and panels as SVG.
@Suite struct FigureCommandTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `an evaluation is written as a page, and not over another`() throws {
    let path = folder.path("report.html")
    let arguments = ["evaluate"] + EvaluateTests.quick + ["--report", path]
    let outcome = try Program.run(arguments, seconds: 120)
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    #expect(outcome.error.contains("Wrote \(path)\n"))
    #expect(outcome.output.contains("Pearson's correlation over the spots"))
    let page = try String(contentsOfFile: path, encoding: .utf8)
    for text in [
      "<h1>SampleData</h1>", "7 methods · 1 section · 167 genes", "<h3>THItoGene</h3>",
      "<b>0.397</b>", "patient not in training", "<pre>eosin evaluate --bootstrap 50",
    ] { #expect(page.contains(text), "\(text)") }
    #expect(!page.contains("is left out."))

    let refused = try Program.run(arguments)
    #expect(refused.status == .exited(1))
    #expect(refused.error.contains("report.html is there already"))
    // Said before anything is scored.
    #expect(refused.output == "")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == page)
  }

  @Test func `a figure is written as shapes or pixels by the file's name`() throws {
    let vector = folder.path("boxes.svg")
    let ridge = "Ridge=\(SharedFiles.sampleData.path)/models/ridge.safetensors"
    let arguments = ["render", "--figure", "boxplot", "--section", "Q1", "--model", ridge, "-o"]
    let outcome = try Program.run(arguments + [vector], seconds: 120)
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    let text = try String(contentsOfFile: vector, encoding: .utf8)
    #expect(
      text.hasPrefix("<svg") && text.contains("Box plots of PCC of each gene of Ridge.")
        && text.contains(">Q1<"))
    #expect(outcome.error.hasSuffix(" pt\n"))
    #expect(text.contains("Ridge: patient not in training; released: log10"))
    let pixels = folder.path("boxes.png")
    let drawn = try Program.run(arguments + [pixels], seconds: 120)
    #expect(drawn.status == .exited(0), "\(drawn.everything)")
    #expect(try ImageFile(opening: URL(filePath: pixels)).width == 2 * 920)
  }

  @Test func `a figure that cannot be drawn says why, an unknown one which there are`() throws {
    let path = folder.path("figure.svg")
    let counts = try folder.write("\tA\tB\n1x1\t3\t4\n2x1\t0\t5\n1x2\t2\t1\n", to: "Z1.tsv")
    let outcome = try Program.run([
      "render", "--counts", counts, "--figure", "markers", "-o", path,
    ])
    #expect(outcome.status == .exited(1))
    #expect(
      outcome.error.contains(
        "The figure 'markers' cannot be drawn. No section has a pathologist's labels"))
    #expect(!FileManager.default.fileExists(atPath: path))
    let unknown = try Program.run(["render", "--figure", "pie", "-o", path])
    #expect(unknown.status == .exited(2))
    #expect(unknown.error.contains("Choose from boxplot, ablation, genes, clusters, markers,"))
    let text = try Program.run(["render", "--figure", "boxplot"])
    #expect(text.status == .exited(1) && text.error.contains("--output boxplot.svg or .png"))
    let alone = try Program.run(["render", "--sections", "all", "-o", path])
    #expect(alone.status == .exited(2) && alone.error.contains("--sections goes with --figure."))
  }

  @Test func `panels are written as shapes too`() throws {
    let path = folder.path("panels.svg")
    let outcome = try Program.run([
      "render", "--gene", "FASN", "--show", "image", "observed", "clusters", "labels", "--side",
      "200", "-o", path,
    ])
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains("width=\"824\""))
    for part in [">Observed · FASN<", ">Pathologist<", "data:image/jpeg;base64,", "p1–p99"] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(text.contains(">adipose tissue<"))
  }
}
