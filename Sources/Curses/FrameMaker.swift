import CSystem
import Drawing

/// Turns a canvas into the frame that a terminal can show: its size, its colours, its characters.
struct FrameMaker {
  private let depth: ColorDepth
  private let isUnicode: Bool
  private var colorist: Colorist

  init(depth: ColorDepth, theme: Theme, isUnicode: Bool) {
    self.depth = depth
    self.isUnicode = isUnicode
    colorist = Colorist(depth: depth, theme: theme)
  }

  /// Fills a frame of the terminal's size from a canvas of any size: what does not fit is cut off,
  /// what is missing stays empty.
  mutating func fill(_ frame: inout Frame, from canvas: Canvas, columns: Int, rows: Int) {
    let empty = frameCell(Cell())
    if frame.columns != columns || frame.rows != rows {
      frame = Frame(
        columns: columns, rows: rows, cells: Array(repeating: empty, count: columns * rows))
    }
    for row in 0..<rows {
      for column in 0..<columns {
        frame.cells[row * columns + column] =
          column < canvas.columns && row < canvas.rows
          ? frameCell(canvas.cells[row * canvas.columns + column]) : empty
      }
      matchWideCharacters(in: &frame, row: row)
    }
  }

  /// Makes every wide character two cells and lets no half of one stand alone.
  private func matchWideCharacters(in frame: inout Frame, row: Int) {
    let start = row * frame.columns
    let end = start + frame.columns
    var index = start
    while index < end {
      let glyph = frame.cells[index].glyph
      if glyph == 0 {
        frame.cells[index].glyph = FrameCell.space
      } else if glyph >= 0x300, !FrameMaker.isAlwaysNarrow(glyph) {
        let width = eosin_width(glyph)
        let hasRoom = index + 1 < end && frame.cells[index + 1].glyph == 0
        if width == 2, hasRoom {
          index += 1
        } else if width != 1 {
          frame.cells[index].glyph = width == 2 ? FrameCell.space : 0x3F  // a question mark
        }
      }
      index += 1
    }
  }

  /// Lines, blocks and Braille: nearly all that is not ASCII, and never wide.
  private static func isAlwaysNarrow(_ glyph: UInt32) -> Bool {
    0x2500...0x259F ~= glyph || 0x2800...0x28FF ~= glyph
  }

  private mutating func frameCell(_ cell: Cell) -> FrameCell {
    depth == .mono ? monoCell(cell) : colorCell(cell)
  }

  private mutating func colorCell(_ cell: Cell) -> FrameCell {
    let ink = colorist.choice(for: cell.ink)
    let ground = colorist.choice(for: cell.ground)
    let style = FrameStyle(rawValue: cell.style.rawValue)
    if style.isDisjoint(with: [.underline, .reverse]), isUnicode {
      switch cell.glyph.value {
      case FrameCell.space: return halves(ground, ground)
      case FrameCell.upperHalf: return halves(ink, ground)
      case FrameCell.lowerHalf: return halves(ground, ink)
      case FrameCell.fullBlock: return halves(ink, ink)
      default: break
      }
    }
    guard isUnicode || cell.glyph.value < 0x80 else { return asciiCell(cell, style: style) }
    return text(printable(cell.glyph), ink, ground, style, differ: cell.ink != cell.ground)
  }

  /// A cell of two colours, one above the other.
  private func halves(_ top: Colorist.Choice, _ bottom: Colorist.Choice) -> FrameCell {
    if top == bottom {
      guard top.isDefaultInk else {
        return FrameCell(
          glyph: FrameCell.space, ink: .standard, ground: top.color, style: [])
      }
      return FrameCell(
        glyph: FrameCell.space, ink: .standard, ground: .standard, style: .reverse)
    }
    // A default colour can only stand where it belongs; which half is ink is free.
    return top.isDefaultGround || bottom.isDefaultInk
      ? FrameCell(
        glyph: FrameCell.lowerHalf, ink: bottom.color, ground: top.color, style: [])
      : FrameCell(
        glyph: FrameCell.upperHalf, ink: top.color, ground: bottom.color, style: [])
  }

