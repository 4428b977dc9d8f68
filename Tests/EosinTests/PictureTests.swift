import Drawing
import Foundation
import Images
import TestSupport
import Testing

/// `render`, and `view` without a terminal.
@Suite struct PictureTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a PNG has a panel for each kind`() throws {
    let path = folder.path("panels.png")
    let arguments = [
      "render", "--gene", "FASN", "--show", "image", "observed", "clusters", "--side", "96", "-o",
      path,
    ]
    let outcome = try Program.run(arguments)
    #expect(outcome.status == .exited(0) && outcome.output == "", "\(outcome.everything)")
    let file = try ImageFile(opening: URL(filePath: path))
    #expect(file.format == .png)
    #expect(file.width == 16 + 3 * (96 + 16))
    #expect(outcome.error == "Wrote \(path), \(file.width) × \(file.height) px\n")
    let picture = try file.decoded(reducedBy: 1)
    #expect(Set(picture.pixels).count > 50)

    let before = try Data(contentsOf: URL(filePath: path))
    let refused = try Program.run(["render", "--side", "64", "-o", path])
    #expect(refused.status == .exited(1) && refused.error.contains("is already there"))
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    let forced = try Program.run(["render", "--side", "64", "-o", path, "--force"])
    #expect(forced.status == .exited(0))
    #expect(try ImageFile(opening: URL(filePath: path)).width == 16 + 64 + 16)
  }

  @Test func `panels are printed as text of the size asked for`() throws {
    let outcome = try Program.run(["render", "--gene", "FASN", "--size", "40x20"])
    #expect(outcome.status == .exited(0) && outcome.error == "")
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(lines.count == 20)
    #expect(lines.allSatisfy { String($0).columns <= 40 })
    #expect(lines[0].hasPrefix(" Observed · FASN ──"))
    #expect(!outcome.output.contains("\u{1b}"))
  }

  @Test func `methods, their difference and plot are drawn once they are there`() throws {
    let counts = try folder.write("\tA\tB\n1x1\t3\t4\n2x1\t0\t5\n1x2\t2\t1\n", to: "Z1.tsv")
    let table = try folder.write("\tA\tC\n1x1\t2\t0\n2x1\t1\t0\n1x2\t2\t1\n", to: "mine.tsv")
    let arguments = [
      "render", "--counts", counts, "--normalization", "raw", "--predictions", "Mine=\(table)",
      "--show", "observed", "method:Mine", "difference", "scatter", "--gene",
    ]
    let outcome = try Program.run(arguments + ["A", "--size", "100x24"])
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    for text in ["Mine · A · 0.94", "Mine − observed", "r = 0.94  n = 3", "+", "−"] {
      #expect(outcome.output.contains(text), "\(text)")
    }
    let picture = folder.path("panels.png")
    let drawn = try Program.run(arguments + ["A", "--side", "96", "-o", picture])
    #expect(drawn.status == .exited(0), "\(drawn.everything)")
    #expect(try ImageFile(opening: URL(filePath: picture)).width == 16 + 4 * (96 + 16))
    let missing = try Program.run(arguments + ["B"])
    #expect(missing.status == .exited(1))
    #expect(missing.error.hasSuffix("eosin: B is not among Mine's 2 genes\n"), "\(missing.error)")
    let frame = try Program.run([
      "view", "--counts", counts, "--predictions", "Mine=\(table)", "--gene", "A", "--size",
      "120x40",
    ])
    #expect(frame.output.contains("Mine by observed"), "\(frame.everything)")
  }

  @Test func `a panel that has nothing to show is a failure`() throws {
    let counts = try folder.write("\tA\tB\n1x1\t3\t4\n2x1\t0\t5\n", to: "Z1.tsv")
    for (kind, sentence) in [
      ("image", "this section has no image"),
      ("labels", "this section has no pathologist's labels"),
    ] {
      let outcome = try Program.run(["render", "--counts", counts, "--show", kind])
      #expect(outcome.status == .exited(1) && outcome.output == "")
      #expect(outcome.error.hasSuffix("eosin: \(sentence)\n"), "\(outcome.error)")
    }
    let many = try Program.run(["render", "--counts", counts, "--show", "clusters", "-k", "3"])
    #expect(many.status == .exited(1))
    #expect(
      many.error.hasSuffix(
        "eosin: Section Z1 has 2 spots to cluster, fewer than the 3 clusters asked for. "
          + "Ask for fewer.\n"))
  }

  @Test func `without a terminal the viewer prints one frame`() throws {
    let outcome = try Program.run(["view", "--no-models", "--size", "120x34", "--gene", "FASN"])
    #expect(outcome.status == .exited(0) && outcome.error == "")
    for text in [
      "Eosin SampleData · P1 · patient P · 246 spots · 167 genes", "› FASN", "IGKC",
      "H&E · 2200 × 2200 px", "Observed · FASN", "Clusters · k = 5 · ARI 0.", "Pathologist",
      "? help",
    ] {
      #expect(outcome.output.contains(text), "\(text)")
    }
    #expect(!outcome.output.contains("\u{1b}"))
    #expect(outcome.output.split(separator: "\n", omittingEmptySubsequences: false).count == 35)
  }

  @Test func `eosin without a command is the viewer, and the environment says how large`() throws {
    let outcome = try Program.run(["--no-models"], environment: ["COLUMNS": "60", "LINES": "12"])
    #expect(outcome.status == .exited(0))
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(lines.count == 12 && lines.allSatisfy { String($0).columns <= 60 })
  }

  @Test(arguments: ["99999999999", "2000000", "0", "-3", "wide"])
  func `sizes that are none are not taken from the environment`(size: String) throws {
    let outcome = try Program.run(
      ["view", "--no-models"], environment: ["COLUMNS": size, "LINES": size])
    #expect(outcome.status == .exited(0))
    #expect(outcome.output.split(separator: "\n", omittingEmptySubsequences: false).count == 31)
  }

  @Test func `colours are written when asked for`() throws {
    let arguments = ["view", "--no-models", "--size", "80x24", "--color"]
    let full = try Program.run(arguments + ["24bit"])
    #expect(full.output.contains("\u{1b}[") && full.output.contains("8;2;"))
    let few = try Program.run(arguments + ["256"])
    #expect(few.output.contains("8;5;") && !few.output.contains("8;2;"))
    for quiet in [
      try Program.run(arguments + ["mono"]),
      try Program.run(["view", "--no-models"], environment: ["COLORTERM": "truecolor"]),
      try Program.run(["view", "--no-models"], environment: ["NO_COLOR": "1"]),
    ] {
      #expect(!quiet.output.contains("\u{1b}") && quiet.status == .exited(0))
    }
  }

  @Test func `panels on a terminal have colours unless NO_COLOR is set`() throws {
    func colors(_ environment: [String: String]) throws -> String {
      let terminal = try PseudoTerminal(
        command: [Program.built().path, "render", "--size", "60x16"], environment: environment)
      #expect(terminal.waitForExit() == .exited(0))
      return String(decoding: terminal.output, as: UTF8.self)
    }
    #expect(try colors([:]).contains("8;5;"))
    #expect(try colors(["COLORTERM": "truecolor"]).contains("8;2;"))
    #expect(!(try colors(["NO_COLOR": "1"]).contains("\u{1b}")))
  }

  @Test func `a theme of one's own is found, and its bad lines are told`() throws {
    let home = try TemporaryFolder()
    try home.write("bar = #123456\nbars = #ffffff\n", to: "config/eosin/themes/mine.theme")
    let outcome = try Program.run(
      ["view", "--no-models", "--size", "80x24", "--theme", "mine", "--color", "24bit"],
      environment: Program.environment(home: home.url))
    #expect(outcome.status == .exited(0))
    #expect(outcome.error == "mine.theme:2: there is no role 'bars'.\n")
    #expect(outcome.output.contains("48;2;18;52;86"))
  }
}
