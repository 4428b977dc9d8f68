import CNcurses
import CSystem
import Drawing
import Foundation
import TestSupport
import Testing

@testable import Curses

/// What a painter sends, read from a file; curses has one current screen, so one after the other.
@Suite(.serialized) final class PainterTests {
  private let theme = Theme(
    name: "test",
    paints: [.title: .color(Color(0xFFAF00)), .bar: .palette(4), .barText: .palette(7)])
  private let file: FileHandle
  private let path: URL
  private var frame = Frame()

  init() throws {
    _ = Locale.utf8
    path = FileManager.default.temporaryDirectory.appending(path: "painter-\(UUID())")
    try Data().write(to: path)
    file = try FileHandle(forUpdating: path)
  }

  deinit {
    eosin_curses_end()
    try? FileManager.default.removeItem(at: path)
  }

  private func painter(_ depth: ColorDepth, _ name: String = "xterm-256color") throws
    -> any Painter
  {
    if depth.colors >= 256 { return EscapePainter(output: file.fileDescriptor) }
    let input = open("/dev/null", O_RDONLY)
    defer { close(input) }
    try #require(eosin_curses_start(name, file.fileDescriptor, input))
    eosin_curses_resize(10, 4)
    eosin_curses_enter()
    return CursesPainter(output: file.fileDescriptor, depth: depth)
  }

  /// Paints a canvas and gives the bytes that took.
  private func paint(_ canvas: Canvas, _ depth: ColorDepth, with painter: inout any Painter)
    throws -> [UInt8]
  {
    try file.seekToEnd()
    let start = try file.offset()
    var maker = FrameMaker(depth: depth, theme: theme, isUnicode: true)
    maker.fill(&frame, from: canvas, columns: 10, rows: 4)
    painter.paint(frame)
    try file.seek(toOffset: start)
    return try Array(file.readToEnd() ?? Data())
  }

  private func sample() -> Canvas {
    var canvas = Canvas(columns: 10, rows: 4)
    canvas.write("Gene", column: 0, row: 0, ink: .role(.title), style: .bold)
    canvas.write("keys", column: 0, row: 3, ink: .role(.barText), ground: .role(.bar))
    canvas.write("組", column: 6, row: 0)
    canvas[2, 1] = Cell("▀", ink: .color(Color(0x52A93C)), ground: .color(Color(0x79CC39)))
    canvas[3, 1] = Cell("▄", ink: .color(Color(0x000007)), ground: .color(Color(0x79CC39)))
    canvas[9, 3] = Cell("x")
    return canvas
  }

  @Test(arguments: [
    (ColorDepth.trueColor, "\u{1b}[38;2;82;169;60;48;2;121;204;57m▀"),
    (.colors256, "\u{1b}[38;5;71;48;5;113m▀"),
    (.colors16, "\u{1b}[30m\u{1b}[42m▄"),
  ])
  func `colours are the ones asked for`(depth: ColorDepth, expected: String) throws {
    var painter = try painter(depth)
    let bytes = try paint(sample(), depth, with: &painter)
    #expect(String(decoding: bytes, as: UTF8.self).contains(expected))
  }

  @Test(arguments: ColorDepth.allCases)
  func `the terminal shows the canvas`(depth: ColorDepth) throws {
    var painter = try painter(depth)
    var screen = ScreenEmulator(columns: 10, rows: 4)
    screen.feed(try paint(sample(), depth, with: &painter))
    #expect(screen.lines[0] == "Gene  組")
    #expect(screen.lines[3] == "keys     x")
    #expect(screen.cells[0][0].style.isBold)
    let bar = screen.cells[3][0].style
    #expect(depth == .mono ? bar.isReversed : bar.ground == .index(4))

    let left = screen.cells[1][2].style
    let right = screen.cells[1][3]
    switch depth {
    case .trueColor:
      #expect(left.ink == .rgb(0x52A93C) && left.ground == .rgb(0x79CC39))
      #expect(right.style.ink == .rgb(0x000007) || right.style.ground == .rgb(0x000007))
    case .colors256: #expect([left.ink, left.ground].contains(.index(113)))
    case .colors16, .colors8: #expect(left.ink != .standard || left.ground != .standard)
    case .mono: #expect(screen.cells[1][2].text == "▒" && right.text == "░")
    }
  }

