/// Pictures in rows and columns with a caption, as one picture.
public struct FigureGrid: Sendable {
  /// Above all pictures.
  public var title: String
  /// Below all pictures, in as many lines as the width asks for.
  public var caption: String
  /// Row by row; nil leaves a place empty.
  public var rows: [[VectorPicture?]]
  /// Between pictures, in points.
  public var gap: Double

  /// Takes the pictures row by row; rows may differ in length.
  public init(
    title: String = "", rows: [[VectorPicture?]], caption: String = "", gap: Double = 8
  ) {
    self.title = title
    self.rows = rows
    self.caption = caption
    self.gap = gap
  }

  /// All pictures in their own sizes, the columns as wide as their widest picture.
  public func picture() -> VectorPicture {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column]?.width ?? 0 : 0 }.max() ?? 0
    }
    let heights = rows.map { row in row.map { $0?.height ?? 0 }.max() ?? 0 }
    let width = max(
      widths.reduce(0, +) + gap * Double(max(0, columns - 1)), rows.isEmpty ? 240 : 1)
    let heading = FigureHeading(title: title, subtitle: "", width: width)
    let lines = Typeface.wrapped(
      caption, to: max(1, width - 2 * FigureStyle.margin), size: FigureStyle.textSize)
    let bodies = heights.reduce(0, +) + gap * Double(max(0, rows.count - 1))
    let foot = lines.isEmpty ? 0 : Double(lines.count) * FigureStyle.lineHeight + 10
    var picture = VectorPicture(
      width: width, height: heading.height + bodies + foot, title: title, summary: summary)
    heading.draw(on: &picture)
    var y = heading.height
    for (row, height) in zip(rows, heights) {
      var x = 0.0
      for (column, cell) in row.enumerated() {
        if let cell { picture.add(cell, x: x, y: y) }
        x += widths[column] + gap
      }
      y += height + gap
    }
    y += 4 - gap
    for line in lines {
      y += FigureStyle.lineHeight
      picture.write(line, x: FigureStyle.margin, y: y, .role(.muted))
    }
    return picture
  }

  private var summary: String {
    let parts = rows.joined().compactMap { $0?.summary }.filter { !$0.isEmpty }
    return ([caption] + parts.prefix(12)).filter { !$0.isEmpty }.joined(separator: " ")
  }
}
