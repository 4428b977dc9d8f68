import Foundation
import Sections
import TestSupport
import Testing

/// The viewer in a terminal: typed at, resized, ended, opened again.
@Suite struct ViewerSessionTests {
  let home: TemporaryFolder

  init() throws { home = try TemporaryFolder() }

  /// Opens the viewer and waits until everything has arrived.
  func open(
    _ arguments: [String] = [], environment: [String: String] = [:], columns: Int = 110,
    rows: Int = 34, until text: String = " ± 0."
  ) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(
      command: [Program.built().path, "view", SharedFiles.sampleData.path, "--no-models"]
        + arguments,
      environment: Program.environment(home: home.url).merging(environment) { $1 },
      columns: columns, rows: rows)
    try terminal.expect(text)
    try terminal.expectNo("reading the image")
    // Not in the middle of a frame: synchronized output has ended.
    #expect(terminal.wait { !$0.screen.modes.contains(2026) })
    return terminal
  }

  /// Leaves with `q` and expects the terminal as it was.
  func quit(_ terminal: PseudoTerminal) {
    terminal.send("q")
    #expect(terminal.waitForExit() == .exited(0))
    expectRestored(terminal)
  }

  func expectRestored(_ terminal: PseudoTerminal) {
    #expect(!terminal.screen.isAlternate)
    #expect(terminal.screen.modes.contains(25), "the cursor shows")
    #expect(terminal.screen.modes.isDisjoint(with: [1000, 1002, 1003, 1006, 2004]), "no mouse")
    #expect(terminal.screenLines.allSatisfy { $0.isEmpty }, "nothing is left on the screen")
  }

  @Test func `the first screen has genes and panels, and q restores the terminal`() throws {
    let terminal = try open()
    #expect(terminal.screen.isAlternate && !terminal.screen.modes.contains(25))
    #expect(terminal.isRaw)
    try terminal.expect("H&E · 2200 × 2200 px")
    for text in [
      "Eosin SampleData · P1 · patient P", "› PLIN4", "Observed · PLIN4", "Clusters · k = 5",
      "Pathologist", "? help  q quit",
    ] {
      try terminal.expect(text)
    }
    quit(terminal)
  }

  @Test func `keys search, hide panels and change the clusters`() throws {
    let terminal = try open()
    terminal.send("/FASN")
    try terminal.expect("Observed · FASN")
    try terminal.expect("/FASN▏")
    try terminal.expectNo("IGKC")
    terminal.send("\r\u{1b}")
    try terminal.expect("IGKC")
    try terminal.expect("› FASN")
    terminal.send("3")
    try terminal.expectNo("Clusters · k")
    terminal.send("4")
    try terminal.expectNo("Pathologist")
    terminal.send("34")
    try terminal.expect("Clusters · k = 5 · ARI")
    try terminal.expect("Pathologist")
    terminal.send(">")
    try terminal.expect("Clusters · k = 6 · ARI")
    terminal.send("<<")
    try terminal.expect("Clusters · k = 4 · ARI")
    terminal.send("?")
    try terminal.expect("Show the next gene of the list")
    terminal.send("\u{1b}")
    try terminal.expectNo("Show the next gene of the list")
    quit(terminal)
  }

  @Test func `a table of predictions stands beside what was observed`() throws {
    let dataSet = try DataSet(opening: SharedFiles.sampleData)
    let section = try dataSet.read(try dataSet.reference(named: "P1"))
    let gene = try #require(section.genes.firstIndex(of: "FASN"))
    let rows = zip(section.spots, section.counts.values(ofGene: gene)).map { spot, count in
      "\(spot.id)\t\(count)\t1"
    }
    let table = home.url.appending(path: "mine.tsv")
    try (["\tFASN\tGNAS"] + rows).joined(separator: "\n")
      .write(to: table, atomically: true, encoding: .utf8)
    let terminal = try open(
      ["--gene", "FASN", "--predictions", "Mine=\(table.path)"], until: "Mine · FASN · 0.")
    try terminal.expect("Mine − observed · FASN")
    terminal.send("P")
    try terminal.expect("Mine by observed")
    terminal.send("r6")
    try terminal.expect("by PCC Mine")
    terminal.send("G")
    try terminal.expect("is not among Mine's 2 genes")
    terminal.send("m")
    try terminal.expect("constant")
    try terminal.expect("ready")
    terminal.send("\u{1b}")
    try terminal.expectNo("constant")
    quit(terminal)
  }

  @Test func `scores, genes and the origin of numbers are one key away`() throws {
    let model = SharedFiles.sampleData.appending(path: "models/ridge.safetensors")
    let terminal = try open(
      ["--gene", "FASN", "--model", "Ridge=\(model.path)"], until: "Ridge · FASN · 0.")
    try terminal.expect(" of 0.")
    terminal.send("T")
    try terminal.expect("Scores · mean PCC over genes")
    try terminal.expect("3 of 3 scored")
    try terminal.expect("● section trained on")
    terminal.send("jj")
    try terminal.expect("patient not in training")
    terminal.send("i")
    try terminal.expect("Ridge on Q1")
    try terminal.expect("What the numbers are")
    terminal.send("\u{1b}")
    try terminal.expectNo("What the numbers are")
    // Enter opens the section among the panels.
    terminal.send("\r")
    try terminal.expect("Eosin SampleData · Q1 · patient Q")
    try terminal.expect("Observed · FASN")
    terminal.send("F")
    try terminal.expect("measures of Ridge")
    try terminal.expect("Moran's I")
    for _ in 0..<3 { terminal.send("\u{1b}[C") }
    terminal.send("r")
    try terminal.expect("by PCC Ridge ▾")
    try terminal.expect("How closely predicted and measured values lie on a rising line")
    terminal.send("g\r")
    try terminal.expectNo("measures of Ridge")
    try terminal.expect("Observed · ")
    quit(terminal)
  }

  @Test func `clusters are exported, and a file is replaced only after a yes`() throws {
    let terminal = try open()
    let file = home.url.appending(path: "out.csv")
    func export(_ key: String) throws {
      terminal.send(key)
      try terminal.expect("P1_\(key == "e1" ? "clusters" : "loupe").csv")
      terminal.send("\u{15}\(file.path)\r")
    }
    try export("e1")
    try terminal.expect("Wrote ")
    let table = try ClusterTable(reading: file)
    #expect(table.rows.count == 246)
    #expect(Set(table.rows.map(\.cluster)) == [1, 2, 3, 4, 5])
    #expect(Set(table.rows.map(\.name)) == ["A", "B", "C", "D", "E"])

    let before = try Data(contentsOf: file)
    try export("E")
    try terminal.expect("y replace  n keep")
    terminal.send("n")
    try terminal.expect("is as it was")
    #expect(try Data(contentsOf: file) == before)
    try export("E")
    try terminal.expect("y replace  n keep")
    terminal.send("y")
    try terminal.expect("Wrote ")
    let loupe = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(loupe.hasPrefix("Barcode,Eosin clusters P1\n"))
    quit(terminal)
  }

  @Test func `the section, its shapes and the panels are exported from the menu`() throws {
    let terminal = try open()
    for (line, asked, name, start) in [
      ("3", "P1.h5ad", "a.h5ad", Data([0x89, 0x48, 0x44, 0x46])),
      ("4", "P1.geojson", "a.geojson", Data("{\"type\":\"FeatureCollection\"".utf8)),
      ("5", "1920x1080", "a.png", Data([0x89, 0x50, 0x4E, 0x47])),
      ("5", "1920x1080", "a.svg", Data("<svg".utf8)),
    ] {
      let file = home.url.appending(path: name)
      terminal.send("e\(line)")
      try terminal.expect(asked)
      terminal.send("\u{15}\(file.path)\r")
      try terminal.expect("Wrote ")
      #expect(try Data(contentsOf: file).starts(with: start), "\(name)")
    }
    quit(terminal)
  }

  @Test func `a click chooses a gene, and another a spot`() throws {
    let terminal = try open()
    let row = try #require(terminal.screenLines.firstIndex { $0.contains("  G0S2 ") })
    terminal.click(column: 5, row: row)
    try terminal.expect("› G0S2")
    try terminal.expect("Observed · G0S2")
    let panel = try #require(terminal.screenLines.firstIndex { $0.contains("Observed · G0S2") })
    terminal.click(column: 88, row: panel + 6)
    try terminal.expect(" array ")
    quit(terminal)
  }

  @Test func `every size is drawn, and the first one again`() throws {
    let terminal = try open()
    let first = terminal.words
    for (columns, rows, text) in [
      (80, 24, "q quit"), (20, 5, "↔"), (36, 9, "q quit"), (1, 1, ""), (200, 60, "Pathologist"),
    ] {
      terminal.resize(columns: columns, rows: rows)
      try terminal.expect(text)
    }
    terminal.resize(columns: 110, rows: 34)
    #expect(terminal.wait { $0.words == first }, "\(terminal.words)")
    quit(terminal)
  }

  @Test func `the view is kept for the next time, and --fresh begins afresh`() throws {
    let first = try open()
    first.send("/FASN\r")
    try first.expect("Observed · FASN")
    first.send("1>")
    try first.expect("k = 6 · ARI")
    try first.expectNo("H&E ·")
    quit(first)

    let second = try open()
    try second.expect("Observed · FASN")
    try second.expect("k = 6 · ARI")
    #expect(!second.shows("H&E ·"))
    quit(second)

    let third = try open(["--fresh"])
    try third.expect("Observed · PLIN4")
    try third.expect("k = 5 · ARI")
    quit(third)
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGINT])
  func `signals restore the terminal and keep the view`(signal: Int32) throws {
    let terminal = try open()
    terminal.send("/FASN\r")
    try terminal.expect("Observed · FASN")
    terminal.signal(signal)
    #expect(terminal.waitForExit() == .exited(0))
    expectRestored(terminal)
    let views = home.url.appending(path: "state/eosin/views")
    let names = try FileManager.default.contentsOfDirectory(atPath: views.path)
    let view = String(
      decoding: try Data(contentsOf: views.appending(path: try #require(names.first))),
      as: UTF8.self)
    #expect(view.contains("FASN"))
  }

  @Test func `a gene that is not there is told with the nearest one`() throws {
    let terminal = try open(["--gene", "FASM"])
    try terminal.expect("Section P1 has no gene 'FASM'. Did you mean 'FASN'?")
    quit(terminal)
  }

  @Test func `without colours there are none`() throws {
    let terminal = try open(environment: ["NO_COLOR": "1"])
    let styles = terminal.screen.cells.joined().map(\.style)
    #expect(styles.allSatisfy { $0.ink == .standard && $0.ground == .standard })
    quit(terminal)
  }

  @Test func `a section that cannot be read is told on the screen`() throws {
    let counts = try home.write("\tA\tB\n1x1\t3\n", to: "Z1.tsv")
    let terminal = try PseudoTerminal(
      command: [Program.built().path, "view", "--counts", counts],
      environment: Program.environment(home: home.url), columns: 110, rows: 30)
    try terminal.expect("q leaves")
    try terminal.expect("Z1.tsv:2: spot '1x1' has")
    quit(terminal)
  }

  @Test func `input that is no terminal is refused`() throws {
    let terminal = try PseudoTerminal(
      command: ["sh", "-c", "\(Program.built().path) view < /dev/null"], columns: 150)
    #expect(terminal.waitForExit() == .exited(1))
    #expect(terminal.screenLines[0].hasPrefix("eosin: standard input is no terminal."))
  }
}

extension PseudoTerminal {
  fileprivate func shows(_ text: String) -> Bool { screenLines.contains { $0.contains(text) } }

  /// The screen without the blocks that spots are drawn with: which half of a cell is its ink and
  /// which its ground is the painter's choice.
  fileprivate var words: [String] {
    screenLines.map { $0.filter { !"▀▄█ ".contains($0) } }
  }

  /// Waits for a text, and fails with the screen when it does not come.
  fileprivate func expect(
    _ text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let found = wait { text.isEmpty || $0.shows(text) }
    try #require(
      found, "'\(text)' in\n\(screenLines.joined(separator: "\n"))", sourceLocation: sourceLocation)
  }

  /// Waits until a text is gone.
  fileprivate func expectNo(
    _ text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let isGone = wait { !$0.shows(text) }
    try #require(
      isGone, "no '\(text)' in\n\(screenLines.joined(separator: "\n"))",
      sourceLocation: sourceLocation)
  }

  /// Presses and releases the left button at a cell, counted from 0.
  fileprivate func click(column: Int, row: Int) {
    send("\u{1b}[<0;\(column + 1);\(row + 1)M\u{1b}[<0;\(column + 1);\(row + 1)m")
  }
}
