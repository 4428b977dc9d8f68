import Drawing
import Foundation
import Sections

extension ViewerState {
  /// Draws the overlay that is open, if any, over everything else.
  func drawOverlay(on frame: inout Frame) {
    switch overlay {
    case .help(let query, let scroll): drawHelp(query: query, scroll: scroll, on: &frame)
    case .palette(let query, let selected):
      drawPalette(query: query, selected: selected, on: &frame)
    case .sections(let selected): drawSections(selected: selected, on: &frame)
    case .methods(let selected): drawMethods(selected: selected, on: &frame)
    case .rankings(let selected): drawRankings(selected: selected, on: &frame)
    case .exports(let selected): drawExports(selected: selected, on: &frame)
    case .origin(let origin): drawOrigin(origin, on: &frame)
    case .prompt(let prompt): drawPrompt(prompt, on: &frame)
    case .confirm(let request):
      let box = drawBox(title: "Replace?", columns: 60, rows: 2, on: &frame)
      write("\(request.path) is there already.", line: 0, in: box, on: &frame)
      write("y replaces it, n keeps it", line: 1, in: box, ink: .key, on: &frame)
    case nil: break
    }
  }

  private func drawHelp(query: String, scroll: Int, on frame: inout Frame) {
    struct Line {
      var keys = ""
      var text = ""
      var isTopic = false
    }
    let found = Set(Command.matching(query))
    var lines: [Line] = []
    for topic in Command.Topic.allCases {
      let commands = Command.allCases.filter { $0.entry.topic == topic && found.contains($0) }
      if commands.isEmpty { continue }
      if !lines.isEmpty { lines.append(Line()) }
      lines.append(Line(text: topic.rawValue, isTopic: true))
      lines += commands.map { Line(keys: $0.entry.keys, text: $0.entry.help) }
    }
    if query.isEmpty {
      lines += [Line(), Line(text: "Mouse", isTopic: true)]
      lines += [
        Line(keys: "click", text: "Choose a gene or a spot; press a hint, a tab, a title"),
        Line(keys: "wheel", text: "Step through genes; zoom a panel around the pointer"),
        Line(keys: "drag", text: "Move the view of a panel"),
        Line(), Line(text: "In a table", isTopic: true),
        Line(keys: "arrows", text: "Choose a row and a column; a click chooses a cell"),
        Line(keys: "Enter", text: "Scores: open the section. Genes: show the gene in panels"),
        Line(keys: "heading", text: "Click: order the genes by it, once more the other way round"),
      ]
    }
    let box = drawBox(
      title: query.isEmpty ? "Help — type to search" : "Help — ‘\(query)’", columns: 76,
      rows: min(lines.count, rows - 6), on: &frame)
    if lines.isEmpty {
      write("nothing has ‘\(query)’ in it", line: 0, in: box, ink: .muted, on: &frame)
    }
    let first = min(scroll, max(0, lines.count - box.rows))
    for (row, line) in lines.dropFirst(first).prefix(box.rows).enumerated() {
      if line.isTopic {
        write(line.text, line: row, in: box, ink: .accent, style: .bold, on: &frame)
      } else {
        write(line.keys, line: row, in: box, ink: .key, style: .bold, on: &frame)
        write(line.text, line: row, in: box, indent: 9, on: &frame)
      }
    }
    drawMore(lines.count - first - box.rows, below: box, on: &frame)
  }

  private func drawPalette(query: String, selected: Int, on frame: inout Frame) {
    let found = Command.matching(query)
    let visible = min(12, max(1, rows - 8))
    let box = drawBox(title: "Commands", columns: 70, rows: visible + 1, on: &frame)
    write(":" + query + "▏", line: 0, in: box, ink: .accent, on: &frame)
    if found.isEmpty {
      write("no command has these words", line: 1, in: box, ink: .muted, on: &frame)
    }
    let first = max(0, min(selected - visible / 2, found.count - visible))
    for (row, command) in found.dropFirst(first).prefix(visible).enumerated() {
      let reason = reasonAgainst(command)
      let line = Rectangle(
        column: box.column, row: box.row + 1 + row, columns: box.columns, rows: 1)
      let isSelected = first + row == selected
      if isSelected {
        frame.canvas.fill(line, with: Cell(" ", ground: .role(.selection)))
      }
      let ink: Role = reason != nil ? .muted : isSelected ? .selectionText : .overlayText
      let text = reason.map { "\(command.entry.help) — \($0)" } ?? command.entry.help
      write(text.shortened(to: box.columns - 10), line: row + 1, in: box, ink: ink, on: &frame)
      frame.canvas.write(
        command.entry.keys.fitted(to: 9, alignedRight: true), column: box.maxColumn - 9,
        row: line.row, ink: .role(.key))
      frame.addZone(line, .overlayLine(first + row))
    }
  }

