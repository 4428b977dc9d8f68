import Drawing
import Workbench

/// Clicks, drags and the wheel: what lies under the pointer decides.
extension ViewerState {
  mutating func take(_ mouse: MouseEvent) -> [ViewerEffect] {
    let hit = frame().action(column: mouse.column, row: mouse.row)
    switch mouse.action {
    case .press(.left):
      dragStart = nil
      guard let hit else {
        overlay = nil
        return []
      }
      return click(hit.action, hit.area, mouse)
    case .drag:
      guard let start = dragStart, let loaded, let body = focusedBody else { return [] }
      var view = start.viewport
      view.centerX -= Double(mouse.column - start.column) * view.scale
      view.centerY -= Double(mouse.row - start.row) * 2 * view.scale
      if mouse.column != start.column || mouse.row != start.row {
        setViewport(view, body: body, layout: loaded.layout)
      }
    case .release: dragStart = nil
    case .scrollUp, .scrollDown: scroll(hit, mouse)
    case .press: break
    }
    return []
  }

  private mutating func click(
    _ action: ZoneAction, _ area: Rectangle, _ mouse: MouseEvent
  ) -> [ViewerEffect] {
    switch action {
    case .command(let command): return perform(command)
    case .gene(let gene):
      focus = .genes
      genes.selected = gene
    case .geneList: focus = .genes
    case .geneColumn(let column):
      geneColumn = column
      return perform(.nextRanking)
    case .score(let row, let method):
      // A second click on the chosen cell opens its section.
      if row == scoreRow, method == scoredMethod, mouse.row != scoreTable.heading.row {
        return openScored()
      }
      scoreRow = row
      compare(method)
    case .panel(let kind):
      focus = .panel(kind)
      compareFocused()
      guard let loaded else { return [] }
      if kind == .scatter {
        let plot = contents(of: [kind], loaded).first?.plot
        spot =
          plot.flatMap { spot(in: $0, column: mouse.column, row: mouse.row, body: area) } ?? spot
        return []
      }
      let view = viewport(columns: area.columns, rows: area.rows, layout: loaded.layout)
      dragStart = (mouse.column, mouse.row, view)
      let position = imagePosition(of: mouse, in: area, view)
      spot = loaded.layout.nearest(x: position.x, y: position.y, within: loaded.layout.pitch)
    case .panelTitle(let kind):
      focus = .panel(kind)
      return perform(.maximize)
    case .overlayLine(let line):
      switch overlay {
      case .sections:
        overlay = nil
        return open(section: line)
      case .palette(let query, _):
        let found = Command.matching(query)
        overlay = nil
        return found.indices.contains(line) ? perform(found[line]) : []
      case .methods:
        overlay = .methods(selected: line)
        if methods.indices.contains(line) { toggleMethod(line) }
      case .exports:
        let all = ExportKind.allCases
        if all.indices.contains(line) { ask(for: all[line]) }
      case .rankings:
        overlay = nil
        let all = rankings
        return all.indices.contains(line) ? rank(by: all[line]) : []
      default: break
      }
    case .nothing: break
    }
    return []
  }

  private mutating func scroll(_ hit: (area: Rectangle, action: ZoneAction)?, _ mouse: MouseEvent) {
    let direction = mouse.action == .scrollUp ? -1 : 1
    if case .help(let query, let scroll) = overlay {
      overlay = .help(query: query, scroll: max(0, scroll + 2 * direction))
      return
    }
    if case .origin(let origin) = overlay {
      takeInOrigin(direction < 0 ? .up : .down, origin)
      return
    }
    guard overlay == nil else { return }
    if display == .scores { moveScoreRow(by: direction) }
    guard let hit else { return }
    switch hit.action {
    case .geneColumn: genes.move(by: direction)
    case .gene, .geneList: genes.move(by: direction)
    case .panel(let kind):
      guard let loaded, kind != .scatter else { return }
      let view = viewport(columns: hit.area.columns, rows: hit.area.rows, layout: loaded.layout)
      let position = imagePosition(of: mouse, in: hit.area, view)
      setViewport(
        view.zoomed(by: direction < 0 ? 1.25 : 0.8, aroundX: position.x, y: position.y),
        body: hit.area, layout: loaded.layout)
    default: break
    }
  }

  /// The image position in the middle of the cell under the pointer.
  private func imagePosition(
    of mouse: MouseEvent, in area: Rectangle, _ view: Viewport
  ) -> (x: Double, y: Double) {
    view.imagePosition(
      pointX: Double(mouse.column - area.column),
      pointY: Double(2 * (mouse.row - area.row)) + 0.5, width: area.columns,
      height: area.rows * 2)
  }
}
