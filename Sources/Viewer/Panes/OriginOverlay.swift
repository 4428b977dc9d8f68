import Drawing

extension ViewerState {
  /// Where numbers come from, in a box that can be scrolled.
  func drawOrigin(_ origin: Origin, on frame: inout Frame) {
    let width = min(columns - 6, 92)
    let told = told(of: origin)
    let lines = OriginLine.wrapped(told.lines, width: max(1, width))
    let box = drawBox(
      title: told.title, columns: width, rows: min(lines.count, rows - 5), on: &frame)
    let first = min(origin.scroll, max(0, lines.count - box.rows))
    for (row, line) in lines.dropFirst(first).prefix(box.rows).enumerated() {
      write(line.label, line: row, in: box, ink: .muted, on: &frame)
      write(
        line.text, line: row, in: box, indent: line.indent, ink: line.role,
        style: line.isHeading ? .bold : [], on: &frame)
    }
    drawMore(lines.count - first - box.rows, below: box, on: &frame)
  }

  /// How many lines lie below a box.
  func drawMore(_ count: Int, below box: Rectangle, on frame: inout Frame) {
    guard count > 0 else { return }
    let text = " \(count) more ↓ "
    frame.canvas.write(
      text, column: box.maxColumn - text.columns, row: box.maxRow, ink: .role(.muted),
      ground: .role(.overlay))
  }

  /// The furthest that an overlay about origins can be scrolled.
  func lastScroll(of origin: Origin) -> Int {
    let lines = OriginLine.wrapped(told(of: origin).lines, width: max(1, min(columns - 6, 92)))
    // As many rows as the box has: its frame and the bars take the others.
    return max(0, lines.count - min(lines.count, max(1, min(rows - 5, rows - 4))))
  }
}