  private func drawSections(selected: Int, on frame: inout Frame) {
    let visible = min(references.count, max(1, rows - 7))
    let box = drawBox(title: "Sections of \(dataSetName)", columns: 46, rows: visible, on: &frame)
    let first = max(0, min(selected - visible / 2, references.count - visible))
    for (row, reference) in references.dropFirst(first).prefix(visible).enumerated() {
      let line = Rectangle(column: box.column, row: box.row + row, columns: box.columns, rows: 1)
      let isSelected = first + row == selected
      if isSelected { frame.canvas.fill(line, with: Cell(" ", ground: .role(.selection))) }
      let ink: Role = isSelected ? .selectionText : .overlayText
      write(
        (first + row == sectionIndex ? "› " : "  ") + reference.name, line: row, in: box, ink: ink,
        style: isSelected ? .bold : [], on: &frame)
      let parts = [
        "patient \(reference.patient)", reference.image != nil ? "image" : nil,
        reference.labels != nil ? "labels" : nil,
      ].compactMap(\.self)
      write(parts.joined(separator: " · "), line: row, in: box, indent: 12, ink: .muted, on: &frame)
      frame.addZone(line, .overlayLine(first + row))
    }
  }

  private func drawPrompt(_ prompt: Prompt, on frame: inout Frame) {
    let box = drawBox(title: prompt.title, columns: 64, rows: 2, on: &frame)
    // The end of a long answer stays in view, where typing goes on.
    let shown = String(prompt.text.suffix(max(0, box.columns - 2)))
    write(shown + "▏", line: 0, in: box, ink: .accent, on: &frame)
    write(prompt.complaint ?? "", line: 1, in: box, ink: .failure, on: &frame)
  }

  /// Draws a framed box in the middle of the screen and returns the place inside it.
  func drawBox(title: String, columns: Int, rows: Int, on frame: inout Frame) -> Rectangle {
    let width = min(columns + 4, self.columns - 2)
    let height = min(rows + 2, self.rows - 2)
    let area = Rectangle(
      column: (self.columns - width) / 2, row: max(1, (self.rows - height) / 2), columns: width,
      rows: height)
    let ground = Ink.role(.overlay)
    frame.canvas.fill(area, with: Cell(" ", ink: .role(.overlayText), ground: ground))
    frame.addZone(area, .nothing)
    let line = String(repeating: "─", count: max(0, width - 2))
    for (row, text) in [(area.row, "╭\(line)╮"), (area.maxRow - 1, "╰\(line)╯")] {
      frame.canvas.write(text, column: area.column, row: row, ink: .role(.border), ground: ground)
    }
    for row in area.row + 1..<max(area.row + 1, area.maxRow - 1) {
      frame.canvas.write("│", column: area.column, row: row, ink: .role(.border), ground: ground)
      frame.canvas.write(
        "│", column: area.maxColumn - 1, row: row, ink: .role(.border), ground: ground)
    }
    frame.canvas.write(
      " \(title) ".shortened(to: max(0, width - 4)), column: area.column + 2, row: area.row,
      ink: .role(.title), ground: ground, style: .bold)
    return Rectangle(
      column: area.column + 2, row: area.row + 1, columns: width - 4, rows: height - 2)
  }

  func write(
    _ text: String, line: Int, in box: Rectangle, indent: Int = 0, ink: Role = .overlayText,
    style: Cell.Style = [], on frame: inout Frame
  ) {
    guard line < box.rows else { return }
    frame.canvas.write(
      text.shortened(to: max(0, box.columns - indent)), column: box.column + indent,
      row: box.row + line, ink: .role(ink), style: style)
  }
}
