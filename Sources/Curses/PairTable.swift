import CNcurses

/// Which of ncurses' colour pairs holds which two colours.
///
/// Pairs are only ever defined once: `pair(for:)` gives out fresh ones until there are no more.
struct PairTable {
  private let isColored: Bool
  /// How many colours there are, with the default.
  private let colors: Int
  private var hasDefaults = false
  private var limit: Int32 = 0
  private var next: Int32 = 1
  /// By ink and ground, each from -1 on; 0 is open.
  private var pairs: [Int32] = []
  /// Some pair with that ground, for cells in which no ink is seen.
  private var anyPair: [Int32] = []

  var isEmpty: Bool { next == 1 }

  init(depth: ColorDepth) {
    var defaults = false
    // Safety: both point to locals that outlive the call.
    isColored = unsafe depth != .mono && eosin_curses_colors(&defaults, &limit)
    hasDefaults = defaults
    colors = 1 + depth.colors
    reset()
  }

  mutating func reset() {
    pairs = Array(repeating: 0, count: isColored ? colors * colors : 0)
    anyPair = Array(repeating: 0, count: isColored ? colors : 0)
    next = 1
  }

  /// The pair for a cell, or nil when all are taken. Halves may change places to share a pair.
  @inline(__always)
  mutating func pair(for cell: inout FrameCell) -> Int32? {
    guard isColored else { return 0 }
    var ink = standardized(cell.ink, 7)
    var ground = standardized(cell.ground, 0)
    if cell.glyph == FrameCell.space, cell.style.isEmpty {
      if ground < 0 { return 0 }
      if anyPair[ground + 1] != 0 { return anyPair[ground + 1] }
    }
    if cell.glyph == FrameCell.upperHalf, ground >= 0, ground < ink {
      cell.glyph = FrameCell.lowerHalf
      swap(&ink, &ground)
    }
    if ink < 0, ground < 0 { return 0 }
    let key = (ink + 1) * colors + ground + 1
    if pairs[key] == 0 {
      guard next < limit else { return nil }
      eosin_curses_define_pair(next, Int32(ink), Int32(ground))
      pairs[key] = next
      next += 1
    }
    if anyPair[ground + 1] == 0 { anyPair[ground + 1] = pairs[key] }
    return pairs[key]
  }

  /// A pair for a cell of a frame that has more than the terminal: right behind the text at least.
  func substitute(for cell: FrameCell) -> Int32 {
    anyPair[standardized(cell.ground, 0) + 1]
  }

  private func standardized(_ color: TerminalColor, _ fallback: Int) -> Int {
    color.isStandard && !hasDefaults ? fallback : Int(color.number)
  }
}
