/// A terminal's screen, as far as Eosin and ncurses (as `xterm-256color`) make use of it.
public struct ScreenEmulator {
  /// A colour as it was asked for.
  public enum Paint: Hashable, Sendable {
    case standard
    case index(Int)
    case rgb(Int)
  }

  /// What is set for the characters that follow.
  public struct Style: Hashable, Sendable {
    /// The colour of the text.
    public var ink = Paint.standard
    /// The colour behind it.
    public var ground = Paint.standard
    /// SGR 1.
    public var isBold = false
    /// SGR 2.
    public var isDim = false
    /// SGR 3.
    public var isItalic = false
    /// SGR 4.
    public var isUnderlined = false
    /// SGR 7: ink and ground are swapped when shown, not here.
    public var isReversed = false
  }

  /// One position of the screen.
  public struct Cell: Hashable, Sendable {
    /// A character; empty where a wide character to the left continues.
    public var text = " "
    /// How it is written.
    public var style = Style()
  }

  /// The width in cells.
  public private(set) var columns: Int
  /// The height in cells.
  public private(set) var rows: Int
  /// Row by row from the top left.
  public private(set) var cells: [[Cell]]
  /// Where the next character goes, both from zero.
  public private(set) var cursor = (column: 0, row: 0)
  /// Whether a full-screen program has the alternate screen.
  public private(set) var isAlternate = false
  /// The numbers of the private modes that are on, such as 25 for a visible cursor.
  public private(set) var modes: Set<Int> = [25]

  private var style = Style()
  private var margins: ClosedRange<Int>
  private var wrapsNext = false
  private var saved = (column: 0, row: 0)
  private var hidden: [[Cell]] = []
  private var last = " "
  private var pending: [UInt8] = []

