/// Estimates with their intervals, one a row, beside a line at zero (a forest plot).
public struct IntervalPlot: Figure, Hashable {
  /// One row.
  public struct Row: Sendable, Hashable {
    /// Left of the interval.
    public var name: String
    /// Where the square is; a number that is not finite leaves the row without one.
    public var estimate: Double
    /// The line's ends; nil for none.
    public var interval: ClosedRange<Double>?
    /// Between the interval and its number, such as a probability; may be empty.
    public var note: String
    /// Takes the name, estimate, interval and note.
    public init(
      _ name: String, estimate: Double, interval: ClosedRange<Double>?, note: String = ""
    ) {
      self.name = name
      self.estimate = estimate
      self.interval = interval
      self.note = note
    }
  }

  /// Above the figure.
  public var title: String
  /// Below the title, quieter.
  public var subtitle = ""
  /// What the axis counts.
  public var valueName: String
  /// From top to bottom.
  public var rows: [Row]
  /// Decimals of the numbers at the right.
  public var decimals = 3

  /// Takes the names and the rows.
  public init(title: String, valueName: String, rows: [Row]) {
    self.title = title
    self.valueName = valueName
    self.rows = rows
  }

  private static let rowHeight = 24.0

  /// The rows below one another on one axis, names left and numbers right.
  public func picture(width: Double) -> VectorPicture {
    let margin = FigureStyle.margin
    func widest(_ texts: [String]) -> Double {
      texts.map { Typeface.width(of: $0, size: FigureStyle.textSize) }.max() ?? 0
    }
    let nameWidth = min(widest(rows.map(\.name)), width * 0.36)
    let noteWidth = min(widest(rows.map(\.note)), width * 0.2)
    let numberWidth = widest(rows.map(number))
    let gaps = noteWidth > 0 ? 36.0 : 22.0
    let left = margin + nameWidth + 12
    let plotWidth = max(40, width - left - margin - noteWidth - numberWidth - gaps)
    let axis = AxisScale(
      covering: rows.flatMap {
        [$0.estimate, $0.interval?.lowerBound ?? 0, $0.interval?.upperBound ?? 0]
      } + [0])
    let heading = FigureHeading(title: title, subtitle: subtitle, width: width)
    let bottom = heading.height + 4 + Double(max(1, rows.count)) * Self.rowHeight
    var picture = VectorPicture(
      width: width, height: bottom + 38, title: title, summary: summary)
    heading.draw(on: &picture)
    picture.drawHorizontalAxis(
      axis, valueName,
      AxisFrame(left: left, top: heading.height + 4, width: plotWidth, bottom: bottom))
    if rows.isEmpty {
      picture.write("no values", x: margin, y: heading.height + 20, .role(.muted))
    }
    for (index, row) in rows.enumerated() {
      let y = FigureStyle.sharp(heading.height + 4 + (Double(index) + 0.5) * Self.rowHeight)
      let name = Typeface.shortened(row.name, to: nameWidth, size: FigureStyle.textSize)
      picture.write(name, x: left - 12, y: y + 4, anchor: .end)
      picture.write(number(row), x: width - margin, y: y + 4, anchor: .end)
      let note = Typeface.shortened(row.note, to: noteWidth, size: FigureStyle.textSize)
      picture.write(
        note, x: width - margin - numberWidth - 14, y: y + 4, anchor: .end, .role(.muted))
      draw(row, y: y, on: &picture) { left + axis.share(of: $0) * plotWidth }
    }
    return picture
  }

  private func draw(_ row: Row, y: Double, on picture: inout VectorPicture, x: (Double) -> Double) {
    // In the accent where zero is outside: what the row is read for.
    let isClear = row.interval.map { $0.lowerBound > 0 || $0.upperBound < 0 } ?? false
    let paint = Paint.role(isClear ? .accent : .text)
    if let interval = row.interval {
      let line = VectorPicture.Stroke(paint, width: 1.6)
      let ends = [x(interval.lowerBound), x(interval.upperBound)]
      picture.line(ends[0], y, to: ends[1], y, line)
      for end in ends { picture.line(end, y - 3, to: end, y + 3, line) }
    }
    let center = x(row.estimate)
    picture.fill(x: center - 4, y: y - 4, width: 8, height: 8, paint, cornerRadius: 1)
  }

  private func number(_ row: Row) -> String {
    let estimate = (row.estimate > 0 ? "+" : "") + figureNumber(row.estimate, decimals: decimals)
    guard let interval = row.interval else { return estimate }
    return "\(estimate) [\(figureNumber(interval.lowerBound, decimals: decimals)), "
      + "\(figureNumber(interval.upperBound, decimals: decimals))]"
  }

  private var summary: String {
    let parts = rows.prefix(24).map { "\($0.name) \(number($0))" }
    return "\(valueName) with intervals: "
      + (parts.isEmpty ? "none" : parts.joined(separator: "; ")) + "."
  }
}
