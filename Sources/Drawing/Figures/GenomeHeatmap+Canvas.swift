extension GenomeHeatmap {
  /// Draws the heatmap in cells, two rows of colours in each, and the chromosomes and the scale below.
  ///
  /// Each group takes cells by its rows, at least one; those for which there is none left are cut
  /// off. Names shorten in the middle.
  ///
  /// - Parameters:
  ///   - canvas: drawn on inside `area` alone.
  ///   - area: any size; names, chromosomes and the scale are left out as it gets too small.
  public func draw(on canvas: inout Canvas, in area: Rectangle) {
    guard !area.isEmpty else { return }
    let feet = area.rows >= 6 ? 2 : area.rows >= 3 ? 1 : 0
    let (foot, body) = area.splitBottom(feet)
    let names = groups.map(\.name.columns).max() ?? 0
    let (labels, plot) = body.splitLeft(area.columns >= 20 ? min(names, area.columns / 4) + 2 : 0)
    guard !groups.isEmpty, columnCount > 0, !plot.isEmpty else {
      canvas.write(
        "no spots", column: body.column, row: body.row, width: body.columns, ink: .role(.muted))
      return
    }
    var row = plot.row
    for (group, rows) in zip(groups, canvasRows(of: plot.rows)) where rows > 0 {
      drawName(of: group, row: row, rows: rows, in: labels, on: &canvas)
      draw(
        group, in: Rectangle(column: plot.column, row: row, columns: plot.columns, rows: rows),
        on: &canvas)
      row += rows
    }
    let line = Rectangle(column: plot.column, row: foot.row, columns: plot.columns, rows: 1)
    if feet > 0 { drawChromosomes(in: line, on: &canvas) }
    if feet > 1 {
      let unit = valueName.shortened(to: max(0, plot.columns - 25))
      canvas.draw(
        scale,
        in: Rectangle(
          column: plot.column, row: foot.row + 1, columns: min(24, plot.columns), rows: 1))
      canvas.write(
        unit, column: plot.column + 25, row: foot.row + 1, width: max(0, plot.columns - 25),
        ink: .role(.muted))
    }
  }

  /// Cells of each group, as many as there are in all.
  private func canvasRows(of available: Int) -> [Int] {
    let all = groups.reduce(0) { $0 + $1.rows.count }
    let spare = max(0, available - groups.count)
    var (seen, given, left) = (0, 0, available)
    return groups.map { group in
      seen += group.rows.count
      let extra = spare * seen / max(1, all) - given
      given += extra
      let rows = min(left, 1 + extra)
      left -= rows
      return rows
    }
  }

  private func drawName(
    of group: Group, row: Int, rows: Int, in labels: Rectangle, on canvas: inout Canvas
  ) {
    guard labels.columns > 2 else { return }
    canvas.write(
      group.name.shortened(to: labels.columns - 2), column: labels.column, row: row,
      ink: .role(.text))
    for row in row..<row + rows {
      canvas.write("▌", column: labels.maxColumn - 1, row: row, ink: .color(group.color))
    }
  }

  private func draw(_ group: Group, in area: Rectangle, on canvas: inout Canvas) {
    let part = means(of: group, width: area.columns, height: area.rows * 2)
    let scale = scale
    func ink(_ column: Int, _ half: Int) -> Ink {
      let place = part.width * column / area.columns
      let row = part.height * half / (area.rows * 2)
      return scale.color(of: part.means[row * part.width + place]).map(Ink.color)
        ?? .role(.missing)
    }
    let borders = borders(columns: area.columns)
    for row in 0..<area.rows {
      for column in 0..<area.columns {
        let (upper, lower) = (ink(column, 2 * row), ink(column, 2 * row + 1))
        canvas[area.column + column, area.row + row] =
          borders.contains(column)
          ? Cell("▏", ink: Self.border(on: upper), ground: upper)
          : Cell("▀", ink: upper, ground: lower)
      }
    }
  }

  /// Dark on what is bright and bright on what is dark.
  private static func border(on ground: Ink) -> Ink {
    .color((ground.color?.brightness ?? 0) > 120 ? Color(0) : Color(0xFFFFFF))
  }

  /// The columns that chromosomes begin in; none where they would be most of what there is.
  private func borders(columns: Int) -> Set<Int> {
    let starts = Set(
      chromosomes.dropFirst().filter { !$0.columns.isEmpty }
        .map { columns * $0.columns.lowerBound / columnCount })
    return starts.count * 4 > columns ? [] : starts
  }

  /// `1 │2  │3`: each name behind the place where its chromosome begins.
  private func drawChromosomes(in line: Rectangle, on canvas: inout Canvas) {
    func place(_ column: Int) -> Int { line.column + line.columns * column / columnCount }
    for chromosome in chromosomes where !chromosome.columns.isEmpty {
      let start = place(chromosome.columns.lowerBound)
      let end = min(place(chromosome.columns.upperBound), line.maxColumn)
      canvas.write(
        "│", column: start, row: line.row, width: line.maxColumn - start, ink: .role(.border))
      if chromosome.name.columns < end - start {
        canvas.write(chromosome.name, column: start + 1, row: line.row, ink: .role(.muted))
      }
    }
  }
}
