import Drawing
import Testing

@Suite struct BoxPlotCanvasTests {
  private let plot = BoxPlot(
    title: "scores", valueName: "PCC", series: ["Ridge", "THItoGene"],
    groups: [
      .init(
        "A1", values: [[-0.4, 0, 0.1, 0.2, 0.3, 0.4, 1], [0.2, 0.3, 0.4, 0.5, 0.6]], reference: 0.8),
      .init("B1", values: [[0.1], []]),
    ])

  private func drawn(
    _ plot: BoxPlot, columns: Int, rows: Int, skipping: Int = 0
  ) -> Canvas {
    var canvas = Canvas(columns: columns, rows: rows)
    plot.draw(on: &canvas, in: canvas.bounds, skipping: skipping)
    return canvas
  }

  @Test func `boxes lie one below the other on one axis`() {
    #expect(plot.canvasRows == 8)
    #expect(
      drawn(plot, columns: 60, rows: 8).lines == [
        "A1 · attainable 0.80                                        ",
        "  Ridge     ·          ├─▒▒▒▒│▒▒▒▒─┤          ┊     ·   0.20",
        "  THItoGene                  ├──▒▒▒│▒▒▒──┤    ┊         0.40",
        "B1                                                          ",
        "  Ridge                   │                             0.10",
        "  THItoGene no values                                       ",
        "            ┴─────┴────┴─────┴─────┴─────┴────┴─────┴       ",
        "PCC         −0.4      0.0         0.4        0.8            ",
      ])
  }

  @Test func `parts are painted in their roles and the series' colours`() {
    let canvas = drawn(plot, columns: 60, rows: 8)
    func inks(_ glyph: Unicode.Scalar, row: Int) -> Set<Ink> {
      Set((0..<60).map { canvas[$0, row] }.filter { $0.glyph == glyph }.map(\.ink))
    }
    #expect(inks("▒", row: 1) == [.color(plot.palette.color(of: 0))])
    #expect(inks("▒", row: 2) == [.color(plot.palette.color(of: 1))])
    #expect(inks("│", row: 1) == [.role(.text)] && inks("┊", row: 1) == [.role(.accent)])
    #expect(inks("·", row: 1) == [.role(.muted)] && inks("A", row: 0) == [.role(.title)])
  }

  @Test func `a single series takes one row a group`() {
    var one = plot
    one.series = ["Ridge"]
    #expect(one.canvasRows == 4)
    #expect(
      drawn(one, columns: 34, rows: 4).lines == [
        "A1 ·      ▒▒▒│▒▒┤      ┊  ·   0.20",
        "B1         │                  0.10",
        "   ┴──┴───┴──┴──┴──┴───┴──┴       ",
        "   −0.4  0.0   0.4    0.8         ",
      ])
  }

  @Test func `rows at the top are left out when it is scrolled`() {
    #expect(drawn(plot, columns: 60, rows: 5, skipping: 3).lines[0].hasPrefix("B1"))
    let whole = drawn(plot, columns: 60, rows: 8).lines
    let rest = drawn(plot, columns: 60, rows: 7, skipping: 1).lines
    #expect(Array(whole.dropFirst()) == rest)
  }

  @Test func `it draws in its rectangle alone, however small`() {
    for columns in 0...30 {
      for rows in 0...9 {
        var canvas = Canvas(columns: 40, rows: 12, filledWith: Cell("x"))
        let area = Rectangle(column: 3, row: 2, columns: columns, rows: rows)
        plot.draw(on: &canvas, in: area)
        for row in 0..<12 {
          for column in 0..<40 where !area.contains(column: column, row: row) {
            #expect(canvas[column, row].glyph == "x", "\(columns) × \(rows): \(column), \(row)")
          }
        }
      }
    }
  }

  @Test func `bad values are said to be none`() {
    let bad = BoxPlot(
      title: "", valueName: "", series: ["a"],
      groups: [.init("g", values: [[.nan, .infinity]], reference: .nan), .init("h", values: [])])
    #expect(
      drawn(bad, columns: 16, rows: 4).lines.prefix(2) == ["g no values     ", "h no values     "])
  }
}
