import Drawing
import Evaluation
import Foundation
import Sections
import Workbench

extension ViewerState {
  var scoreTable: ScoreTable {
    ScoreTable(
      in: wholeStage, names: references.map { ($0.name, $0.patient) },
      methods: scoredMethods.count,
      chosen: scoredMethod.flatMap { scoredMethods.firstIndex(of: $0) } ?? 0)
  }

  /// Every method on every section: the table, box plots, and the chosen method's card.
  func drawScores(on frame: inout Frame) {
    let table = scoreTable
    frame.addZone(wholeStage, .nothing)
    drawScoreTitle(table, on: &frame)
    drawScoreHeading(table, on: &frame)
    let first = max(
      0, min(scoreRow - table.rows.rows / 2, references.count - table.rows.rows))
    for offset in 0..<table.rows.rows where first + offset < references.count {
      drawScoreRow(first + offset, table, row: table.rows.row + offset, on: &frame)
    }
    if table.means.rows > 0 {
      drawScoreRow(references.count, table, row: table.means.row, on: &frame)
    }
    drawMarks(in: table.legend, on: &frame)
    if table.boxes.rows < 4, table.legend.maxRow < wholeStage.maxRow {
      frame.canvas.write(
        "i tells the protocol; boxes need more room".shortened(
          to: max(0, columns - 6)), column: 3, row: table.legend.maxRow, ink: .role(.muted))
    }
    drawBoxes(in: table.boxes, on: &frame)
    drawCard(in: table.card, on: &frame)
    for row in table.card.row..<table.card.maxRow where table.card.columns > 0 {
      frame.canvas.write(
        row == table.card.row ? "┬" : "│", column: table.card.column - 1, row: row,
        ink: .role(.border))
    }
  }

  // MARK: Heading

  private func drawScoreTitle(_ table: ScoreTable, on frame: inout Frame) {
    let long: String =
      switch table.detail {
      case .full: " Scores · mean PCC over genes, of the attainable one, and its share "
      case .share: " Scores · mean PCC over genes, and its share of the attainable one "
      case .mean: " Scores · mean PCC over genes "
      }
    let title = long.columns + 12 <= table.title.columns ? long : " Scores · mean PCC "
    drawRule(title, in: table.title, hasFocus: true, on: &frame)
    let hidden = (table.shown.lowerBound, scoredMethods.count - table.shown.upperBound)
    let parts = [hidden.0 > 0 ? "‹ \(hidden.0)" : nil, hidden.1 > 0 ? "\(hidden.1) ›" : nil]
    let text = parts.compactMap(\.self).joined(separator: "  ")
    if !text.isEmpty {
      frame.canvas.write(
        " \(text) ", column: table.title.maxColumn - text.columns - 3, row: table.title.row,
        ink: .role(.accent))
    }
  }

  private func drawScoreHeading(_ table: ScoreTable, on frame: inout Frame) {
    guard table.heading.rows > 0 else { return }
    let row = table.heading.row
    frame.canvas.write(
      "section".fitted(to: table.nameColumns), column: 3, row: row, ink: .role(.muted))
    if table.patientColumns > 0 {
      frame.canvas.write(
        "patient", column: 3 + table.nameColumns, row: row, width: table.patientColumns,
        ink: .role(.muted))
    }
    for place in table.shown {
      let name = scoredMethods[place]
      let cell = self.cell(ofMethod: place, table, row: row)
      let isChosen = name == scoredMethod
      // The colour of its boxes below.
      frame.canvas.write(
        "■", column: cell.column + 2, row: row, ink: .color(boxPalette.color(of: place)))
      frame.canvas.write(
        name.shortened(to: cell.columns - 5), column: cell.column + 4, row: row,
        ink: .role(isChosen ? .accent : .title), style: .bold)
      frame.addZone(cell, .score(row: scoreRow, method: name))
    }
  }

  private func cell(ofMethod place: Int, _ table: ScoreTable, row: Int) -> Rectangle {
    let left = 3 + table.nameColumns + table.patientColumns
    return Rectangle(
      column: left + (place - table.shown.lowerBound) * table.detail.columns, row: row,
      columns: table.detail.columns, rows: 1)
  }

  // MARK: Rows