  @Test(arguments: ColorDepth.allCases)
  func `what did not change is not sent`(depth: ColorDepth) throws {
    var painter = try painter(depth)
    var screen = ScreenEmulator(columns: 10, rows: 4)
    var canvas = sample()
    screen.feed(try paint(canvas, depth, with: &painter))
    #expect(try paint(canvas, depth, with: &painter) == [])

    canvas.write("b", column: 1, row: 3, ink: .role(.barText), ground: .role(.bar))
    let bytes = try paint(canvas, depth, with: &painter)
    screen.feed(bytes)
    #expect(screen.lines[3] == "kbys     x")
    #expect(bytes.count < 70)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(!text.contains("k") && !text.contains("y"))
  }

  @Test(arguments: ColorDepth.allCases)
  func `random changes end in the same picture as a fresh screen`(depth: ColorDepth) throws {
    var painter = try painter(depth)
    var screen = ScreenEmulator(columns: 10, rows: 4)
    var canvas = Canvas(columns: 10, rows: 4)
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<64 {
      for _ in 0..<Int.random(in: 1...12, using: &generator) {
        change(&canvas, using: &generator)
      }
      screen.feed(try paint(canvas, depth, with: &painter))
    }
    var fresh = ScreenEmulator(columns: 10, rows: 4)
    painter.invalidate()
    if depth.colors < 256 { eosin_curses_resize(10, 4) }
    fresh.feed(try paint(canvas, depth, with: &painter))
    #expect(seen(screen) == seen(fresh))
  }

  @Test func `more colours than pairs begin a new table`() throws {
    var painter = try painter(.colors8, "xterm")  // 64 pairs
    var screen = ScreenEmulator(columns: 10, rows: 4)
    var canvas = Canvas(columns: 10, rows: 4)
    for round in 0..<6 {
      for index in 0..<40 {
        let (ink, ground) = ((index + round * 5) % 8, (index * 3 + round) % 8)
        canvas.cells[index] = Cell(
          "x", ink: .color(Palette.standard[ink]), ground: .color(Palette.standard[ground]))
      }
      screen.feed(try paint(canvas, .colors8, with: &painter))
      for index in 0..<40 {
        let style = screen.cells[index / 10][index % 10].style
        let expected = frame.cells[index]
        #expect(style.ink == .index(Int(expected.ink.number)), "\(round) \(index)")
        #expect(style.ground == .index(Int(expected.ground.number)), "\(round) \(index)")
      }
    }
  }

  /// Text and colours, the colours of unseen inks left out and half blocks told by their halves.
  private func seen(_ screen: ScreenEmulator) -> [[String]] {
    screen.cells.map { row in
      row.map { cell in
        let style = cell.style
        switch cell.text {
        case " ": return "\(style.isReversed ? style.ink : style.ground)"
        case "▀": return "\(style.ink)/\(style.ground)"
        case "▄": return "\(style.ground)/\(style.ink)"
        default: return "\(cell.text) \(style)"
        }
      }
    }
  }

  private func change(_ canvas: inout Canvas, using generator: inout SeededGenerator) {
    let column = Int.random(in: 0..<10, using: &generator)
    let row = Int.random(in: 0..<4, using: &generator)
    let colors = [0x440154, 0x21918C, 0xFDE725].map { Ink.color(Color($0)) }
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: canvas.write("組", column: column, row: row)
    case 1: canvas[column, row] = Cell("▀", ink: colors.randomElement(using: &generator)!)
    case 2:
      canvas[column, row] = Cell(
        "▄", ink: colors.randomElement(using: &generator)!,
        ground: colors.randomElement(using: &generator)!)
    case 3: canvas.write("ab", column: column, row: row, ink: .role(.title), style: .bold)
    default: canvas[column, row] = Cell()
    }
  }
}

/// Numbers that are the same in every run (SplitMix64).
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
