import Drawing
import Evaluation
import Foundation
import Sections
import Workbench

extension ViewerState {
  /// The first row: where we are, and which panels are open.
  func drawTopBar(in area: Rectangle, on frame: inout Frame) {
    let bar = Ink.role(.bar)
    frame.canvas.fill(area, with: Cell(" ", ink: .role(.barText), ground: bar))
    var column = frame.canvas.write(
      " Eosin ", column: area.column, row: area.row, ink: .role(.accent), ground: bar, style: .bold)
    let tabs = panelTabs(within: area.columns - 36)
    let tabColumns = tabs.reduce(0) { $0 + $1.text.columns + 1 }
    let showsTabs = area.columns >= 36 + tabColumns
    let end = area.maxColumn - (showsTabs ? tabColumns + 1 : 1)
    var facts = [dataSetName]
    if references.indices.contains(sectionIndex), references[sectionIndex].name != dataSetName {
      facts.append(references[sectionIndex].name)
    }
    if let section = loaded?.section, !isImageAlone {
      if section.patient != section.name { facts.append("patient \(section.patient)") }
      facts.append("\(section.spots.count.grouped) spots")
      facts.append("\(section.genes.count.grouped) genes")
    }
    // What does not fit goes from the end, never in the middle of a fact.
    while facts.count > 2, facts.joined(separator: " · ").columns > end - column {
      facts.removeLast()
    }
    let text = facts.joined(separator: " · ").shortened(to: max(0, end - column))
    let start = column
    column = frame.canvas.write(
      text, column: column, row: area.row, ink: .role(.barText), ground: bar)
    frame.addZone(
      Rectangle(column: start, row: area.row, columns: column - start, rows: 1),
      .command(.chooseSection))
    guard showsTabs else { return }
    column = area.maxColumn - tabColumns
    for tab in tabs {
      let ink: Role = tab.isOn ? .accent : .muted
      let next = frame.canvas.write(
        tab.text, column: column, row: area.row, ink: .role(ink), ground: bar,
        style: tab.isOn ? .bold : [])
      frame.addZone(
        Rectangle(column: column, row: area.row, columns: next - column, rows: 1),
        .command(tab.command))
      column = next + 1
    }
  }

  /// A tab for each panel, those of methods as far as there is room for them.
  private func panelTabs(
    within columns: Int
  ) -> [(text: String, command: Command, isOn: Bool)] {
    var screens = [(Screen.genes, Command.geneTable), (.scores, .scores)]
    if display == .copyNumber { screens.append((.copyNumber, .copyNumber)) }
    let tables = screens.map { table, command in
      (
        text: " \(command.entry.keys) \(command.entry.hint)", command: command,
        isOn: display == table
      )
    }
    guard !isImageAlone else { return [] }
    guard display == .compare else { return [(" Esc panels", .showPanels, false)] + tables }
    var fixed: [(PanelKind, Command)] = [
      (.image, .toggleImage), (.observed, .toggleObserved), (.clusters, .toggleClusters),
      (.labels, .toggleLabels),
    ]
    if tumour != nil { fixed.append((.tumour, .toggleTumour)) }
    var tabs = fixed.map { kind, command in
      (
        text: " \(command.entry.keys) \(command.entry.hint)", command: command,
        isOn: panels.contains(kind)
      )
    }
    var used = tabs.reduce(0) { $0 + $1.text.columns + 1 }
    for (view, command) in zip(methods, Command.methodCommands) {
      let text = " \(command.entry.keys) \(view.method.name.shortened(to: 12))"
      used += text.columns + 1
      guard used <= columns else { break }
      tabs.append((text, command, panels.contains(.method(view.method.name))))
    }
    used = (tabs + tables).reduce(0) { $0 + $1.text.columns + 1 }
    // What the section is comes first.
    return used <= columns - 20 ? tabs + tables : tabs
  }

