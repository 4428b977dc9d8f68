import Drawing
import Foundation
import Sections

extension ViewerState {
  /// The list of genes: heading, search line, and a row a gene with its ranked value.
  func drawGenes(in area: Rectangle, on frame: inout Frame) {
    guard area.columns >= 12, area.rows >= 3 else { return }
    frame.addZone(area, .geneList)
    let (heading, below) = area.splitTop(1)
    let (searchLine, list) = below.splitTop(1)
    drawHeading(in: heading, on: &frame)
    drawSearch(in: searchLine, on: &frame)
    guard loaded != nil else { return }
    guard !genes.shown.isEmpty else {
      drawNoGenes(in: list, on: &frame)
      return
    }
    let values = rankedValues ?? statistics?.mean
    let ticks = rankedAttainable
    let largest = max(values.map(largestFinite) ?? 0, ticks.map(largestFinite) ?? 0)
    let place = genes.selectedPlace ?? 0
    let first = max(0, min(place - list.rows / 2, genes.shown.count - list.rows))
    for row in 0..<min(list.rows, genes.shown.count - first) {
      let gene = genes.shown[first + row]
      drawGene(
        gene, value: values?[gene], tick: ticks?[gene], largest: largest,
        in: Rectangle(column: list.column, row: list.row + row, columns: list.columns, rows: 1),
        on: &frame)
    }
  }

  /// Why the list is empty.
  func drawNoGenes(in list: Rectangle, on frame: inout Frame) {
    let text =
      genes.query.isEmpty
      ? genes.allowed == nil ? "no genes" : "no predicted genes · h lists all"
      : "no gene has ‘\(genes.query)’ in its name"
    for (row, line) in text.wrapped(to: max(1, list.columns - 2)).enumerated()
    where row < list.rows {
      frame.canvas.write(
        line, column: list.column + 1, row: list.row + row, width: list.columns - 2,
        ink: .role(.muted))
    }
  }

  func drawHeading(in area: Rectangle, on frame: inout Frame) {
    let hasFocus = focus == .genes || display == .genes
    var column = frame.canvas.write(
      " Genes", column: area.column, row: area.row, ink: .role(hasFocus ? .accent : .title),
      style: .bold)
    let order = "by \(genes.ranking.title)\(genes.isReversed ? " ▴" : " ▾")"
    let start = column + 1
    column = frame.canvas.write(
      order, column: start, row: area.row, width: area.maxColumn - start, ink: .role(.muted))
    frame.addZone(
      Rectangle(column: start, row: area.row, columns: column - start, rows: 1),
      .command(.nextRanking))
    let isWaiting = loaded != nil && genes.ranking != .name && rankedValues == nil
    let count = isWaiting ? "…" : genes.shown.count.grouped
    if column + count.columns + 2 <= area.maxColumn {
      frame.canvas.write(
        count, column: area.maxColumn - count.columns - 1, row: area.row, ink: .role(.muted))
    }
  }

  func drawSearch(in area: Rectangle, on frame: inout Frame) {
    frame.addZone(area, .command(.search))
    guard isSearching || !genes.query.isEmpty else {
      let text =
        genes.showsOnlyStarred
        ? "★ starred only · S shows all"
        : genes.allowed != nil ? "/ search · predicted only (h)" : "/ search"
      let end = frame.canvas.write(
        text, column: area.column + 1, row: area.row, width: area.columns - 1, ink: .role(.muted))
      let legend = "┊ attainable"
      if display == .compare, rankedAttainable != nil, end + legend.columns + 1 < area.maxColumn {
        frame.canvas.write(
          legend, column: area.maxColumn - legend.columns - 1, row: area.row, ink: .role(.muted))
      }
      return
    }
    let end = frame.canvas.write(
      "/" + genes.query, column: area.column + 1, row: area.row, width: area.columns - 2,
      ink: .role(.accent))
    if isSearching {
      frame.canvas.write("▏", column: end, row: area.row, width: 1, ink: .role(.cursor))
    }
  }

  private func drawGene(
    _ gene: Int, value: Float?, tick: Float?, largest: Float, in row: Rectangle,
    on frame: inout Frame
  ) {
    let isSelected = gene == genes.selected
    let ground = Ink.role(isSelected ? .selection : .background)
    let ink = Ink.role(isSelected ? .selectionText : .text)
    frame.addZone(row, .gene(gene))
    frame.canvas.fill(row, with: Cell(" ", ink: ink, ground: ground))
    let name = genes.names[gene]
    frame.canvas.write(
      isSelected ? "›" : " ", column: row.column, row: row.row, ink: .role(.accent), ground: ground)
    if genes.starred.contains(name) {
      frame.canvas.write(
        "★", column: row.column + 1, row: row.row, ink: .role(.star), ground: ground)
    }
    let barColumns = max(0, min(8, row.columns - 21))
    let numberColumns = 7
    let nameColumns = row.columns - 2 - numberColumns - barColumns - 2
    frame.canvas.write(
      name.fitted(to: nameColumns), column: row.column + 2, row: row.row, ink: ink, ground: ground,
      style: isSelected ? .bold : [])
    guard let value else { return }
    let number =
      genes.ranking.isShare ? percent(value) : alignedNumber(value, largest: largest)
    frame.canvas.write(
      number.fitted(to: numberColumns, alignedRight: true),
      column: row.column + 2 + nameColumns, row: row.row, ink: ink, ground: ground)
    guard largest > 0, barColumns > 0 else { return }
    let bar = row.maxColumn - barColumns - 1
    if value.isFinite, value > 0 {
      frame.canvas.write(
        eighths(of: barColumns, share: Double(value / largest)), column: bar, row: row.row,
        width: barColumns, ink: .role(isSelected ? .accent : .border), ground: ground)
    }
    if let tick, tick.isFinite {
      let place = Int((tick / largest * Float(barColumns - 1)).rounded())
      frame.canvas.write(
        "┊", column: bar + min(max(place, 0), barColumns - 1), row: row.row,
        ink: .role(isSelected ? .selectionText : .muted), ground: ground)
    }
  }

  /// What the list's correlations could at best be, where it is ordered by correlations.
  private var rankedAttainable: [Float]? {
    guard case .pearson(let name) = genes.ranking else { return nil }
    return method(named: name)?.scores?.attainable
  }

  /// The largest of the values that are above 0 and finite, or 0; asked for at every frame.
  func largestFinite(_ values: [Float]) -> Float {
    var largest: Float = 0
    for value in values where value > largest && value < .infinity { largest = value }
    return largest
  }

  /// Numbers of one column, aligned at the point: as many decimals as the largest leaves room for.
  func alignedNumber(_ value: Float, largest: Float) -> String {
    guard value.isFinite else { return shortNumber(value) }
    guard largest < 100_000 else { return shortNumber(value) }
    return String(format: largest < 10 ? "%.3f" : largest < 1000 ? "%.2f" : "%.0f", value)
  }

  /// A bar as long as a share of `columns`, to an eighth of a cell.
  func eighths(of columns: Int, share: Double) -> String {
    let eighths = Int((min(max(share, 0), 1) * Double(columns) * 8).rounded())
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
  }
}
