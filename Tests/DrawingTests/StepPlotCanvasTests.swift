import Drawing
import Testing

@Suite struct StepPlotCanvasTests {
  private let plot = StepPlot(
    title: "Survival", timeName: "months", valueName: "share alive",
    curves: [
      .init(
        "low risk",
        steps: [
          .init(time: 0, value: 1), .init(time: 10, value: 0.75), .init(time: 30, value: 0.5),
        ], censored: [20], durations: [10, 20, 30, 40]),
      .init(
        "high", steps: [.init(time: 0, value: 1), .init(time: 5, value: 0.25)], censored: [12],
        durations: [5, 5, 5, 12]),
    ])

  private func drawn(columns: Int, rows: Int) -> Canvas {
    var canvas = Canvas(columns: columns, rows: rows)
    plot.draw(on: &canvas, in: canvas.bounds)
    return canvas
  }

  @Test func `curves stand on their axes above the numbers at risk`() {
    #expect(
      drawn(columns: 50, rows: 13).lines == [
        "        1.0 │⠉⠉⠉⠉⠩⠉⠉⠉⠉⡇                           ",
        "            │    ⠨    ⡇                           ",
        "        0.8 │    ⠨    ⠓⠒⠒⠒⠒⠒⠒⠒⠒+⠒⠒⠒⠒⠒⠒⠒⠒⢲         ",
        "        0.6 │    ⠨                      ⢸         ",
        "            │    ⠨                      ⠸⠤⠤⠤⠤⠤⠤⠤⠤⠤",
        "        0.4 │    ⠨                                ",
        "        0.2 │    ⠨⠄⠄⠄⠄⠄⠄+                         ",
        "            │                                     ",
        "        0.0 │                                     ",
        "             0       10       20       30       40",
        "at risk · months                                  ",
        "⠒⠒ low risk  4        4        3        2        1",
        "⠂⠂ high      4        1        0        0        0",
      ])
  }

  @Test func `curves, their censor marks and their names are in one colour each`() {
    let canvas = drawn(columns: 50, rows: 13)
    let colors = [0, 1].map { Ink.color(plot.palette.color(of: $0)) }
    #expect(canvas[0, 11].ink == colors[0] && canvas[0, 12].ink == colors[1])
    let marks = canvas.cells.filter { $0.glyph == "+" }.map(\.ink)
    #expect(marks.sorted { $0 == colors[0] && $1 != colors[0] } == colors)
  }

  @Test func `without room for numbers the curves alone are drawn`() {
    let lines = drawn(columns: 12, rows: 3).lines
    #expect(!lines.joined().contains("risk") && lines.joined().contains("+"))
  }
}
