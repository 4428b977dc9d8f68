import Drawing
import Foundation
import Sections
import TensorCore
import TestSupport
import Testing
import Workbench

@testable import Viewer

@Suite struct ScreenTests {
  @Test(arguments: [(100, 30), (80, 24), (120, 40), (200, 60), (50, 12)])
  func `the screen is as it was looked at`(columns: Int, rows: Int) throws {
    var state = viewer(columns: columns, rows: rows)
    state.press(.right, .shift)
    try expectSnapshot(state.lines, named: "screen-\(columns)x\(rows)")
  }

  @Test func `help, commands and a question are as they were looked at`() throws {
    var state = viewer()
    state.type("?")
    try expectSnapshot(state.lines, named: "help")
    state.press(.escape)
    state.type(":panel")
    try expectSnapshot(state.lines, named: "palette")
    state.press(.escape)
    state.type("e")
    try expectSnapshot(state.lines, named: "exports")
    state.press(.enter)
    try expectSnapshot(state.lines, named: "export")
  }

  @Test func `loading, failing and empty data sets have their screens`() {
    let reference = SectionReference(
      name: "S1", patient: "S", counts: .init(filePath: "/nowhere"), spots: nil)
    var state = ViewerState(dataSet: "small", sections: [reference], columns: 80, rows: 24)
    #expect(state.screen.contains("Opening S1 …"))
    _ = state.update(.sectionFailed(0, "S1.tsv:12: spot '10x13' has 997 counts."))
    #expect(state.screen.contains("S1.tsv:12: spot '10x13' has 997 counts."))
    #expect(state.screen.contains("q leaves"))
    let empty = ViewerState(dataSet: "small", sections: [], columns: 80, rows: 24)
    #expect(empty.screen.contains("This data set has no sections"))
  }

  @Test func `no size crashes, and a small one says what it needs`() {
    for columns in [1, 2, 3, 5, 10, 20, 35, 36, 37, 63, 64, 65, 80] {
      for rows in [1, 2, 3, 5, 8, 9, 10, 15, 24] {
        var state = viewer(
          columns: columns, rows: rows, methods: rows.isMultiple(of: 2) ? smallMethods : [])
        for key in ["?", ":", "o", "e", "m", "r", "i", "F", "T"] {
          #expect(state.frame().canvas.lines.count == rows)
          state.type(key)
          _ = state.frame()
          state.press(.escape)
        }
        _ = state.mouse(.press(.left), columns / 2, rows / 2)
        _ = state.mouse(.scrollUp, columns / 2, rows / 2)
      }
    }
    #expect(viewer(columns: 34, rows: 8).screen.contains("at least 36 × 9 cells"))
  }

  @Test func `without room for the list a search shows what it finds`() {
    var state = viewer(columns: 50, rows: 12)
    state.type("/as")
    #expect(state.lines[10].hasPrefix(" /as▏ GNAS FASN"))
  }

  @Test func `random keys and clicks never crash, whatever their order`() {
    let keys = Array(
      "jkgG/sSrRnvl123456789zbdHJKL+-0><NMCuUpeE.,o?:tqyabcmDPwWcfOaAhxFTiYI[]{} \u{7}é日")
    for seed in 0..<64 {
      var generator = SeededGenerator(seed: UInt64(seed))
      var state = viewer(
        columns: 40 + seed, rows: 10 + seed / 2, sections: 2,
        methods: seed.isMultiple(of: 2) ? smallMethods + [smallTable] : [])
      for _ in 0..<60 {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: state.press(.escape)
        case 1: state.press(.enter)
        case 2:
          state.mouse(
            .press(.left), Int.random(in: -1...120, using: &generator),
            Int.random(in: -1...50, using: &generator))
        case 3:
          state.mouse(
            .scrollUp, Int.random(in: 0...100, using: &generator),
            Int.random(in: 0...40, using: &generator))
        case 4:
          state.press(
            [.up, .down, .left, .right, .tab, .backspace].randomElement(using: &generator) ?? .up)
        default: state.type(String(keys.randomElement(using: &generator) ?? "j"))
        }
        _ = state.frame()
      }
    }
  }

  @Test func `colours come from the theme's roles except where they are data`() {
    let state = viewer()
    let canvas = state.frame().canvas
    for (place, cell) in canvas.cells.enumerated() where place % canvas.columns < 25 {
      #expect(cell.ink.role != nil && cell.ground.role != nil)
    }
    #expect(canvas[1, 0].ink == .role(.accent))
    let selected = state.place(of: "› ERBB2") ?? (0, 0)
    #expect(canvas[selected.column + 4, selected.row].ground == .role(.selection))
  }
}

/// Compares lines with a stored file; `EOSIN_RECORD_SNAPSHOTS=1` stores them anew.
func expectSnapshot(_ lines: [String], named name: String) throws {
  let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Snapshots/\(name).txt")
  let text = lines.map { $0 + "|" }.joined(separator: "\n") + "\n"
  if ProcessInfo.processInfo.environment["EOSIN_RECORD_SNAPSHOTS"] == "1" {
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
    return
  }
  let stored = try String(contentsOf: file, encoding: .utf8)
  for (row, pair) in zip(stored.split(separator: "\n"), text.split(separator: "\n")).enumerated() {
    #expect(pair.0 == pair.1, "\(name), row \(row)")
  }
  #expect(stored.count == text.count)
}
