import Testing

@testable import Drawing

@Suite struct DotGridTests {
  @Test func `dots are two across and four down in a cell`() {
    var grid = DotGrid(columns: 2, rows: 1)
    #expect(grid.width == 4 && grid.height == 4)
    grid.set(x: 0, y: 0)
    grid.set(x: 1, y: 3)
    grid.set(x: 2, y: 1)
    var canvas = Canvas(columns: 3, rows: 1)
    canvas.draw(grid, column: 0, row: 0, ink: .role(.text))
    #expect(canvas.lines == ["⢁⠂ "])
  }

  @Test func `dots drawn over dots join them, and those outside are cut off`() {
    var first = DotGrid(columns: 1, rows: 1)
    first.set(x: 0, y: 0)
    first.set(x: -1, y: 0)
    first.set(x: 0, y: 4)
    var second = DotGrid(columns: 1, rows: 1)
    second.set(x: 0, y: 1)
    var canvas = Canvas(columns: 1, rows: 1)
    canvas.draw(first, column: 0, row: 0, ink: .role(.accent))
    canvas.draw(second, column: 0, row: 0, ink: .role(.text))
    canvas.draw(second, column: 0, row: 1, ink: .role(.text))
    #expect(canvas[0, 0].glyph == "⠃" && canvas[0, 0].ink == .role(.text))
  }
}
