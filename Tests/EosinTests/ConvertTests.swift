import Foundation
import Images
import TestSupport
import Testing
import Workbench

/// `convert`, and sheets of `render`.
@Suite struct ConvertTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a section is written for scanpy, the same twice, and replaced only when asked`()
    throws
  {
    let table = try folder.write(
      "\tFASN\tELSEWHERE\n18x7\t1.5\t2\n19x7\tNaN\t3\n", to: "mine.tsv")
    func convert(_ file: String, _ more: [String] = []) throws -> Program.Outcome {
      try Program.run(
        ["convert", "-s", "P1", "--predictions", "Mine=\(table)", "-k", "3", "-o", file] + more)
    }
    let first = try convert(folder.path("a.h5ad"))
    #expect(first.status == .exited(0), "\(first.everything)")
    #expect(
      first.output
        == "P1: 246 spots · 167 genes · Mine · pathologist, clusters → "
        + "\(folder.path("a.h5ad"))\n")
    #expect(first.error.contains("P1: No clusters of Mine: Section P1 has 1 spot to cluster"))
    #expect(first.error.contains("P1: 1 gene predicted by Mine left out: not in the section."))
    let second = try convert(folder.path("b.h5ad"), ["--json"])
    let summary = try JSONDecoder().decode(ConversionSummary.self, from: Data(second.output.utf8))
    #expect(summary.format == .h5ad && summary.methods == ["Mine"] && summary.spots == 246)
    let bytes = try Data(contentsOf: folder.url.appending(path: "a.h5ad"))
    #expect(try bytes == Data(contentsOf: folder.url.appending(path: "b.h5ad")))
    let refused = try convert(folder.path("a.h5ad"))
    #expect(refused.status == .exited(1) && refused.error.contains("pass --force"))
    #expect(try convert(folder.path("a.h5ad"), ["--force"]).status == .exited(0))
    #expect(folder.names == ["a.h5ad", "b.h5ad", "mine.tsv"])
  }

  @Test(arguments: [50, 6000])
  func `a disk that is full at the start or later leaves nothing behind`(blocks: Int) throws {
    // A limit on the length of files stands in for the disk.
    let limited = "trap '' XFSZ; ulimit -f \(blocks); exec \"$@\""
    let outcome = try Program.run(
      ["-c", limited, "sh", Program.built().path]
        + ["convert", "-s", "P1", "-o", folder.path("a.h5ad")],
      of: URL(filePath: "/bin/sh"))
    #expect(outcome.status == .exited(1), "\(outcome.everything)")
    #expect(outcome.error.hasSuffix("on: the disk may be full. Nothing was changed.\n"))
    #expect(folder.names == [])
  }

  @Test(.enabled(if: AnnDataCheck.isPossible))
  func `what anndata wrote is the same after it was converted, to anndata and scanpy`() throws {
    let (made, converted) = (folder.path("made.h5ad"), folder.path("converted.h5ad"))
    #expect(try AnnDataCheck.run(["make", made]).status == 0)
    let outcome = try Program.run(["convert", made, "-o", converted])
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    let (status, words) = try AnnDataCheck.run(["same", made, converted])
    #expect(status == 0, "\(words)")
  }

  @Test func `QuPath gets regions of the labels and spots when asked for`() throws {
    let file = folder.path("a.geojson")
    let outcome = try Program.run([
      "convert", "-s", "P1", "--shapes", "both", "--genes", "FASN", "-o", file,
    ])
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.contains("\"classification\":{\"name\":\"invasive cancer\",\"color\":["))
    #expect(text.components(separatedBy: "\"objectType\":\"detection\"").count == 247)
    #expect(text.contains("\"FASN\":") && text.contains("\"FASN mean\":"))
  }

  @Test func `a section without positions is written without them, and has no shapes`() throws {
    let matrix = try folder.write(
      "%%MatrixMarket matrix coordinate integer general\n2 3 3\n1 1 4\n2 2 5\n1 3 6\n",
      to: "matrix.mtx")
    try folder.write("G1\tFASN\nG2\tGNAS\n", to: "features.tsv")
    try folder.write("AAA-1\nCCC-1\nGGG-1\n", to: "barcodes.tsv")
    let outcome = try Program.run(["convert", matrix, "-o", folder.path("a.h5ad")])
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    #expect(outcome.error.contains("No positions written: "))
    let shapes = try Program.run(["convert", matrix, "-o", folder.path("a.geojson")])
    #expect(shapes.status == .exited(1) && shapes.output == "")
    #expect(!folder.names.contains("a.geojson"))
  }

  @Test func `Loupe gets labels, or clusters where they are made`() throws {
    let (labels, clusters) = (folder.path("labels.csv"), folder.path("clusters.csv"))
    #expect(try Program.run(["convert", "-s", "P1", "-o", labels]).status == .exited(0))
    #expect(
      try Program.run(["convert", "-s", "P1", "-k", "3", "-o", clusters]).status == .exited(0))
    #expect(try String(contentsOfFile: labels, encoding: .utf8).hasPrefix("Barcode,pathologist\n"))
    #expect(
      try String(contentsOfFile: clusters, encoding: .utf8)
        .hasPrefix("Barcode,Eosin clusters P1\n"))
  }

  @Test func `a folder as of her2st reads back`() throws {
    let path = folder.path("set")
    let outcome = try Program.run(["convert", "-s", "P1", "--to", "st", "-o", path])
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    let (before, after) = (
      try Program.run(["info", "-s", "P1", "--json"]), try Program.run(["info", path, "--json"])
    )
    #expect(after.status == .exited(0))
    func facts(_ text: String) throws -> [String: Any] {
      var facts =
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
      for key in ["files", "models", "dataSet"] { facts[key] = nil }
      return facts
    }
    for key in ["spots", "genes"] {
      let (first, second) = (try facts(before.output)[key], try facts(after.output)[key])
      #expect("\(first ?? "none")" == "\(second ?? "nothing")", "\(key)")
    }
  }

  @Test(arguments: [
    (["-o", "a.xyz"], "ends in .h5ad, .geojson or .csv"),
    (["-o", "a.h5ad", "--shapes", "spots"], "go with a .geojson file"),
    (["-o", "a.h5ad", "--category", "x"], "--category goes with"),
    (["-o", "a.csv", "-k", "1"], "--clusters takes a number from 2 to 26"),
    (["-o", "set", "--to", "st", "-k", "4"], "no place for clusters"),
    ([], "Missing expected argument '--output"),
  ])
  func `wrong usage is refused before anything is read`(arguments: [String], problem: String) throws
  {
    let outcome = try Program.run(["convert"] + arguments)
    #expect(outcome.status == .exited(2) && outcome.output == "")
    #expect(outcome.error.contains(problem), "\(outcome.error)")
  }

  // MARK: Pictures

  @Test func `a picture has the size asked for, in pixels and in shapes`() throws {
    let (pixels, shapes) = (folder.path("a.png"), folder.path("a.svg"))
    for file in [pixels, shapes] {
      let outcome = try Program.run(
        ["render", "-s", "P1", "--show", "observed", "labels", "--pixels", "500x300", "-o", file])
      #expect(outcome.status == .exited(0), "\(outcome.everything)")
    }
    let image = try ImageFile(opening: URL(filePath: pixels))
    #expect(image.width == 500 && image.height == 300)
    #expect(try String(contentsOfFile: shapes, encoding: .utf8).contains("viewBox=\"0 0 500 300\""))
    let small = try Program.run(
      ["render", "-s", "P1", "--pixels", "64x64", "-o", folder.path("b.png")])
    #expect(small.status == .exited(1))
    #expect(small.error.hasSuffix("no room for the panels in 64x64. Ask for a larger picture.\n"))
  }

  @Test func `a sheet of many genes is one picture, or several where it gets too large`() throws {
    let one = folder.path("one.svg")
    let outcome = try Program.run(["render", "-s", "P1", "--sheet", "FASN,ERBB2", "-o", one])
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    let text = try String(contentsOfFile: one, encoding: .utf8)
    #expect(text.contains(">FASN<") && text.contains(">ERBB2<"))
    let many = try Program.run([
      "render", "-s", "P1", "--sheet", "top:40", "--columns", "2", "--side", "300", "-o",
      folder.path("many.svg"),
    ])
    #expect(many.status == .exited(0), "\(many.everything)")
    #expect(folder.names == ["many-1.svg", "many-2.svg", "one.svg"])
  }

  @Test(arguments: [
    (["--sheet", "FASN", "--gene", "FASN"], "--gene is for panels"),
    (["--sheet", "FASN", "--pixels", "90x90"], "--pixels goes with panels"),
    (["--pixels", "9x9"], "--pixels takes a width and a height"),
    (["--columns", "3"], "--columns goes with --sheet"),
  ])
  func `options of sheets and sizes that do not fit are refused`(
    arguments: [String], problem: String
  ) throws {
    let outcome = try Program.run(["render"] + arguments + ["-o", folder.path("a.png")])
    #expect(outcome.status == .exited(2))
    #expect(outcome.error.contains(problem), "\(outcome.error)")
  }
}