  /// The row above the help: a message, or what the values shown are.
  func drawStatus(in area: Rectangle, on frame: inout Frame) {
    if let message {
      let role: Role =
        switch message.kind {
        case .note: .text
        case .success: .success
        case .warning: .warning
        case .failure: .failure
        }
      frame.canvas.write(
        " " + message.text.shortened(to: area.columns - 2), column: area.column, row: area.row,
        ink: .role(role))
      return
    }
    if display == .scores {
      drawScoringState(in: area, on: &frame)
      return
    }
    guard let loaded else { return }
    if display == .copyNumber {
      drawCopyNumberState(in: area, on: &frame)
      return
    }
    if isSearching, display == .compare, layout.genes.columns == 0 {
      // No list to show it in: what is typed stands here, with what it finds.
      let found = genes.shown.prefix(8).map { genes.names[$0] }.joined(separator: " ")
      let end = frame.canvas.write(
        " /\(genes.query)▏", column: area.column, row: area.row, ink: .role(.accent))
      frame.canvas.write(
        found.isEmpty ? "no gene" : found, column: end + 1, row: area.row,
        width: area.maxColumn - end - 1, ink: .role(.muted))
      return
    }
    guard !isImageAlone else { return }
    let parts = display == .genes ? tableParts(loaded) : statusParts(loaded)
    var column = area.column + 1
    for (index, part) in parts.enumerated() {
      guard column + part.text.columns < area.maxColumn else { continue }
      let next = frame.canvas.write(
        part.text, column: column, row: area.row, ink: .role(index == 0 ? .text : .muted))
      frame.addZone(
        Rectangle(column: column, row: area.row, columns: next - column, rows: 1),
        .command(part.command))
      column = frame.canvas.write(
        index == parts.count - 1 ? "" : "  ", column: next, row: area.row, ink: .role(.border))
    }
  }

  /// How many sections have been scored, and what is being scored.
  private func drawScoringState(in area: Rectangle, on frame: inout Frame) {
    let cells = references.count * scoredMethods.count
    let states = references.indices.flatMap { index in
      scoredMethods.compactMap { evaluation(of: EvaluationKey(section: index, method: $0)) }
    }
    let (done, failed) = (states.count { $0.scores != nil }, states.count { $0.problem != nil })
    var parts = ["\(done.grouped) of \(cells.grouped) scored"]
    if failed > 0 { parts.append("\(failed.grouped) failed, A tries again") }
    if let running = evaluating {
      parts.append("\(running.method) on \(references[running.section].name) …")
    }
    parts.append("attainable by \(EvaluationSettings.ofViewer.attainableRepeats) halvings, seed 0")
    while parts.count > 1, parts.joined(separator: " · ").columns + 2 > area.columns {
      parts.removeLast()
    }
    frame.canvas.write(
      " " + parts.joined(separator: " · "), column: area.column, row: area.row,
      width: area.columns, ink: .role(.muted))
  }

  /// What the numbers of the table of genes are.
  private func tableParts(_ loaded: LoadedSection) -> [(text: String, command: Command)] {
    let panelSize = loaded.panel?.count ?? loaded.section.genes.count
    var parts: [(text: String, command: Command)] = [
      (normalization.name, .nextNormalization),
      (normalization.formula(panelSize: panelSize), .nextNormalization),
    ]
    if let prediction = comparedMethod?.ready?.prediction, let own = prediction.normalization,
      own != normalization
    {
      parts.append(("measures under \(own.name), as \(prediction.method)", .nextCompared))
    }
    return parts
  }

  /// What the values shown are: those of the method compared where the observed ones follow it.
  private func statusParts(_ loaded: LoadedSection) -> [(text: String, command: Command)] {
    var shown = normalization
    var panelSize = loaded.panel?.count ?? loaded.section.genes.count
    var name = normalization.name
    if followsMethod, let prediction = comparedMethod?.ready?.prediction,
      let own = prediction.normalization
    {
      shown = own
      panelSize = prediction.geneCount
      name = "\(own.name) as \(prediction.method)"
    }
    var parts: [(text: String, command: Command)] = [
      (name, .nextNormalization), (shown.formula(panelSize: panelSize), .nextNormalization),
      (limits.rawValue, .nextLimits), (ramp.name, .nextRamp),
    ]
    if !shownMethods.isEmpty {
      parts.append((hasOwnScales ? "own scales" : "shared scale", .ownScales))
    }
    return parts
  }
}
