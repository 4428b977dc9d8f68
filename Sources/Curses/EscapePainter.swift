/// Writes escape sequences straight from the difference between two frames.
///
/// For 256 colours and more: ncurses runs terminfo's little programs twice for each cell that changes
/// colour and keeps a table of pairs beside, two to four times the work for the same picture.
/// Terminals with so many colours all understand the few sequences used here.
struct EscapePainter: Painter {
  private let output: Int32
  private var shown = Frame()
  private var isValid = false
  private let bytes = ByteBuffer()

  /// A move, a style, two colours and a character at their longest, and what surrounds a frame.
  private static let mostBytesPerCell = 128

  init(output: Int32) { self.output = output }

  mutating func invalidate() { isValid = false }

  mutating func paint(_ frame: Frame) {
    encode(frame)
    bytes.write(to: output)
  }

  /// The bytes that `paint` would send, for tests.
  mutating func encoded(_ frame: Frame) -> [UInt8] {
    encode(frame)
    return bytes.contents
  }

  /// A frame as lines of text, each with its colours and none that reach beyond it.
  static func lines(of frame: Frame) -> String {
    let bytes = ByteBuffer()
    for row in 0..<frame.rows {
      var pen = Pen()
      for cell in frame.cells[row * frame.columns..<(row + 1) * frame.columns] where cell.glyph != 0
      {
        bytes.reserve(mostBytesPerCell)
        pen.write(cell, to: bytes)
      }
      bytes.reserve(mostBytesPerCell)
      if pen.isUsed { bytes.append("\u{1b}[0m") }
      if row + 1 < frame.rows { bytes.append("\n") }
    }
    return String(decoding: bytes.contents, as: UTF8.self)
  }

  private mutating func encode(_ frame: Frame) {
    bytes.removeAll()
    bytes.reserve(EscapePainter.mostBytesPerCell)
    let isWhole = !isValid || shown.columns != frame.columns || shown.rows != frame.rows
    guard isWhole || shown.cells != frame.cells else { return }
    bytes.append("\u{1b}[?2026h")
    var pen = Pen()
    if isWhole { bytes.append("\u{1b}[0m\u{1b}[2J") }
    for row in 0..<frame.rows {
      // A column in which nothing was written: behind the last one, terminals differ.
      var position = -1
      for column in 0..<frame.columns {
        let index = row * frame.columns + column
        let cell = frame.cells[index]
        if cell.glyph == 0 {
          // The wide character to the left has drawn this one too.
          if position == column { position += 1 }
          continue
        }
        if !isWhole, cell == shown.cells[index] { continue }
        bytes.reserve(EscapePainter.mostBytesPerCell)
        if position != column {
          bytes.appendMove(column: column, row: row, from: position)
        }
        pen.write(cell, to: bytes)
        position = column + 1
      }
    }
    bytes.reserve(EscapePainter.mostBytesPerCell)
    if pen.isUsed { bytes.append("\u{1b}[0m") }
    bytes.append("\u{1b}[?2026l")
    shown = frame
    isValid = true
  }
}

/// The colours and the style that the terminal writes with at the moment.
private struct Pen {
  private var ink = TerminalColor.standard
  private var ground = TerminalColor.standard
  private var style: FrameStyle = []
  private(set) var isUsed = false

  mutating func write(_ cell: FrameCell, to bytes: ByteBuffer) {
    var cell = cell
    if cell.glyph == FrameCell.space, cell.style.isEmpty {
      // Nothing of the ink is seen.
      cell.ink = ink
      if style.isDisjoint(with: [.underline, .reverse]) { cell.style = style }
    } else if cell.glyph == FrameCell.upperHalf, !cell.ink.isStandard, !cell.ground.isStandard,
      changes(cell.ground, cell.ink) < changes(cell.ink, cell.ground)
    {
      cell.glyph = FrameCell.lowerHalf
      swap(&cell.ink, &cell.ground)
    }
    change(to: cell, in: bytes)
    bytes.append(scalar: cell.glyph)
  }

  /// How many colours would have to be sent.
  private func changes(_ newInk: TerminalColor, _ newGround: TerminalColor) -> Int {
    (newInk == ink ? 0 : 1) + (newGround == ground ? 0 : 1)
  }

  private mutating func change(to cell: FrameCell, in bytes: ByteBuffer) {
    if cell.style != style {
      bytes.append("\u{1b}[0")
      if cell.style.contains(.bold) { bytes.append(";1") }
      if cell.style.contains(.dim) { bytes.append(";2") }
      if cell.style.contains(.italic) { bytes.append(";3") }
      if cell.style.contains(.underline) { bytes.append(";4") }
      if cell.style.contains(.reverse) { bytes.append(";7") }
      bytes.append("m")
      (style, ink, ground) = (cell.style, .standard, .standard)
      isUsed = true
    }
    let inkChanges = cell.ink != ink
    guard inkChanges || cell.ground != ground else { return }
    bytes.append("\u{1b}[")
    if inkChanges {
      bytes.append(color: cell.ink, base: 30)
      ink = cell.ink
    }
    if cell.ground != ground {
      if inkChanges { bytes.append(";") }
      bytes.append(color: cell.ground, base: 40)
      ground = cell.ground
    }
    bytes.append("m")
    isUsed = true
  }
}
