import Testing

@testable import Drawing

@Suite struct GenomeHeatmapTests {
  private let plot = Examples.genome

  private func drawn(_ plot: GenomeHeatmap, columns: Int, rows: Int) -> Canvas {
    var canvas = Canvas(columns: columns, rows: rows)
    plot.draw(on: &canvas, in: canvas.bounds)
    return canvas
  }

  @Test func `the scale reaches as far below zero as above and knows no missing values`() {
    #expect(plot.scale.lower == -1 && plot.scale.upper == 1)
    var flat = plot
    flat.values = plot.values.map { _ in 0 }
    #expect(flat.scale.lower == -1 && flat.scale.upper == 1)
  }

  @Test func `rows and columns are averaged to what there is room for`() {
    let all = plot.means(of: plot.groups[0], width: 100, height: 100)
    #expect(all.width == 5 && all.height == 3)
    #expect(Array(all.means.prefix(5)) == [0, 0, 1, -1, -1])
    let half = plot.means(of: plot.groups[0], width: 2, height: 1)
    // Columns 0 and 1, then 2 to 4; the spot without values counts for nothing.
    #expect(half.means == [0, -1.0 / 3])
  }

  @Test func `a picture keeps each cell's colour, its groups and its chromosomes`() throws {
    let picture = plot.picture(width: 480)
    let cells = picture.shapes.compactMap { shape -> (width: Int, first: Color)? in
      guard case .cells(let image, _, _, _, _) = shape.geometry else { return nil }
      return (image.width, image.color(2, 0))
    }
    #expect(cells.map(\.width) == [5, 5])
    #expect(cells[0].first == ColorRamp.difference.colors[255])
    let svg = picture.svg()
    for text in ["cancer &amp; co", "fat", "1", "2", "−1.00", "1.00 difference"] {
      #expect(svg.contains(">\(text)<"), "\(text)")
    }
    #expect(!svg.contains(">nothing<") && svg.contains("data:image/png;base64,"))
    #expect(svg.contains("cancer &amp; co 3, fat 1"))
  }

  @Test func `cells show two rows of colours each, with names, chromosomes and their borders`() {
    #expect(
      drawn(plot, columns: 40, rows: 7).lines == [
        "cance…& co ▌▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▏▀▀▀▀▀▀▀▀▀▀▀",
        "           ▌▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▏▀▀▀▀▀▀▀▀▀▀▀",
        "           ▌▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▏▀▀▀▀▀▀▀▀▀▀▀",
        "fat        ▌▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▏▀▀▀▀▀▀▀▀▀▀▀",
        "           ▌▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▏▀▀▀▀▀▀▀▀▀▀▀",
        "            │1              │2          ",
        "            -1.00               1.00 d…e",
      ])
  }

  @Test func `colours are those of the values`() {
    let canvas = drawn(plot, columns: 40, rows: 7)
    let gain = Ink.color(ColorRamp.difference.colors[255])
    let loss = Ink.color(ColorRamp.difference.colors[0])
    #expect(canvas[25, 0].ink == gain && canvas[39, 0].ink == loss)
  }

  @Test func `it draws in its rectangle alone, however small`() {
    for columns in 0...30 {
      for rows in 0...9 {
        var canvas = Canvas(columns: 40, rows: 12, filledWith: Cell("x"))
        let area = Rectangle(column: 3, row: 2, columns: columns, rows: rows)
        plot.draw(on: &canvas, in: area)
        Examples.curves.draw(on: &canvas, in: area)
        for row in 0..<12 {
          for column in 0..<40 where !area.contains(column: column, row: row) {
            #expect(canvas[column, row].glyph == "x", "\(columns) × \(rows): \(column), \(row)")
          }
        }
      }
    }
  }
}
