extension BoxPlot {
  /// The rows that the whole plot takes on a canvas, its axis included.
  public var canvasRows: Int { canvasLines.count + 2 }

  /// Draws lying boxes, a row a series within each group, and an axis below them.
  ///
  /// `├──▒▒│▒▒──┤`: whiskers, box and median; `·` values beyond the whiskers; `┊` the reference.
  /// The medians stand at the right where there is room. Long names shorten in the middle. With a
  /// single series its name is left out and each group takes one row.
  ///
  /// - Parameters:
  ///   - canvas: drawn on inside `area` alone.
  ///   - area: any size; without room for the axis only boxes are drawn.
  ///   - skipping: rows left out at the top, for scrolling.
  public func draw(on canvas: inout Canvas, in area: Rectangle, skipping: Int = 0) {
    guard !area.isEmpty else { return }
    let axisRows = area.rows >= 4 ? 2 : area.rows >= 2 ? 1 : 0
    let (foot, body) = area.splitBottom(axisRows)
    let lines = canvasLines
    let names = lines.map { name(of: $0).columns }.max() ?? 0
    let (labels, plot) = body.splitLeft(min(names + 1, area.columns / 3))
    let numbers = plot.columns >= 24 ? 7 : 0
    let frame = CanvasFrame(
      labels: labels,
      plot: Rectangle(
        column: plot.column, row: plot.row, columns: plot.columns - numbers, rows: plot.rows),
      numbers: numbers, axis: axis)
    for (offset, line) in lines.dropFirst(max(0, skipping)).prefix(body.rows).enumerated() {
      draw(line, row: body.row + offset, frame, on: &canvas)
    }
    drawAxis(frame, in: foot, on: &canvas)
  }

  private enum CanvasLine {
    case heading(Int)
    case box(group: Int, series: Int)
  }

  private struct CanvasFrame {
    var labels, plot: Rectangle
    /// Columns right of the plot for the median.
    var numbers: Int
    var axis: AxisScale

    func column(of value: Double) -> Int? {
      guard value.isFinite, plot.columns > 0 else { return nil }
      let share = min(max(axis.share(of: value), 0), 1)
      return plot.column + Int((share * Double(plot.columns - 1)).rounded())
    }
  }

  private var canvasLines: [CanvasLine] {
    groups.indices.flatMap { group -> [CanvasLine] in
      let boxes = series.indices.map { CanvasLine.box(group: group, series: $0) }
      return series.count > 1 ? [.heading(group)] + boxes : boxes
    }
  }

  private func name(of line: CanvasLine) -> String {
    switch line {
    case .heading: ""
    case .box(let group, let index):
      series.count > 1 ? "  " + series[index] : groups[group].name
    }
  }

  // MARK: Lines

  private func draw(
    _ line: CanvasLine, row: Int, _ frame: CanvasFrame, on canvas: inout Canvas
  ) {
    switch line {
    case .heading(let index):
      let group = groups[index]
      let room = frame.labels.columns + frame.plot.columns + frame.numbers
      let end = canvas.write(
        group.name.shortened(to: room), column: frame.labels.column, row: row, ink: .role(.title),
        style: .bold)
      guard let reference = group.reference, reference.isFinite else { return }
      let text = " · \(referenceName) \(figureNumber(reference))"
      if end + text.columns <= frame.labels.column + room {
        canvas.write(text, column: end, row: row, ink: .role(.muted))
      }
    case .box(let group, let index):
      canvas.write(
        name(of: line).shortened(to: max(0, frame.labels.columns - 1)),
        column: frame.labels.column, row: row, ink: .role(.text))
      let values = index < groups[group].values.count ? groups[group].values[index] : []
      drawBox(of: values, groups[group].reference, series: index, row: row, frame, on: &canvas)
    }
  }

  private func drawBox(
    of values: [Double], _ reference: Double?, series: Int, row: Int, _ frame: CanvasFrame,
    on canvas: inout Canvas
  ) {
    guard let box = BoxStatistics(of: values) else {
      canvas.write(
        "no values", column: frame.plot.column, row: row, width: frame.plot.columns,
        ink: .role(.muted))
      return
    }
    func put(_ glyph: Unicode.Scalar, _ value: Double, _ ink: Ink, _ style: Cell.Style = []) {
      guard let column = frame.column(of: value) else { return }
      canvas.write(String(glyph), column: column, row: row, ink: ink, style: style)
    }
    func fill(_ glyph: Unicode.Scalar, _ from: Double, _ to: Double, _ ink: Ink) {
      guard let first = frame.column(of: from), let last = frame.column(of: to) else { return }
      for column in first...max(first, last) {
        canvas.write(String(glyph), column: column, row: row, ink: ink)
      }
    }
    for value in box.outliers { put("·", value, .role(.muted)) }
    fill("─", box.lowerWhisker, box.upperWhisker, .role(.muted))
    put("├", box.lowerWhisker, .role(.muted))
    put("┤", box.upperWhisker, .role(.muted))
    fill("▒", box.lowerQuartile, box.upperQuartile, .color(palette.color(of: series)))
    if let reference { put("┊", reference, .role(.accent), .bold) }
    put("│", box.median, .role(.text), .bold)
    let number = figureNumber(box.median).fitted(to: max(0, frame.numbers - 1), alignedRight: true)
    canvas.write(
      number, column: frame.plot.maxColumn + 1, row: row, width: max(0, frame.numbers - 1),
      ink: .role(.text))
  }

  // MARK: Axis

  /// Every tick's number or every second, third … so that none touch; above them a line with all
  /// ticks when there are two rows.
  private func drawAxis(_ frame: CanvasFrame, in foot: Rectangle, on canvas: inout Canvas) {
    guard foot.rows > 0, frame.plot.columns > 0 else { return }
    if foot.rows > 1 {
      for column in frame.plot.column..<frame.plot.maxColumn {
        canvas.write("─", column: column, row: foot.row, ink: .role(.border))
      }
    }
    let ticks = frame.axis.ticks.compactMap { tick -> (column: Int, start: Int, text: String)? in
      let text = frame.axis.text(ofTick: tick)
      guard let column = frame.column(of: tick), text.columns <= frame.plot.columns else {
        return nil
      }
      let last = frame.plot.maxColumn - text.columns
      return (column, min(max(column - text.columns / 2, frame.plot.column), last), text)
    }
    // Counted from zero, so that it keeps its number.
    let zero = frame.axis.ticks.firstIndex { abs($0) < 1e-12 } ?? 0
    let every = (1...max(1, ticks.count)).first { step in
      let shown = ticks.indices.filter { ($0 - zero).isMultiple(of: step) }
      return zip(shown, shown.dropFirst()).allSatisfy {
        ticks[$0].start + ticks[$0].text.columns < ticks[$1].start
      }
    }
    for (index, tick) in ticks.enumerated() {
      if foot.rows > 1 {
        canvas.write("┴", column: tick.column, row: foot.row, ink: .role(.border))
      }
      guard (index - zero).isMultiple(of: every ?? 1) else { continue }
      canvas.write(tick.text, column: tick.start, row: foot.maxRow - 1, ink: .role(.muted))
    }
    let room = frame.labels.columns - 1
    if valueName.columns <= room {
      canvas.write(
        valueName, column: frame.labels.column, row: foot.maxRow - 1, ink: .role(.muted))
    }
  }
}
