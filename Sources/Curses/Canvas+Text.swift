import CSystem
import Drawing

extension Canvas {
  /// The canvas as lines of text with colours, for standard output instead of a screen.
  ///
  /// - Parameter depth: `.mono` gives plain text, data as shades, without any escape sequence.
  public func text(depth: ColorDepth, theme: Theme) -> String {
    guard columns > 0, rows > 0 else { return "" }
    _ = eosin_use_locale()  // how wide a character is depends on it
    var maker = FrameMaker(depth: depth, theme: theme, isUnicode: true)
    var frame = Frame()
    maker.fill(&frame, from: self, columns: columns, rows: rows)
    guard depth != .mono else {
      return (0..<rows).map { row in
        var line = String.UnicodeScalarView()
        for cell in frame.cells[row * columns..<(row + 1) * columns] {
          if cell.glyph != 0, let scalar = Unicode.Scalar(cell.glyph) { line.append(scalar) }
        }
        return String(line).withoutTrailingSpaces
      }.joined(separator: "\n")
    }
    return EscapePainter.lines(of: frame)
  }
}

extension String {
  fileprivate var withoutTrailingSpaces: String {
    var text = Substring(self)
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
