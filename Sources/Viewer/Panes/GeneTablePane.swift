import Drawing
import Evaluation
import Sections
import Workbench

/// Where the parts of the table of genes are.
struct GeneTableLayout {
  var heading, search, titles, body, foot: Rectangle
  var nameColumns: Int
  /// The columns there is room for, as places among all.
  var shown: Range<Int>

  init(in stage: Rectangle, columns: [GeneColumn], chosen: Int) {
    var rest = stage
    (heading, rest) = rest.splitTop(1)
    (search, rest) = rest.splitTop(1)
    (titles, rest) = rest.splitTop(1)
    let footRows = stage.rows < 12 ? 0 : stage.columns >= 100 ? 3 : 4
    (foot, body) = rest.splitBottom(footRows)
    nameColumns = min(max(8, stage.columns / 5), 18)
    // The names stay; of the others as few are passed over as bring the chosen one into view.
    let room = stage.columns - nameColumns - 4
    func end(from start: Int) -> Int {
      var (end, used) = (start, 0)
      while end < columns.count, used + columns[end].columns <= room {
        used += columns[end].columns
        end += 1
      }
      return end
    }
    var start = 1
    while start < chosen, end(from: start) <= chosen { start += 1 }
    shown = start..<max(start, end(from: start))
  }
}

extension ViewerState {
  /// The screen between the bars.
  var wholeStage: Rectangle {
    Rectangle(column: 0, row: 1, columns: columns, rows: max(0, rows - 3))
  }

  var geneTable: GeneTableLayout {
    GeneTableLayout(in: wholeStage, columns: geneColumns, chosen: geneColumn)
  }

  /// Every gene a row, with what there is to predict and how the compared method predicts it.
  func drawGeneTable(on frame: inout Frame) {
    let layout = geneTable
    frame.addZone(wholeStage, .geneList)
    drawHeading(in: layout.heading, on: &frame)
    drawSearch(in: layout.search, on: &frame)
    drawGeneTableState(in: layout.search, on: &frame)
    drawGeneTitles(layout, on: &frame)
    drawGeneFoot(in: layout.foot, on: &frame)
    guard !genes.shown.isEmpty else {
      drawNoGenes(in: layout.body, on: &frame)
      return
    }
    let values = columnValues(layout)
    let (body, place) = (layout.body, genes.selectedPlace ?? 0)
    let first = max(0, min(place - body.rows / 2, genes.shown.count - body.rows))
    for row in 0..<min(body.rows, genes.shown.count - first) {
      drawGene(genes.shown[first + row], values, layout, row: body.row + row, on: &frame)
    }
  }

  /// The numbers of a column, and the largest of them for the decimals.
  private struct ColumnValues {
    var column: GeneColumn
    var values: [Float]?
    /// Where a gene's number is among the values; nil where there is one for every gene.
    var places: [Int]?
    var largest: Float

    func value(ofGene gene: Int) -> Float? {
      guard let values else { return nil }
      guard let places else { return values[gene] }
      return places[gene] < 0 ? .nan : values[places[gene]]
    }
  }

  private func columnValues(_ layout: GeneTableLayout) -> [ColumnValues] {
    let name = comparedMethod?.method.name
    let scores = name.flatMap(sectionScores)
    let columns = name.flatMap { scores?.method($0) }
    let places = scores?.places(of: genes.names)
    return layout.shown.map { index in
      let column = geneColumns[index]
      var shown = ColumnValues(column: column, values: nil, places: nil, largest: 0)
      switch column {
      case .name: break
      case .mean: shown.values = statistics?.mean
      case .variance: shown.values = statistics?.variance
      case .moransI: shown.values = moransI
      case .attainable: shown.values = attainableValues
      case .share: shown.values = comparedMethod?.scores?.shareOfGene
      case .measure(.pearson): shown.values = comparedMethod?.scores?.pearson
      case .measure(.pearsonMinusLog10P): shown.values = comparedMethod?.scores?.minusLog10P
      case .measure(let measure):
        shown.values = columns.map { $0.values(measure).map { Float($0) } }
        shown.places = places
      }
      shown.largest = shown.values.map(largestFinite) ?? 0
      return shown
    }
  }

  private func drawGene(
    _ gene: Int, _ values: [ColumnValues], _ layout: GeneTableLayout, row: Int,
    on frame: inout Frame
  ) {
    let isSelected = gene == genes.selected
    let ground = Ink.role(isSelected ? .selection : .background)
    let ink = Ink.role(isSelected ? .selectionText : .text)
    let line = Rectangle(
      column: layout.body.column, row: row, columns: layout.body.columns, rows: 1)
    frame.canvas.fill(line, with: Cell(" ", ink: ink, ground: ground))
    frame.addZone(line, .gene(gene))
    let name = genes.names[gene]
    frame.canvas.write(
      isSelected ? "›" : " ", column: 0, row: row, ink: .role(.accent), ground: ground)
    if genes.starred.contains(name) {
      frame.canvas.write("★", column: 1, row: row, ink: .role(.star), ground: ground)
    }
    var column = frame.canvas.write(
      name.fitted(to: layout.nameColumns), column: 3, row: row, ink: ink, ground: ground,
      style: isSelected ? .bold : [])
    for shown in values {
      let width = shown.column.columns
      // The last place is left to the mark of the heading's order.
      let number = text(of: shown, gene).fitted(to: width - 1, alignedRight: true)
      let isQuiet = shown.value(ofGene: gene).map { !$0.isFinite } ?? true
      frame.canvas.write(
        number, column: column, row: row,
        ink: isQuiet && !isSelected ? .role(.muted) : ink, ground: ground)
      column += width
    }
  }

