import Drawing
import Testing

@testable import Curses

private let theme = Theme(
  name: "test",
  paints: [
    .text: .color(Color(0xD0D0D0)), .background: .color(Color(0x101010)),
    .accent: .palette(4), .selection: .color(Color(0x121212)),
  ])
/// All colours are the terminal's own.
private let plain = Theme(name: "plain", paints: [:])

private func frame(
  _ canvas: Canvas, _ depth: ColorDepth, theme: Theme = theme, isUnicode: Bool = true,
  columns: Int? = nil, rows: Int? = nil
) -> Frame {
  var maker = FrameMaker(depth: depth, theme: theme, isUnicode: isUnicode)
  var frame = Frame()
  maker.fill(
    &frame, from: canvas, columns: columns ?? canvas.columns, rows: rows ?? canvas.rows)
  return frame
}

private func cell(
  _ cell: Cell, _ depth: ColorDepth, theme: Theme = theme, isUnicode: Bool = true
) -> FrameCell {
  frame(
    Canvas(columns: 1, rows: 1, filledWith: cell), depth, theme: theme, isUnicode: isUnicode
  ).cells[0]
}

private func text(_ frame: Frame) -> [String] {
  (0..<frame.rows).map { row in
    String(
      String.UnicodeScalarView(
        frame.cells[row * frame.columns..<(row + 1) * frame.columns]
          .filter { $0.glyph != 0 }.compactMap { Unicode.Scalar($0.glyph) }))
  }
}

@Test func `24-bit colours stay exact`() {
  let drawn = cell(Cell("▀", ink: .color(Color(0x000007)), ground: .role(.text)), .trueColor)
  #expect(drawn.ink.rgb == Color(0x000007))
  #expect(drawn.ground.rgb == Color(0xD0D0D0))
}

@Test func `a palette colour stays the user's own at every depth`() {
  for depth in [ColorDepth.trueColor, .colors256, .colors16, .colors8] {
    #expect(cell(Cell("x", ink: .role(.accent)), depth).ink == TerminalColor(index: 4))
  }
}

@Test func `equal halves are a space`() {
  let color = Ink.color(Color(0x123456))
  let drawn = cell(Cell("▀", ink: color, ground: color), .trueColor)
  #expect(drawn.glyph == FrameCell.space)
  #expect(drawn.ground.rgb == Color(0x123456))
}

@Test func `the terminal's own background is never written as an ink`() {
  let data = Ink.color(Color(0xFF0000))
  let upper = cell(
    Cell("▀", ink: .role(.background), ground: data), .trueColor, theme: plain)
  #expect(upper.glyph == FrameCell.lowerHalf)
  #expect(upper.ink.rgb == Color(0xFF0000))
  #expect(upper.ground.isStandard)

  let reversed = cell(
    Cell("x", ink: .role(.background), ground: data), .trueColor, theme: plain)
  #expect(reversed.style == .reverse)
  #expect(reversed.ink.rgb == Color(0xFF0000))
  #expect(reversed.ground.isStandard)

  let block = cell(Cell("█", ink: .role(.text)), .trueColor, theme: plain)
  #expect(block.glyph == FrameCell.space)
  #expect(block.style == .reverse)
}

@Test func `text stays readable when ink and ground become one colour`() {
  let drawn = cell(
    Cell("x", ink: .role(.background), ground: .role(.selection)), .colors16)
  #expect(drawn.ink == TerminalColor(index: 15))
  #expect(drawn.ground == TerminalColor(index: 0))
}

@Test func `without colour data is drawn in shades and never blank`() {
  func data(_ value: UInt32) -> Ink { .color(Color(value)) }
  var canvas = Canvas(columns: 7, rows: 1)
  for (column, value) in [0x000000, 0x404040, 0x808080, 0xB0B0B0, 0xFFFFFF].enumerated() {
    canvas[column, 0] = Cell("▀", ink: data(UInt32(value)), ground: data(UInt32(value)))
  }
  canvas[5, 0] = Cell("▄", ink: data(0xFFFFFF))
  #expect(text(frame(canvas, .mono)) == ["·░▒▓█▒ "])
  #expect(text(frame(canvas, .mono, isUnicode: false)) == [".:+#@+ "])
}

@Test func `without colour roles become attributes`() {
  #expect(cell(Cell("x", ground: .role(.selection)), .mono).style == .reverse)
  #expect(cell(Cell("x", ink: .role(.title)), .mono).style == .bold)
  #expect(cell(Cell("x", ink: .role(.muted)), .mono).style == .dim)
  #expect(cell(Cell("x", style: .underline), .mono).style == .underline)
  let cursor = cell(
    Cell("▀", ink: .role(.cursor), ground: .color(Color(0xFFFFFF))), .mono)
  #expect(cursor.glyph == 0x2B)
}

@Test func `without Unicode lines become ASCII and two colours one`() {
  var canvas = Canvas(columns: 6, rows: 1)
  canvas.write("┌─│★…é", column: 0, row: 0)
  #expect(text(frame(canvas, .trueColor, isUnicode: false)) == ["+-|*~?"])
  let half = Cell("▀", ink: .color(Color(0x000000)), ground: .color(Color(0x808080)))
  let mixed = cell(half, .trueColor, isUnicode: false)
  #expect(mixed.glyph == FrameCell.space)
  #expect(mixed.ground.rgb == Color(0x404040))
}

@Test func `control characters never reach the terminal`() {
  for scalar in [0x1B, 0x07, 0x9B, 0x7F].compactMap(Unicode.Scalar.init) as [Unicode.Scalar] {
    #expect(cell(Cell(scalar), .trueColor).glyph == FrameCell.space)
  }
}

@Test func `a canvas of another size is cut or filled up`() {
  var canvas = Canvas(columns: 4, rows: 2)
  canvas.write("abcd", column: 0, row: 0)
  #expect(text(frame(canvas, .trueColor, columns: 2, rows: 1)) == ["ab"])
  #expect(text(frame(canvas, .trueColor, columns: 5, rows: 3)) == ["abcd ", "     ", "     "])
}

@Test func `half a wide character is a space`() {
  _ = Locale.utf8
  var canvas = Canvas(columns: 4, rows: 1)
  canvas.write("組織", column: 0, row: 0)
  #expect(text(frame(canvas, .trueColor)) == ["組織"])
  #expect(text(frame(canvas, .trueColor, columns: 3)) == ["組 "])
  canvas[0, 0] = Cell("a")
  #expect(text(frame(canvas, .trueColor)) == ["a 織"])
}