  /// An empty screen.
  public init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    margins = 0...max(0, rows - 1)
    cells = ScreenEmulator.empty(columns, rows)
  }

  /// The screen as text, without the blanks at the ends of lines.
  public var lines: [String] {
    cells.map { row in
      var line = row.map(\.text).joined()
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// Cuts or extends the screen at its right and bottom edges.
  public mutating func resize(columns: Int, rows: Int) {
    func fit(_ screen: [[Cell]]) -> [[Cell]] {
      (0..<rows).map { row in
        (0..<columns).map { column in
          row < screen.count && column < screen[row].count ? screen[row][column] : Cell()
        }
      }
    }
    cells = fit(cells)
    if !hidden.isEmpty { hidden = fit(hidden) }
    (self.columns, self.rows) = (columns, rows)
    margins = 0...max(0, rows - 1)
    move(column: cursor.column, row: cursor.row)
  }

  /// Takes what a program wrote, cut anywhere.
  public mutating func feed(_ bytes: some Sequence<UInt8>) {
    pending += bytes
    var position = 0
    while position < pending.count, let count = interpret(pending[position...]) {
      position += count
    }
    pending.removeFirst(position)
  }

  private static func empty(_ columns: Int, _ rows: Int) -> [[Cell]] {
    Array(repeating: Array(repeating: Cell(), count: columns), count: rows)
  }

  // MARK: Reading

  /// Does what the first character or sequence says; its length, or nil when more must come.
  private mutating func interpret(_ input: ArraySlice<UInt8>) -> Int? {
    let first = input[input.startIndex]
    switch first {
    case 0x1B: return escape(input)
    case 0x08: move(column: cursor.column - 1, row: cursor.row)
    case 0x09: move(column: (cursor.column / 8 + 1) * 8, row: cursor.row)
    case 0x0A...0x0C: lineFeed()
    case 0x0D: move(column: 0, row: cursor.row)
    case 0..<0x20, 0x7F: break
    default:
      let length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
      guard input.count >= length else { return nil }
      put(String(decoding: input.prefix(length), as: UTF8.self))
      return length
    }
    return 1
  }

  private mutating func escape(_ input: ArraySlice<UInt8>) -> Int? {
    guard let kind = input.dropFirst().first else { return nil }
    switch kind {
    case UInt8(ascii: "["): return control(input)
    case UInt8(ascii: "]"):
      guard let end = input.firstIndex(of: 0x07) else { return nil }
      return end - input.startIndex + 1
    case UInt8(ascii: "("), UInt8(ascii: ")"): return input.count < 3 ? nil : 3
    case UInt8(ascii: "7"): saved = cursor
    case UInt8(ascii: "8"): move(column: saved.column, row: saved.row)
    case UInt8(ascii: "D"): lineFeed()
    case UInt8(ascii: "M"):
      if cursor.row == margins.lowerBound { scroll(-1) } else { cursor.row -= 1 }
    default: break
    }
    return 2
  }

  private mutating func control(_ input: ArraySlice<UInt8>) -> Int? {
    let body = input.dropFirst(2)
    guard let end = body.firstIndex(where: { 0x40...0x7E ~= $0 }) else { return nil }
    let text = String(decoding: body[..<end], as: UTF8.self)
    let final = Character(Unicode.Scalar(body[end]))
    let count = end - input.startIndex + 1
    if text.hasPrefix("?") {
      for number in text.dropFirst().split(separator: ";").compactMap({ Int($0) }) {
        setMode(number, final == "h")
      }
      return count
    }
    guard text.allSatisfy({ $0.isNumber || $0 == ";" || $0 == ":" }) else { return count }
    let numbers = text.split(omittingEmptySubsequences: false) { $0 == ";" || $0 == ":" }
      .map { Int($0) ?? 0 }
    obey(final, numbers)
    return count
  }

  private mutating func setMode(_ number: Int, _ isOn: Bool) {
    if isOn { modes.insert(number) } else { modes.remove(number) }
    guard number == 1049, isOn != isAlternate else { return }
    isAlternate = isOn
    if isOn {
      saved = cursor
      hidden = cells
      cells = ScreenEmulator.empty(columns, rows)
    } else {
      cells = hidden
      move(column: saved.column, row: saved.row)
    }
  }

  private mutating func obey(_ final: Character, _ numbers: [Int]) {
    let first = numbers[0]
    let amount = max(1, first)
    let (column, row) = cursor
    switch final {
    case "A": move(column: column, row: row - amount)
    case "B": move(column: column, row: row + amount)
    case "C": move(column: column + amount, row: row)
    case "D": move(column: column - amount, row: row)
    case "G": move(column: amount - 1, row: row)
    case "d": move(column: column, row: amount - 1)
    case "H", "f": move(column: max(1, numbers.count > 1 ? numbers[1] : 1) - 1, row: amount - 1)
    case "J": eraseScreen(first)
    case "K": erase(row, from: first == 0 ? column : 0, to: first == 1 ? column + 1 : columns)
    case "X": erase(row, from: column, to: min(columns, column + amount))
    case "P":
      cells[row].removeSubrange(column..<min(columns, column + amount))
      cells[row] += Array(repeating: blank, count: columns - cells[row].count)
    case "@":
      cells[row].insert(contentsOf: Array(repeating: blank, count: amount), at: column)
      cells[row].removeLast(amount)
    case "L": scroll(-amount, from: row)
    case "M": scroll(amount, from: row)
    case "S": scroll(amount)
    case "T": scroll(-amount)
    case "b": for _ in 0..<amount { put(last) }
    case "r":
      let bottom = min(rows, numbers.count > 1 && numbers[1] > 0 ? numbers[1] : rows) - 1
      margins = min(amount - 1, bottom)...bottom
      move(column: 0, row: 0)
    case "m": setStyle(numbers)
    default: break
    }
  }

  // MARK: Writing

  private var blank: Cell {
    var cell = Cell()
    cell.style.ground = style.ground
    return cell
  }

  private mutating func put(_ text: String) {
    if wrapsNext {
      move(column: 0, row: cursor.row)
      lineFeed()
    }
    last = text
    let width = ScreenEmulator.isWide(text) ? 2 : 1
    cells[cursor.row][cursor.column] = Cell(text: text, style: style)
    if width == 2, cursor.column + 1 < columns {
      cells[cursor.row][cursor.column + 1] = Cell(text: "", style: style)
    }
    if cursor.column + width >= columns {
      cursor.column = columns - 1
      wrapsNext = true
    } else {
      cursor.column += width
    }
  }

  private static func isWide(_ text: String) -> Bool {
    switch text.unicodeScalars.first!.value {  // `put` is never given an empty text
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFF00...0xFF60, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }

  private mutating func move(column: Int, row: Int) {
    cursor = (min(max(0, column), columns - 1), min(max(0, row), rows - 1))
    wrapsNext = false
  }

  private mutating func lineFeed() {
    wrapsNext = false
    if cursor.row == margins.upperBound {
      scroll(1)
    } else if cursor.row < rows - 1 {
      cursor.row += 1
    }
  }

  /// Moves the lines between the margins up, or down for a negative amount.
  private mutating func scroll(_ amount: Int, from top: Int? = nil) {
    let top = top ?? margins.lowerBound
    guard top <= margins.upperBound else { return }
    let count = min(abs(amount), margins.upperBound - top + 1)
    let fresh = Array(repeating: Array(repeating: blank, count: columns), count: count)
    if amount > 0 {
      cells.insert(contentsOf: fresh, at: margins.upperBound + 1)
      cells.removeSubrange(top..<top + count)
    } else {
      cells.removeSubrange(margins.upperBound - count + 1...margins.upperBound)
      cells.insert(contentsOf: fresh, at: top)
    }
  }

  private mutating func erase(_ row: Int, from start: Int, to end: Int) {
    for column in start..<max(start, end) { cells[row][column] = blank }
  }

  private mutating func eraseScreen(_ part: Int) {
    for row in 0..<rows {
      switch part {
      case 0 where row >= cursor.row:
        erase(row, from: row == cursor.row ? cursor.column : 0, to: columns)
      case 1 where row <= cursor.row:
        erase(row, from: 0, to: row == cursor.row ? cursor.column + 1 : columns)
      case 2, 3: erase(row, from: 0, to: columns)
      default: break
      }
    }
  }

  // MARK: Style

  private mutating func setStyle(_ numbers: [Int]) {
    var position = 0
    while position < numbers.count {
      let number = numbers[position]
      position += 1
      switch number {
      case 0: style = Style()
      case 1: style.isBold = true
      case 2: style.isDim = true
      case 3: style.isItalic = true
      case 4: style.isUnderlined = true
      case 7: style.isReversed = true
      case 22: (style.isBold, style.isDim) = (false, false)
      case 23: style.isItalic = false
      case 24: style.isUnderlined = false
      case 27: style.isReversed = false
      case 30...37: style.ink = .index(number - 30)
      case 39: style.ink = .standard
      case 40...47: style.ground = .index(number - 40)
      case 49: style.ground = .standard
      case 90...97: style.ink = .index(number - 82)
      case 100...107: style.ground = .index(number - 92)
      case 38: style.ink = ScreenEmulator.paint(numbers, &position)
      case 48: style.ground = ScreenEmulator.paint(numbers, &position)
      default: break
      }
    }
  }

  private static func paint(_ numbers: [Int], _ position: inout Int) -> Paint {
    let rest = numbers[min(position, numbers.count)...]
    if rest.first == 5, rest.count >= 2 {
      position += 2
      return .index(rest[rest.startIndex + 1])
    }
    if rest.first == 2, rest.count >= 4 {
      position += 4
      return .rgb(rest.dropFirst().prefix(3).reduce(0) { $0 << 8 | $1 })
    }
    return .standard
  }
}