  private func text(of shown: ColumnValues, _ gene: Int) -> String {
    guard let value = shown.value(ofGene: gene) else { return "…" }
    return shown.column == .share ? percent(value) : alignedNumber(value, largest: shown.largest)
  }

  // MARK: Around it

  private func drawGeneTitles(_ layout: GeneTableLayout, on frame: inout Frame) {
    let row = layout.titles.row
    guard layout.titles.rows > 0 else { return }
    func draw(_ index: Int, column: Int, width: Int, alignedRight: Bool) {
      let isChosen = index == geneColumn
      let isRanked = ranking(by: geneColumns[index]) == genes.ranking
      let mark = isRanked ? (genes.isReversed ? "▴" : "▾") : " "
      let symbol = geneColumns[index].symbol
      let text =
        alignedRight
        ? symbol.fitted(to: width - 1, alignedRight: true) + mark
        : (symbol + mark).fitted(to: width)
      let title = Rectangle(column: column, row: row, columns: width, rows: 1)
      frame.canvas.fill(
        title, with: Cell(" ", ground: .role(isChosen ? .selection : .background)))
      frame.canvas.write(
        text, column: column, row: row, width: width,
        ink: .role(isChosen ? .selectionText : isRanked ? .accent : .muted),
        style: isChosen || isRanked ? .bold : [])
      frame.addZone(title, .geneColumn(index))
    }
    draw(0, column: 3, width: layout.nameColumns, alignedRight: false)
    var column = 3 + layout.nameColumns
    for index in layout.shown {
      let width = geneColumns[index].columns
      draw(index, column: column, width: width, alignedRight: true)
      column += width
    }
  }

  /// Whose measures these are, and how many columns lie to either side.
  private func drawGeneTableState(in area: Rectangle, on frame: inout Frame) {
    guard area.rows > 0 else { return }
    let shown = geneTable.shown
    let (before, after) = (shown.lowerBound - 1, geneColumns.count - shown.upperBound)
    var parts: [(text: String, command: Command?, ink: Role)] = []
    if let view = comparedMethod {
      let name = view.method.name
      parts.append(("measures of \(name.shortened(to: 20))", .nextCompared, .muted))
      if let state = stateOfMeasures(view) { parts.append((state.text, nil, state.ink)) }
    }
    if before + after > 0 {
      let text = [before > 0 ? "‹ \(before)" : nil, after > 0 ? "\(after) ›" : nil]
      parts.append((text.compactMap(\.self).joined(separator: "  "), nil, .accent))
    }
    var column = area.maxColumn - 1
    for part in parts.reversed() {
      let room = column - area.column - 30
      guard room > 8 else { return }
      let text = part.text.shortened(to: room)
      column -= text.columns
      frame.canvas.write(text, column: column, row: area.row, ink: .role(part.ink))
      if let command = part.command {
        frame.addZone(
          Rectangle(column: column, row: area.row, columns: text.columns, rows: 1),
          .command(command))
      }
      column -= 2
    }
  }

  /// Why the measures are not there, or how far they are; nil when they are there.
  private func stateOfMeasures(_ view: MethodView) -> (text: String, ink: Role)? {
    switch evaluation(of: EvaluationKey(section: sectionIndex, method: view.method.name)) {
    case .done: nil
    case .failed(let problem): (problem, .failure)
    case .working(let progress?): ("scoring \(Int(progress.fraction * 100)) %", .accent)
    case .working(nil): ("scoring …", .accent)
    case nil: ("not scored", .muted)
    }
  }

  /// What the chosen column is, below the table.
  private func drawGeneFoot(in area: Rectangle, on frame: inout Frame) {
    guard area.rows > 1 else { return }
    let column = geneColumns[min(geneColumn, geneColumns.count - 1)]
    drawRule(" \(column.title) ", in: area, on: &frame)
    let lines = column.explanation.wrapped(to: max(1, area.columns - 2))
    for (index, line) in lines.prefix(area.rows - 1).enumerated() {
      frame.canvas.write(
        line, column: area.column + 1, row: area.row + 1 + index, ink: .role(.muted))
    }
  }

  /// A line across an area's first row with a title on it.
  func drawRule(
    _ title: String, in area: Rectangle, hasFocus: Bool = false, on frame: inout Frame
  ) {
    guard area.rows > 0 else { return }
    for column in area.column..<area.maxColumn {
      frame.canvas.write("─", column: column, row: area.row, ink: .role(.border))
    }
    frame.canvas.write(
      title.shortened(to: area.columns), column: area.column, row: area.row,
      ink: .role(hasFocus ? .accent : .title), style: .bold)
  }
}
