extension StepPlot {
  /// Draws the curves in dots, `+` where somebody is censored, an axis and the numbers at risk.
  ///
  /// Curves are named in their colours before the numbers at risk, and the second and further ones
  /// have gaps between their dots, so that colour is not the only sign. Bands are left out.
  ///
  /// - Parameters:
  ///   - canvas: drawn on inside `area` alone.
  ///   - area: any size; without room for axis and numbers only curves are drawn.
  public func draw(on canvas: inout Canvas, in area: Rectangle) {
    guard !area.isEmpty else { return }
    let feet = area.rows >= curves.count + 7 ? curves.count + 2 : area.rows >= 4 ? 1 : 0
    let (foot, body) = area.splitBottom(feet)
    let values = valueAxis(ticks: max(1, body.rows / 3))
    let times = timeAxis(ticks: max(1, area.columns / 12))
    let names = feet > 1 ? curves.map(\.name.columns).max() ?? 0 : 0
    let numbers = values.ticks.map { values.text(ofTick: $0).columns }.max() ?? 0
    let wanted = area.columns >= 20 ? max(numbers, min(names + 3, area.columns / 3)) + 2 : 0
    let (labels, plot) = body.splitLeft(wanted)
    guard !plot.isEmpty else { return }
    if wanted > 0 { drawValues(values, labels, plot, on: &canvas) }
    for index in curves.indices { drawCurve(index, times, values, in: plot, on: &canvas) }
    if feet > 0 { drawTimes(times, plot, row: foot.row, on: &canvas) }
    if feet > 1 { drawNumbersAtRisk(times, labels, plot, foot, on: &canvas) }
  }

  private func column(of time: Double, _ axis: AxisScale, _ plot: Rectangle) -> Int {
    let share = min(max(axis.share(of: time), 0), 1)
    return plot.column + Int((share * Double(plot.columns - 1)).rounded())
  }

  private func row(of value: Double, _ axis: AxisScale, _ plot: Rectangle) -> Int {
    let share = min(max(axis.share(of: value), 0), 1)
    return plot.row + Int(((1 - share) * Double(plot.rows - 1)).rounded())
  }

  private func drawCurve(
    _ index: Int, _ times: AxisScale, _ values: AxisScale, in plot: Rectangle,
    on canvas: inout Canvas
  ) {
    let curve = curves[index]
    let ink = Ink.color(palette.color(of: index))
    var dots = DotGrid(columns: plot.columns, rows: plot.rows)
    let corners = corners(of: curve).filter { $0.x.isFinite && $0.y.isFinite }.map { corner in
      (
        x: Int((min(max(times.share(of: corner.x), 0), 1) * Double(dots.width - 1)).rounded()),
        y: Int(
          ((1 - min(max(values.share(of: corner.y), 0), 1)) * Double(dots.height - 1)).rounded())
      )
    }
    let every = index + 1
    for (from, to) in zip(corners, corners.dropFirst()) {
      for x in min(from.x, to.x)...max(from.x, to.x) where x % every == 0 {
        dots.set(x: x, y: from.y)
      }
      for y in min(from.y, to.y)...max(from.y, to.y) where y % every == 0 {
        dots.set(x: to.x, y: y)
      }
    }
    canvas.draw(dots, column: plot.column, row: plot.row, ink: ink)
    for time in curve.censored where time.isFinite {
      guard let value = curve.value(at: time), value.isFinite else { continue }
      canvas.write(
        "+", column: column(of: time, times, plot), row: row(of: value, values, plot), ink: ink,
        style: .bold)
    }
  }

  private func drawValues(
    _ axis: AxisScale, _ labels: Rectangle, _ plot: Rectangle, on canvas: inout Canvas
  ) {
    for row in plot.row..<plot.maxRow {
      canvas.write("│", column: labels.maxColumn - 1, row: row, ink: .role(.border))
    }
    for tick in axis.ticks {
      let text = axis.text(ofTick: tick)
        .fitted(to: max(0, labels.columns - 2), alignedRight: true)
      canvas.write(text, column: labels.column, row: row(of: tick, axis, plot), ink: .role(.muted))
    }
  }

  /// The ticks' numbers, as many as do not touch, and what they count at the right of them.
  private func drawTimes(
    _ axis: AxisScale, _ plot: Rectangle, row: Int, on canvas: inout Canvas
  ) {
    var free = plot.column
    for tick in axis.ticks {
      let text = axis.text(ofTick: tick)
      let start = min(
        max(column(of: tick, axis, plot) - text.columns / 2, plot.column),
        plot.maxColumn - text.columns)
      guard start >= free, text.columns <= plot.columns else { continue }
      free = canvas.write(text, column: start, row: row, ink: .role(.muted)) + 1
    }
  }

  private func drawNumbersAtRisk(
    _ axis: AxisScale, _ labels: Rectangle, _ plot: Rectangle, _ foot: Rectangle,
    on canvas: inout Canvas
  ) {
    let heading = "at risk · \(timeName)"
    canvas.write(
      heading.shortened(to: foot.columns), column: foot.column, row: foot.row + 1,
      ink: .role(.muted))
    for (index, curve) in curves.enumerated() {
      let row = foot.row + 2 + index
      drawName(of: index, row: row, in: labels, on: &canvas)
      var free = plot.column
      for tick in axis.ticks {
        let text = String(curve.durations.count { $0 >= tick })
        let start = min(
          max(column(of: tick, axis, plot) - text.columns / 2, plot.column),
          plot.maxColumn - text.columns)
        guard start >= free, text.columns <= plot.columns else { continue }
        free = canvas.write(text, column: start, row: row, ink: .role(.text)) + 1
      }
    }
  }

  /// A piece of the curve and its name.
  private func drawName(of index: Int, row: Int, in labels: Rectangle, on canvas: inout Canvas) {
    guard labels.columns > 4 else { return }
    let ink = Ink.color(palette.color(of: index))
    var piece = DotGrid(columns: 2, rows: 1)
    for x in 0..<4 where x % (index + 1) == 0 { piece.set(x: x, y: 1) }
    canvas.draw(piece, column: labels.column, row: row, ink: ink)
    canvas.write(
      curves[index].name.shortened(to: labels.columns - 4), column: labels.column + 3, row: row,
      ink: ink, style: .bold)
  }
}
