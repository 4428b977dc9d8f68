/// One value by another, a dot a spot, with a line fitted elsewhere.
public struct ScatterChart: Figure, Hashable {
  /// Above the figure.
  public var title: String
  /// Below the title, quieter.
  public var subtitle = ""
  /// What the axes count.
  public var xName, yName: String
  /// In the values' own units; a point with a number that is not finite is left out.
  public var points: [VectorPicture.Point]
  /// Two points of the line; nil for none.
  public var line: [VectorPicture.Point]?
  /// Below the axes, such as the line's formula.
  public var note = ""

  /// Takes the names and the points.
  public init(title: String, xName: String, yName: String, points: [VectorPicture.Point]) {
    self.title = title
    self.xName = xName
    self.yName = yName
    self.points = points
  }

  /// A square of both axes, numbers left and below.
  public func picture(width: Double) -> VectorPicture {
    let margin = FigureStyle.margin
    let xAxis = AxisScale(covering: points.map(\.x))
    let yAxis = AxisScale(covering: points.map(\.y))
    let left = margin + yAxis.textWidth(size: FigureStyle.smallSize) + 8
    let side = max(20, width - left - margin)
    let heading = FigureHeading(title: title, subtitle: subtitle, width: width)
    let top = heading.height + 20
    var picture = VectorPicture(
      width: width, height: top + side + (note.isEmpty ? 40 : 58), title: title, summary: summary)
    heading.draw(on: &picture)
    let frame = AxisFrame(left: left, top: top, width: side, bottom: top + side)
    picture.drawHorizontalAxis(xAxis, xName, frame)
    picture.drawVerticalAxis(yAxis, yName, frame)
    func place(_ point: VectorPicture.Point) -> VectorPicture.Point {
      VectorPicture.Point(
        left + xAxis.share(of: point.x) * side, top + (1 - yAxis.share(of: point.y)) * side)
    }
    let shown = points.filter { $0.x.isFinite && $0.y.isFinite }
    picture.add(
      .discs(shown.map(place), diameter: 4), fill: Paint.role(.text).opacity(0.6))
    if let line {
      picture.add(
        .polyline(line.map(place), isClosed: false), stroke: .init(.role(.accent), width: 2))
    }
    picture.write(
      Typeface.shortened(note, to: width - 2 * margin, size: FigureStyle.smallSize), x: margin,
      y: top + side + 50, size: FigureStyle.smallSize, .role(.muted))
    return picture
  }

  private var summary: String {
    let words = "\(yName) by \(xName), \(points.count) points."
    return note.isEmpty ? words : "\(words) \(note)."
  }
}
