import Drawing
import Foundation
import Sections
import Workbench

extension ViewerState {
  /// The table of methods, and below it what is known of the one selected.
  func drawMethods(selected: Int, on frame: inout Frame) {
    guard !methods.isEmpty else {
      let box = drawBox(title: "Methods", columns: 62, rows: 3, on: &frame)
      write("There is no method yet.", line: 0, in: box, on: &frame)
      write("a adds one: a checkpoint, or a table of predictions.", line: 1, in: box, on: &frame)
      write(
        "Or start with --model FILE or --predictions NAME=FILE.", line: 2, in: box, ink: .muted,
        on: &frame)
      return
    }
    let width = min(columns - 6, 110)
    let facts = methods.indices.contains(selected) ? self.facts(about: methods[selected]) : []
    let lines = facts.flatMap { fact in
      fact.text.wrapped(to: max(1, width)).map { (text: $0, ink: fact.ink) }
    }
    let tableRows = min(methods.count, max(1, rows - 8))
    let box = drawBox(
      title: "Methods", columns: width, rows: min(tableRows + 2 + lines.count, rows - 5), on: &frame
    )
    let table = MethodTable(width: box.columns, names: methods.map(\.method.name.columns))
    write(table.heading, line: 0, in: box, ink: .muted, on: &frame)
    let first = max(0, min(selected - tableRows / 2, methods.count - tableRows))
    for (row, view) in methods.dropFirst(first).prefix(tableRows).enumerated() {
      let line = Rectangle(
        column: box.column, row: box.row + 1 + row, columns: box.columns, rows: 1)
      guard line.row < box.maxRow else { break }
      let isSelected = first + row == selected
      if isSelected { frame.canvas.fill(line, with: Cell(" ", ground: .role(.selection))) }
      let isShown = panels.contains(.method(view.method.name))
      let number = first + row < 5 ? "\(first + row + 5)" : " "
      write(number, line: row + 1, in: box, ink: .key, on: &frame)
      write(
        isShown ? "✓" : " ", line: row + 1, in: box, indent: 2, ink: .success, on: &frame)
      write(
        table.row(view), line: row + 1, in: box, indent: 4,
        ink: isSelected ? .selectionText : .overlayText, style: isSelected ? .bold : [], on: &frame)
      let state = state(of: view)
      frame.canvas.write(
        state.text.shortened(to: table.stateColumns), column: box.column + table.stateColumn,
        row: line.row, width: table.stateColumns, ink: .role(state.ink))
      frame.addZone(line, .overlayLine(first + row))
    }
    for (index, line) in lines.enumerated() {
      write(line.text, line: tableRows + 2 + index, in: box, ink: line.ink, on: &frame)
    }
  }

  /// How far a method is, in a few words.
  private func state(of view: MethodView) -> (text: String, ink: Role) {
    switch view.atSpots {
    case .absent:
      let isEarly = view.method.isWatched && runs[view.method.name] == nil
      return (isEarly ? "no epoch yet" : "not asked yet", .muted)
    case .predicting(nil): return ("waiting", .muted)
    case .predicting(let progress?):
      return ("\(Int(progress.fraction * 100)) % \(progress.stage)", .accent)
    case .failed: return ("failed", .failure)
    case .cancelled: return ("cancelled", .warning)
    case .ready:
      if case .predicting(let progress) = view.dense {
        return ("ready, finer \(Int((progress?.fraction ?? 0) * 100)) %", .success)
      }
      guard let epoch = view.epochName else { return ("ready", .success) }
      if view.epochProblem != nil { return ("newest failed", .warning) }
      return (view.awaits(.spots) ? "\(epoch), next …" : epoch, .success)
    }
  }

