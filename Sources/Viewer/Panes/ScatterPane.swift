import Drawing

extension ViewerState {
  /// Draws a plot with its axes: a dot a spot, the fitted line, the chosen spot.
  func draw(_ plot: ScatterPlot, in body: Rectangle, on frame: inout Frame) {
    let (area, labels) = Self.plotArea(of: plot, in: body)
    guard !area.isEmpty else { return }
    drawAxes(plot, area, labelColumns: labels, in: body, on: &frame)
    var line = DotGrid(columns: area.columns, rows: area.rows)
    var dots = line
    for x in 0..<line.width {
      guard let height = plot.lineHeight(atShare: Double(x) / Double(max(1, line.width - 1))),
        abs(height) < 4
      else { continue }
      line.set(x: x, y: row(ofShare: height, of: line.height))
    }
    for spot in plot.x.indices {
      guard let place = plot.place(ofSpot: spot) else { continue }
      dots.set(
        x: Int((place.x * Double(dots.width - 1)).rounded()),
        y: row(ofShare: place.y, of: dots.height))
    }
    // The line last: in a dense cloud it would be lost among the dots.
    frame.canvas.draw(dots, column: area.column, row: area.row, ink: .role(.text))
    frame.canvas.draw(line, column: area.column, row: area.row, ink: .role(.accent))
    guard let spot, let place = plot.place(ofSpot: spot) else { return }
    frame.canvas.write(
      "◆", column: area.column + Int(place.x * Double(area.columns - 1) + 0.5),
      row: area.row + row(ofShare: place.y, of: area.rows), ink: .role(.cursor), style: .bold)
  }

  /// The spot whose dot is nearest to a cell.
  func spot(in plot: ScatterPlot, column: Int, row: Int, body: Rectangle) -> Int? {
    let area = Self.plotArea(of: plot, in: body).area
    guard area.columns > 1, area.rows > 1 else { return nil }
    return plot.nearestSpot(
      x: Double(column - area.column) / Double(area.columns - 1),
      y: 1 - Double(row - area.row) / Double(area.rows - 1))
  }

  private func row(ofShare share: Double, of rows: Int) -> Int {
    Int(((1 - share) * Double(rows - 1)).rounded())
  }

  /// Where the dots are: right of the numbers of y and above those of x, where there is room.
  private static func plotArea(
    of plot: ScatterPlot, in body: Rectangle
  ) -> (area: Rectangle, labelColumns: Int) {
    let labels = max(
      shortNumber(plot.yRange.lower).columns, shortNumber(plot.yRange.upper).columns)
    guard body.columns >= labels + 10, body.rows >= 5 else { return (body, 0) }
    return (
      Rectangle(
        column: body.column + labels + 2, row: body.row, columns: body.columns - labels - 3,
        rows: body.rows - 2),
      labels
    )
  }

  private func drawAxes(
    _ plot: ScatterPlot, _ area: Rectangle, labelColumns: Int, in body: Rectangle,
    on frame: inout Frame
  ) {
    guard labelColumns > 0 else { return }
    let axis = area.column - 1
    for row in area.row..<area.maxRow {
      frame.canvas.write("│", column: axis, row: row, ink: .role(.border))
    }
    frame.canvas.write(
      "└" + String(repeating: "─", count: area.columns), column: axis, row: area.maxRow,
      ink: .role(.border))
    for (value, row) in [(plot.yRange.upper, area.row), (plot.yRange.lower, area.maxRow - 1)] {
      frame.canvas.write(
        shortNumber(value).fitted(to: labelColumns, alignedRight: true),
        column: axis - labelColumns, row: row, ink: .role(.muted))
    }
    let lower = shortNumber(plot.xRange.lower)
    let upper = shortNumber(plot.xRange.upper)
    let row = area.maxRow + 1
    frame.canvas.write(lower, column: area.column, row: row, ink: .role(.muted))
    frame.canvas.write(
      upper, column: area.maxColumn - upper.columns, row: row, ink: .role(.muted))
    let room = area.columns - lower.columns - upper.columns - 2
    let names = ["↑ predicted · observed →", "observed →"]
    if let name = names.first(where: { $0.columns <= room }) {
      frame.canvas.write(
        name, column: area.column + lower.columns + 1 + (room - name.columns) / 2, row: row,
        ink: .role(.muted))
    }
  }
}
