import Drawing
import Sections

extension ViewerState {
  /// Draws the screen.
  public func frame() -> Frame {
    var frame = Frame(columns: columns, rows: rows)
    guard columns >= Layout.smallest.columns, rows >= Layout.smallest.rows else {
      drawTooSmall(on: &frame)
      return frame
    }
    let layout = layout
    drawTopBar(in: layout.top, on: &frame)
    if display == .compare {
      drawGenes(in: layout.genes, on: &frame)
      drawInspector(in: layout.inspector, on: &frame)
      drawSeparator(layout, on: &frame)
    }
    switch content {
    case .loaded where display == .genes: drawGeneTable(on: &frame)
    case .loaded where display == .copyNumber: drawCopyNumber(on: &frame)
    case _ where display == .scores: drawScores(on: &frame)
    case .loaded(let section): drawPanels(layout, section, on: &frame)
    case .empty:
      drawNotice(
        "This data set has no sections", hint: "eosin info says what was looked for", on: &frame)
    case .loading:
      drawNotice("Opening \(references[sectionIndex].name) …", hint: "", on: &frame)
    case .failed(let problem):
      drawNotice(
        problem, hint: references.count > 1 ? "o chooses another section, q leaves" : "q leaves",
        role: .failure, on: &frame)
    }
    drawStatus(in: layout.status, on: &frame)
    drawHelpLine(in: layout.help, on: &frame)
    drawOverlay(on: &frame)
    return frame
  }

  var layout: Layout {
    Layout(
      columns: columns, rows: rows, panels: visiblePanels, aspect: aspect,
      inspectorRows: inspectorRows, listsGenes: !isImageAlone,
      footerRows: legendRows(of: visiblePanels))
  }

  /// The inspector's heading, nine facts, and on a high screen one more for each method shown.
  private var inspectorRows: Int { rows < 34 ? 10 : 10 + min(shownMethods.count, 5) }

  /// Width over height of the section with its margin.
  private var aspect: Double {
    guard let spots = loaded?.layout else { return 1 }
    let width = spots.maxX - spots.minX + 1.4 * spots.pitch
    let height = spots.maxY - spots.minY + 1.4 * spots.pitch
    return min(max(width / height, 0.1), 10)
  }

  /// The panels on the whole of the canvas.
  var panelsOnlyLayout: Layout {
    var layout = layout
    layout.fill(
      Rectangle(column: 0, row: 0, columns: columns, rows: rows), with: visiblePanels,
      aspect: aspect, footerRows: legendRows(of: visiblePanels))
    return layout
  }

  /// The visible panels' bodies, where their spots are.
  func bodies() -> [(kind: PanelKind, area: Rectangle)] {
    guard display == .compare, columns >= Layout.smallest.columns, rows >= Layout.smallest.rows
    else { return [] }
    return layout.panels.map { ($0.kind, $0.body) }
  }

  /// The rows of genes on the screen.
  var geneRows: Int { max(1, layout.genes.rows - 2) }

  /// The middle of the screen, right of the gene list.
  private var stage: Rectangle {
    guard display == .compare else { return wholeStage }
    let layout = layout
    let left = layout.genes.maxColumn + 1
    return Rectangle(
      column: left, row: 1, columns: columns - left, rows: max(0, rows - 3))
  }

  private func drawSeparator(_ layout: Layout, on frame: inout Frame) {
    guard layout.genes.columns > 0 else { return }
    let column = layout.genes.maxColumn
    for row in layout.top.maxRow..<layout.status.row {
      frame.canvas.write("│", column: column, row: row, ink: .role(.border))
    }
  }

  /// A sentence in the middle of the stage, wrapped, with a way forward below it.
  private func drawNotice(
    _ text: String, hint: String, role: Role = .text, on frame: inout Frame
  ) {
    let area = stage.inset(by: 2)
    let lines = text.wrapped(to: max(1, min(area.columns, 72)))
    let first = area.row + max(0, (area.rows - lines.count - 2) / 2)
    for (index, line) in (lines + ["", hint]).enumerated() where first + index < area.maxRow {
      frame.canvas.write(
        line, column: area.column + max(0, (area.columns - line.columns) / 2),
        row: first + index, width: area.columns,
        ink: .role(index < lines.count ? role : .muted))
    }
  }

  private func drawTooSmall(on frame: inout Frame) {
    let needed = "\(Layout.smallest.columns) × \(Layout.smallest.rows)"
    let lines = [
      "Eosin needs a little more room", "at least \(needed) cells", "here: \(columns) × \(rows)",
    ]
    let first = max(0, (rows - lines.count) / 2)
    for (index, line) in lines.enumerated() where first + index < rows {
      let text = line.columns <= columns ? line : index == 0 ? "↔".fitted(to: min(1, columns)) : ""
      frame.canvas.write(
        text, column: max(0, (columns - text.columns) / 2), row: first + index,
        ink: .role(index == 0 ? .accent : .muted))
    }
  }
}