  private func text(
    _ glyph: UInt32, _ ink: Colorist.Choice, _ ground: Colorist.Choice, _ style: FrameStyle,
    differ: Bool
  ) -> FrameCell {
    // A default out of place is written in reverse: then it stands where it belongs.
    if ink.isDefaultGround || ground.isDefaultInk, !ground.isDefaultGround, !ink.isDefaultInk {
      return FrameCell(
        glyph: glyph, ink: ground.color, ground: ink.color,
        style: style.symmetricDifference(.reverse))
    }
    var cell = FrameCell(glyph: glyph, ink: ink.color, ground: ground.color, style: style)
    // Two colours of the theme may have become one; text stays readable.
    if ink == ground, differ, depth != .trueColor, !ink.color.isStandard {
      cell.ink = colorist.contrast(to: ground.color)
    }
    return cell
  }

  /// For terminals without half blocks, two colours become one, and lines become ASCII.
  private mutating func asciiCell(_ cell: Cell, style: FrameStyle) -> FrameCell {
    if let ink = cell.ink.color, let ground = cell.ground.color,
      cell.glyph == "▀" || cell.glyph == "▄"
    {
      let mixed = colorist.choice(for: .color(ink.mixed(with: ground, share: 0.5)))
      return halves(mixed, mixed)
    }
    return text(
      printable(cell.glyph), colorist.choice(for: cell.ink), colorist.choice(for: cell.ground),
      style, differ: cell.ink != cell.ground)
  }

  /// Without colours, data is drawn in shades and roles become attributes.
  private func monoCell(_ cell: Cell) -> FrameCell {
    var style = FrameStyle(rawValue: cell.style.rawValue)
    if let glyph = shade(of: cell) {
      return FrameCell(glyph: glyph, ink: .standard, ground: .standard, style: style)
    }
    switch cell.ground.role {
    case .selection, .bar, .cursor, .accent: style.formSymmetricDifference(.reverse)
    default: break
    }
    switch cell.ink.role {
    case .title, .key, .accent, .cursor, .star, .failure: style.insert(.bold)
    case .muted, .border, .missing: style.insert(.dim)
    default: break
    }
    return FrameCell(
      glyph: printable(cell.glyph), ink: .standard, ground: .standard, style: style)
  }

  private static let shades: [UInt32] = [0xB7, 0x2591, 0x2592, 0x2593, FrameCell.fullBlock]
  private static let asciiShades = ".:+#@".unicodeScalars.map(\.value)

  /// The character as dark as a cell of data is bright, or nil for a cell without data.
  private func shade(of cell: Cell) -> UInt32? {
    let (top, bottom): (Ink, Ink)
    switch cell.glyph.value {
    case FrameCell.space: (top, bottom) = (cell.ground, cell.ground)
    case FrameCell.upperHalf: (top, bottom) = (cell.ink, cell.ground)
    case FrameCell.lowerHalf: (top, bottom) = (cell.ground, cell.ink)
    case FrameCell.fullBlock: (top, bottom) = (cell.ink, cell.ink)
    default: return nil
    }
    guard top.color != nil || bottom.color != nil else { return nil }
    if top.role == .cursor || bottom.role == .cursor { return 0x2B }  // a plus sign
    let brightness = ((top.color?.brightness ?? 0) + (bottom.color?.brightness ?? 0)) / 2
    let shades = isUnicode ? FrameMaker.shades : FrameMaker.asciiShades
    // Data is never blank: the lowest value still shows where the tissue is.
    return shades[min(shades.count - 1, brightness * shades.count / 256)]
  }

  /// The character as this terminal can show it. Control characters would be obeyed: they go.
  private func printable(_ glyph: Unicode.Scalar) -> UInt32 {
    switch glyph.value {
    case 0: 0
    case 1..<0x20, 0x7F..<0xA0: FrameCell.space
    case 0x20..<0x7F: glyph.value
    default: isUnicode ? glyph.value : glyph.asciiLookalike.value
    }
  }
}