  /// - Parameter index: a section, or the number of sections for the means.
  private func drawScoreRow(
    _ index: Int, _ table: ScoreTable, row: Int, on frame: inout Frame
  ) {
    let isMeans = index == references.count
    let isChosen = index == scoreRow
    let line = Rectangle(column: 0, row: row, columns: columns, rows: 1)
    let ground = Ink.role(isChosen ? .selection : .background)
    let ink = Ink.role(isChosen ? .selectionText : isMeans ? .title : .text)
    frame.canvas.fill(line, with: Cell(" ", ink: ink, ground: ground))
    if let name = scoredMethod { frame.addZone(line, .score(row: index, method: name)) }
    frame.canvas.write(
      isChosen ? "›" : " ", column: 0, row: row, ink: .role(.accent), ground: ground)
    if index == sectionIndex {
      frame.canvas.write("•", column: 1, row: row, ink: .role(.accent), ground: ground)
    }
    let name = isMeans ? "mean" : references[index].name
    frame.canvas.write(
      name.fitted(to: table.nameColumns - 1), column: 3, row: row, ink: ink, ground: ground,
      style: isChosen || isMeans ? .bold : [])
    if table.patientColumns > 0 {
      let text = isMeans ? meansOf : references[index].patient
      frame.canvas.write(
        text.shortened(to: table.patientColumns - 1), column: 3 + table.nameColumns, row: row,
        ink: isChosen ? ink : .role(.muted), ground: ground)
    }
    if !isMeans, let problem = sharedProblem(ofSection: index) {
      let left = 5 + table.nameColumns + table.patientColumns
      // The sentence's beginning says most; the card has all of it.
      let room = max(0, columns - left - 1)
      let text = problem.columns <= room ? problem : problem.prefix(max(0, room - 1)) + "…"
      frame.canvas.write(
        text, column: left, row: row, width: room,
        ink: .role(references[index].image == nil ? .muted : .failure), ground: ground)
      return
    }
    for place in table.shown {
      drawScore(index, place, table, row: row, ground: ground, ink: ink, on: &frame)
    }
  }

  /// How many sections the means of the chosen method are over.
  private var meansOf: String {
    let scored = sectionMeans.count
    return scored == references.count ? "all \(scored)" : "of \(scored)"
  }

  /// Why no method has scores on a section; nil where some has or may have.
  private func sharedProblem(ofSection index: Int) -> String? {
    let problems = scoredMethods.map {
      evaluation(of: EvaluationKey(section: index, method: $0))?.problem
    }
    guard problems.allSatisfy({ $0 != nil }) else { return nil }
    return problems.first ?? nil
  }

  private func drawScore(
    _ index: Int, _ place: Int, _ table: ScoreTable, row: Int, ground: Ink, ink: Ink,
    on frame: inout Frame
  ) {
    let name = scoredMethods[place]
    let cell = self.cell(ofMethod: place, table, row: row)
    frame.addZone(cell, .score(row: index, method: name))
    let isChosen = index == scoreRow && name == scoredMethod
    let section = references.indices.contains(index) ? index : nil
    guard let summary = evaluations[name]?.summary(ofSection: section) else {
      let state = section.flatMap { evaluation(of: EvaluationKey(section: $0, method: name)) }
      let (text, role) = words(for: state, section)
      frame.canvas.write(
        text.fitted(to: 6, alignedRight: true), column: cell.column + 2, row: row,
        ink: .role(role), ground: ground)
      return
    }
    let mean = score(summary.correlation.mean)
    var text = mean
    let best = summary.attainable
    if table.detail == .full {
      text += best.map { " of \(score($0.attainable))" } ?? String(repeating: " ", count: 9)
    }
    if table.detail != .mean {
      text += (best.map { percent(Float($0.share)) } ?? "–").fitted(to: 6, alignedRight: true)
    }
    let end = frame.canvas.write(
      text, column: cell.column + 8 - mean.columns, row: row, ink: ink, ground: ground,
      style: isChosen ? [.bold, .underline] : [])
    frame.canvas.write(
      summary.standing.mark, column: end + 1, row: row, ink: .role(.warning), ground: ground,
      style: .bold)
  }

  private func words(for state: MethodEvaluation.State?, _ section: Int?) -> (String, Role) {
    switch state {
    case .failed: ("failed", .failure)
    case .working(let progress?): ("\(Int(progress.fraction * 100)) %", .accent)
    case .working(nil): ("…", .accent)
    case nil, .done: (section == nil ? "–" : "…", .muted)
    }
  }

  private func score(_ value: Double?) -> String {
    // Rounded first, so that no zero has a sign.
    value.map { String(format: "%.3f", ($0 * 1000).rounded() / 1000 + 0) } ?? "–"
  }

  /// What the marks in the table mean, those that are there.
  private func drawMarks(in area: Rectangle, on frame: inout Frame) {
    guard area.rows > 0 else { return }
    let found = Set(
      scoredMethods.flatMap { evaluations[$0]?.report?.summaries.map(\.standing) ?? [] })
    var column = area.column + 3
    for standing in Standing.allCases where found.contains(standing) && !standing.mark.isEmpty {
      guard column + standing.rawValue.columns + 2 < area.maxColumn else { return }
      column = frame.canvas.write(
        standing.mark, column: column, row: area.row, ink: .role(.warning), style: .bold)
      column = frame.canvas.write(
        " \(standing.rawValue)   ", column: column, row: area.row, ink: .role(.muted))
    }
  }
}

extension Standing {
  /// One sign beside a score; none where nothing makes it doubtful.
  var mark: String {
    switch self {
    case .patientUnseen: ""
    case .patientSeen: "◐"
    case .trainedOn: "●"
    case .unknown: "?"
    }
  }
}