  /// What a method was trained on and where it comes from, as sentences.
  private func facts(about view: MethodView) -> [(text: String, ink: Role)] {
    var facts: [(text: String, ink: Role)] = []
    switch view.atSpots {
    case .failed(let problem): facts.append((problem, .failure))
    case .ready(let ready):
      let prediction = ready.prediction
      if let normalization = prediction.normalization {
        let formula = normalization.formula(panelSize: prediction.geneCount)
        facts.append(("Trained on \(normalization.name): \(formula).", .overlayText))
      } else {
        facts.append(
          ("Normalization unknown: compared under \(normalization.name), which n changes.", .muted))
      }
      facts.append((prediction.origin?.summary ?? "Training protocol unknown.", .overlayText))
      if let doubt = doubt(about: prediction) {
        facts.append(("! \(doubt)", .warning))
      }
      if ready.knownGenes < prediction.geneCount {
        let missing = prediction.geneCount - ready.knownGenes
        facts.append(
          (
            missing == 1
              ? "One of its genes is not in this section."
              : "\(missing.grouped) of its genes are not in this section.", .muted
          ))
      }
      facts += prediction.notes.prefix(3).map { ($0, .muted) }
    default: break
    }
    switch view.method.source {
    case .checkpoint(let file): facts.append(("Weights: \(file.path)", .muted))
    case .table(let file): facts.append(("Table: \(file.path)", .muted))
    case .layer(let path): facts.append(("Layer of the section's file: \(path)", .muted))
    case .run(let folder):
      if let problem = view.epochProblem { facts.append((problem, .failure)) }
      let epoch = view.epochName.map { ", \($0)" } ?? ""
      facts.append(("Run: \(folder.path)\(epoch)", .muted))
    }
    return facts
  }

  /// The rankings on offer; those by scores that are not there yet are written quietly.
  func drawRankings(selected: Int, on frame: inout Frame) {
    let all = rankings
    let visible = min(all.count, max(1, rows - 7))
    let box = drawBox(title: "Rank genes by", columns: 46, rows: visible, on: &frame)
    let first = max(0, min(selected - visible / 2, all.count - visible))
    for (row, ranking) in all.dropFirst(first).prefix(visible).enumerated() {
      let line = Rectangle(column: box.column, row: box.row + row, columns: box.columns, rows: 1)
      let isSelected = first + row == selected
      if isSelected { frame.canvas.fill(line, with: Cell(" ", ground: .role(.selection))) }
      let isReady = ranking.methods.allSatisfy { method(named: $0)?.scores != nil }
      let number = first + row < 9 ? "\(first + row + 1)" : " "
      write(number, line: row, in: box, ink: .key, on: &frame)
      write(
        (ranking == genes.ranking ? "› " : "  ") + ranking.title
          + (isReady ? "" : " — predicted first"),
        line: row, in: box, indent: 2,
        ink: !isReady ? .muted : isSelected ? .selectionText : .overlayText,
        style: isSelected ? .bold : [], on: &frame)
      frame.addZone(line, .overlayLine(first + row))
    }
  }
}

/// Columns of the table of methods: numbers aligned, the last of them left out when there is no
/// room.
private struct MethodTable {
  let nameColumns: Int
  /// How many of the numbers there is room for.
  let numbers: Int
  let stateColumn: Int
  let stateColumns: Int

  private static let titles = [
    "genes", "PCC", "attainable", "share", "median", "Q1", "Q3", "constant",
  ]
  private static let widths = [7, 8, 12, 7, 8, 8, 8, 10]

  init(width: Int, names: [Int]) {
    let nameColumns = max(6, min(names.max() ?? 6, 24))
    let leastState = 12
    // Where the state begins behind each number of columns.
    let used = (0...Self.widths.count).map { count in
      4 + nameColumns + Self.widths.prefix(count).reduce(0, +) + 2
    }
    numbers = used.lastIndex { $0 + leastState <= width } ?? 0
    stateColumn = used[numbers]
    stateColumns = max(0, width - used[numbers])
    self.nameColumns = nameColumns
  }

  var heading: String {
    let numbers = zip(Self.titles, Self.widths).prefix(numbers).map {
      $0.fitted(to: $1, alignedRight: true)
    }
    return "    " + "method".fitted(to: nameColumns) + numbers.joined()
  }

  func row(_ view: MethodView) -> String {
    let summary = view.scores?.summary
    let share = view.scores?.share
    func score(_ value: Double?) -> String {
      // Rounded first, so that no zero has a sign.
      value.map { String(format: "%.3f", ($0 * 1000).rounded() / 1000 + 0) } ?? "–"
    }
    let texts =
      summary.map { summary in
        [
          summary.genes.grouped, score(summary.mean), score(share?.attainable),
          share.map { percent(Float($0.share)) } ?? "–", score(summary.median),
          score(summary.lowerQuartile), score(summary.upperQuartile),
          summary.constantGenes.grouped,
        ]
      } ?? Self.titles.map { _ in "–" }
    let numbers = zip(texts, Self.widths).prefix(numbers).map {
      $0.fitted(to: $1, alignedRight: true)
    }
    return view.method.name.fitted(to: nameColumns) + numbers.joined()
  }
}
