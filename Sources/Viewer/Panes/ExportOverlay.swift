import Drawing

extension ViewerState {
  /// The menu of what can be written, and below it what is in the one selected.
  func drawExports(selected: Int, on frame: inout Frame) {
    let all = ExportKind.allCases
    let box = drawBox(title: "Export", columns: 72, rows: all.count + 2, on: &frame)
    for (row, kind) in all.enumerated() {
      let line = Rectangle(column: box.column, row: box.row + row, columns: box.columns, rows: 1)
      guard line.row < box.maxRow else { break }
      let isSelected = row == selected
      if isSelected { frame.canvas.fill(line, with: Cell(" ", ground: .role(.selection))) }
      let reason = reasonAgainst(kind)
      write("\(row + 1)", line: row, in: box, ink: .key, on: &frame)
      let ink: Role = reason != nil ? .muted : isSelected ? .selectionText : .overlayText
      write(
        kind.title, line: row, in: box, indent: 3, ink: ink, style: isSelected ? .bold : [],
        on: &frame)
      let aside = reason ?? remark(on: kind) ?? String(kind.ending.drop { $0 != "." })
      write(aside, line: row, in: box, indent: 35, ink: .muted, on: &frame)
      frame.addZone(line, .overlayLine(row))
    }
    if all.indices.contains(selected) {
      write(all[selected].help, line: all.count + 1, in: box, ink: .muted, on: &frame)
    }
  }
}
