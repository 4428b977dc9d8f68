/// A grid of dots finer than cells: two across and four down in each, drawn as Braille patterns.
public struct DotGrid: Sendable, Hashable {
  /// The width in dots, two a cell.
  public let width: Int
  /// The height in dots, four a cell.
  public let height: Int
  /// Row by row, a byte a cell: the pattern's bits as Unicode counts them from U+2800.
  private var patterns: [UInt8]

  /// Makes an empty grid for so many cells.
  public init(columns: Int, rows: Int) {
    width = 2 * max(0, columns)
    height = 4 * max(0, rows)
    patterns = Array(repeating: 0, count: width / 2 * (height / 4))
  }

  /// Sets the dot at (x, y), from 0 at the top left; outside the grid nothing happens.
  public mutating func set(x: Int, y: Int) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    patterns[y / 4 * (width / 2) + x / 2] |= Self.bits[y % 4 * 2 + x % 2]
  }

  /// The pattern of one cell; 0 has no dots.
  public func pattern(column: Int, row: Int) -> UInt8 { patterns[row * (width / 2) + column] }

  private static let bits: [UInt8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]
}

extension Canvas {
  /// Draws dots with their top left at a cell; those of cells drawn before are joined with them.
  public mutating func draw(_ grid: DotGrid, column: Int, row: Int, ink: Ink) {
    for down in 0..<grid.height / 4 {
      for across in 0..<grid.width / 2 {
        let pattern = grid.pattern(column: across, row: down)
        guard pattern != 0 else { continue }
        let before = self[column + across, row + down]
        let joined = (before.glyph.brailleDots ?? 0) | pattern
        // Every pattern of eight dots has its character, one after the other.
        let glyph = Unicode.Scalar(0x2800 + UInt32(joined)) ?? " "
        self[column + across, row + down] = Cell(glyph, ink: ink, ground: before.ground)
      }
    }
  }
}

extension Unicode.Scalar {
  /// The dots of a Braille pattern; nil for other characters.
  fileprivate var brailleDots: UInt8? {
    0x2800...0x28FF ~= value ? UInt8(truncatingIfNeeded: value) : nil
  }
}
