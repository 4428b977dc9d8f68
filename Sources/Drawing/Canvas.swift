/// One screen cell: a character, its ink, the ground behind it and its style.
public struct Cell: Sendable, Hashable {
  /// How the character is drawn besides its colours; styles combine.
  public struct Style: OptionSet, Sendable, Hashable {
    /// One bit a style.
    public let rawValue: UInt8
    /// Takes the bits of any number of styles.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Heavier strokes; on some terminals a brighter colour.
    public static let bold = Style(rawValue: 1)
    /// A line under the character.
    public static let underline = Style(rawValue: 2)
    /// Ink and ground exchanged.
    public static let reverse = Style(rawValue: 4)
    /// Slanted, on terminals that can.
    public static let italic = Style(rawValue: 8)
  }

  /// One column wide; a cell to the right of a wide character holds U+0000 and is not painted.
  public var glyph: Unicode.Scalar
  /// What the character is painted with.
  public var ink: Ink
  /// What lies behind the character, all over the cell.
  public var ground: Ink
  /// Empty for plain text.
  public var style: Style

  /// Makes a cell, a blank on the theme's background unless told otherwise.
  @inlinable
  public init(
    _ glyph: Unicode.Scalar = " ", ink: Ink = .role(.text), ground: Ink = .role(.background),
    style: Style = []
  ) {
    self.glyph = glyph
    self.ink = ink
    self.ground = ground
    self.style = style
  }
}

/// A picture of the screen in cells: the only thing a front end draws on.
///
/// Drawing outside the canvas is cut off, never an error, so panes need not know how small the
/// terminal is.
public struct Canvas: Sendable, Hashable {
  /// The width in cells, 0 or more.
  public let columns: Int
  /// The height in cells, 0 or more.
  public let rows: Int
  /// Row by row from the top left.
  public var cells: [Cell]

  /// Makes a canvas of the same cell all over; a size below 0 counts as 0.
  public init(columns: Int, rows: Int, filledWith cell: Cell = Cell()) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
    cells = Array(repeating: cell, count: self.columns * self.rows)
  }

  /// The whole canvas as a rectangle.
  public var bounds: Rectangle { Rectangle(column: 0, row: 0, columns: columns, rows: rows) }

  /// The cell at a position; reading outside gives an empty cell, writing outside does nothing.
  @inlinable
  public subscript(column: Int, row: Int) -> Cell {
    get {
      guard column >= 0, row >= 0, column < columns, row < rows else { return Cell() }
      return cells[row * columns + column]
    }
    set {
      guard column >= 0, row >= 0, column < columns, row < rows else { return }
      cells[row * columns + column] = newValue
    }
  }

  /// Fills a rectangle with one cell.
  public mutating func fill(_ rectangle: Rectangle, with cell: Cell) {
    guard let area = rectangle.intersection(bounds) else { return }
    for row in area.row..<area.maxRow {
      for column in area.column..<area.maxColumn { cells[row * columns + column] = cell }
    }
  }

  /// Writes text in one row from `column`, at most `width` cells of it.
  ///
  /// - Returns: the column after the last cell written.
  @discardableResult
  public mutating func write(
    _ text: some StringProtocol, column: Int, row: Int, width: Int = .max,
    ink: Ink = .role(.text), ground: Ink? = nil, style: Cell.Style = []
  ) -> Int {
    var position = column
    let end = width == .max ? Int.max : column + max(0, width)
    for character in text {
      let cells = character.columns
      guard cells > 0 else { continue }
      if position + cells > end { break }
      // A character of several scalars shows its first: one scalar a cell is what curses is sent.
      let glyph = character.unicodeScalars[character.unicodeScalars.startIndex]
      let behind = ground ?? self[position, row].ground
      self[position, row] = Cell(glyph, ink: ink, ground: behind, style: style)
      if cells == 2 { self[position + 1, row] = Cell("\0", ink: ink, ground: behind, style: style) }
      position += cells
    }
    return position
  }

  /// The canvas as lines of text, for tests and for terminals without colour.
  public var lines: [String] {
    (0..<rows).map { row in
      var line = String.UnicodeScalarView()
      for cell in cells[row * columns..<(row + 1) * columns] where cell.glyph != "\0" {
        line.append(cell.glyph)
      }
      return String(line)
    }
  }
}

extension Character {
  /// How many cells the character takes: 0 for control characters, 2 for East Asian wide ones.
  public var columns: Int {
    guard let scalar = unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0xFE00...0xFE0F: return 0
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
      0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}

extension StringProtocol {
  /// How many cells the text takes in one row.
  public var columns: Int { reduce(0) { $0 + $1.columns } }
}
