import Drawing
import Sections
import Workbench

extension ViewerState {
  /// The protocol of the chosen method on the chosen section, as far as there is room.
  func drawCard(in area: Rectangle, on frame: inout Frame) {
    guard area.rows >= 3, area.columns >= 20, let name = scoredMethod else { return }
    let place = scoredSection.map { references[$0].name } ?? "all sections"
    drawRule(" \(name) on \(place) ", in: area, on: &frame)
    frame.addZone(area, .command(.origin))
    let lines = cardLines(of: name, section: scoredSection, width: area.columns - 2)
    let room = area.rows - 1
    let fits = lines.count <= room
    for (index, line) in lines.prefix(fits ? room : room - 1).enumerated() {
      draw(line, in: area, row: area.row + 1 + index, on: &frame)
    }
    guard !fits else { return }
    frame.canvas.write(
      "… i tells all", column: area.column + 1, row: area.maxRow - 1, ink: .role(.muted))
  }

  private func cardLines(of name: String, section: Int?, width: Int) -> [OriginLine] {
    OriginLine.wrapped(protocolLines(of: name, section: section), width: width)
  }

  private func draw(_ line: OriginLine, in area: Rectangle, row: Int, on frame: inout Frame) {
    frame.canvas.write(line.label, column: area.column + 1, row: row, ink: .role(.muted))
    frame.canvas.write(
      line.text, column: area.column + 1 + line.indent, row: row,
      width: area.columns - 1 - line.indent,
      ink: .role(line.role == .overlayText ? .text : line.role),
      style: line.isHeading ? .bold : [])
  }
}
