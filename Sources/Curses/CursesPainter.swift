import CNcurses
import CSystem

/// Paints through ncurses: for terminals of 16 colours and fewer, and those without.
struct CursesPainter: Painter {
  private let output: Int32
  private var shown = Frame()
  private var isValid = false
  private var pairs: PairTable

  /// - Parameter depth: at most 16 colours, and no more than the terminal's description has.
  init(output: Int32, depth: ColorDepth) {
    self.output = output
    pairs = PairTable(depth: depth)
  }

  mutating func invalidate() { isValid = false }

  mutating func paint(_ frame: Frame) {
    let isWhole = !isValid || shown.columns != frame.columns || shown.rows != frame.rows
    guard isWhole || shown.cells != frame.cells else { return }
    if !setCells(of: frame, all: isWhole) {
      // No pair is free: ncurses forgets them all and paints this frame anew. To redefine pairs
      // that are on the screen would cost ten times as much.
      pairs.reset()
      eosin_curses_reset_pairs()
      _ = setCells(of: frame, all: true)
    }
    send("\u{1b}[?2026h")
    eosin_curses_refresh()
    send("\u{1b}[?2026l")
    shown = frame
    isValid = true
  }

  /// Hands the cells that differ to ncurses; false when it ran out of pairs, the picture being
  /// incomplete then unless the table was empty before.
  private mutating func setCells(of frame: Frame, all: Bool) -> Bool {
    let wasEmpty = pairs.isEmpty
    for row in 0..<frame.rows {
      for column in 0..<frame.columns {
        let index = row * frame.columns + column
        var cell = frame.cells[index]
        guard cell.glyph != 0, all || cell != shown.cells[index] else { continue }
        guard let pair = pairs.pair(for: &cell) ?? (wasEmpty ? pairs.substitute(for: cell) : nil)
        else { return false }
        eosin_curses_set(
          Int32(row), Int32(column), cell.glyph, Int32(cell.style.rawValue), Int32(pair))
      }
    }
    return true
  }

  /// Bytes beside ncurses, which always empties its own buffer in a refresh.
  private func send(_ text: StaticString) {
    // Safety: a static string's UTF-8 lives for ever and is `utf8CodeUnitCount` long.
    _ = unsafe eosin_write(output, text.utf8Start, text.utf8CodeUnitCount)
  }
}
