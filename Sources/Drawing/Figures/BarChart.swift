/// Bars from zero, one a row, in groups: for names too long to stand below bars.
public struct BarChart: Figure, Hashable {
  /// One row.
  public struct Bar: Sendable, Hashable {
    /// Left of the bar.
    public var name: String
    /// The bar's length; a number that is not finite is said to be missing.
    public var value: Double
    /// Ends of a whisker, such as a 95 % interval.
    public var interval: ClosedRange<Double>?
    /// Where a dashed tick stands, such as what is attainable.
    public var reference: Double?
    /// Index of the colour.
    public var series: Int
    /// Paler, for variants of the bar above.
    public var isVariant: Bool
    /// Takes the name and value; plain and in the first colour unless told otherwise.
    public init(
      _ name: String, value: Double, interval: ClosedRange<Double>? = nil,
      reference: Double? = nil, series: Int = 0, isVariant: Bool = false
    ) {
      self.name = name
      self.value = value
      self.interval = interval
      self.reference = reference
      self.series = series
      self.isVariant = isVariant
    }
  }

  /// Bars that stand together.
  public struct Group: Sendable, Hashable {
    /// Above the bars; empty for none.
    public var name: String
    /// From top to bottom.
    public var bars: [Bar]
    /// Takes the name and the bars.
    public init(_ name: String, bars: [Bar]) {
      self.name = name
      self.bars = bars
    }
  }

  /// Above the figure.
  public var title: String
  /// Below the title, quieter.
  public var subtitle = ""
  /// What the axis counts.
  public var valueName: String
  /// From top to bottom.
  public var groups: [Group]
  /// Names of the colours for a legend; empty for none.
  public var series: [String] = []
  /// What the dashed tick stands for.
  public var referenceName = "attainable"
  /// The colours of the series.
  public var palette = CategoricalPalette.okabeIto
  /// Decimals of the numbers at the right.
  public var decimals = 3

  /// Takes the names and the groups.
  public init(title: String, valueName: String, groups: [Group]) {
    self.title = title
    self.valueName = valueName
    self.groups = groups
  }

  private static let rowHeight = 22.0
  private var bars: [Bar] { groups.flatMap(\.bars) }

  /// The bars below one another on one axis, names left and numbers right.
  public func picture(width: Double) -> VectorPicture {
    let bars = bars
    let margin = FigureStyle.margin
    let axis = AxisScale(
      covering: bars.flatMap {
        [$0.value, $0.interval?.lowerBound ?? 0, $0.interval?.upperBound ?? 0, $0.reference ?? 0]
      } + [0])
    let names = bars.map { Typeface.width(of: $0.name, size: FigureStyle.textSize) }.max() ?? 0
    let nameWidth = min(names, width * 0.36)
    let numberWidth =
      bars.map { Typeface.width(of: number($0), size: FigureStyle.textSize) }.max() ?? 0
    let left = margin + nameWidth + 10
    let plotWidth = max(40, width - left - margin - numberWidth - 12)
    let heading = FigureHeading(title: title, subtitle: subtitle, width: width)
    let legend = FigureLegend(legendEntries, width: width - 2 * margin)
    let top = heading.height + legend.height + 4
    let titles = Double(groups.filter { !$0.name.isEmpty }.count)
    let rows = Double(bars.count) * Self.rowHeight + titles * 20 + Double(groups.count) * 6
    var picture = VectorPicture(
      width: width, height: top + rows + 38, title: title, summary: summary)
    heading.draw(on: &picture)
    legend.draw(on: &picture, x: margin, y: heading.height)
    let frame = AxisFrame(left: left, top: top, width: plotWidth, bottom: top + rows)
    picture.drawHorizontalAxis(axis, valueName, frame)
    draw(axis, frame, nameWidth: nameWidth, numbersAt: width - margin, on: &picture)
    return picture
  }

  private func draw(
    _ axis: AxisScale, _ frame: AxisFrame,
    nameWidth: Double, numbersAt right: Double, on picture: inout VectorPicture
  ) {
    var y = frame.top
    for group in groups {
      if !group.name.isEmpty {
        picture.write(group.name, x: FigureStyle.margin, y: y + 14, isBold: true)
        y += 20
      }
      for bar in group.bars {
        let name = Typeface.shortened(bar.name, to: nameWidth, size: FigureStyle.textSize)
        picture.write(name, x: frame.left - 10, y: y + 15, anchor: .end)
        picture.write(number(bar), x: right, y: y + 15, anchor: .end)
        draw(bar, y: y, on: &picture) { frame.left + axis.share(of: $0) * frame.width }
        y += Self.rowHeight
      }
      y += 6
    }
  }

  private func draw(
    _ bar: Bar, y: Double, on picture: inout VectorPicture, x: (Double) -> Double
  ) {
    let paint = Paint.color(palette.color(of: bar.series)).opacity(bar.isVariant ? 0.4 : 0.85)
    let (zero, end) = (x(0), x(bar.value))
    // The ground first, so that grid lines do not show through pale bars.
    for paint in [.role(.background), paint] {
      picture.fill(
        x: min(zero, end), y: y + 4, width: abs(end - zero), height: Self.rowHeight - 8, paint)
    }
    let middle = y + Self.rowHeight / 2
    if let interval = bar.interval {
      let line = VectorPicture.Stroke(.role(.text), width: 1.1)
      let ends = [x(interval.lowerBound), x(interval.upperBound)]
      picture.line(ends[0], middle, to: ends[1], middle, line)
      for end in ends { picture.line(end, middle - 3.5, to: end, middle + 3.5, line) }
    }
    if let reference = bar.reference {
      picture.line(
        x(reference), y + 1, to: x(reference), y + Self.rowHeight - 1, FigureStyle.reference)
    }
  }

  private func number(_ bar: Bar) -> String { figureNumber(bar.value, decimals: decimals) }

  private var legendEntries: [(mark: FigureLegend.Mark, name: String)] {
    var entries: [(mark: FigureLegend.Mark, name: String)] = series.enumerated().map {
      (.swatch(Paint.color(palette.color(of: $0)).opacity(0.85)), $1)
    }
    if bars.contains(where: { $0.reference?.isFinite == true }) {
      entries.append((.line(FigureStyle.reference), referenceName))
    }
    return entries
  }

  private var summary: String {
    let parts = bars.prefix(24).map { "\($0.name) \(number($0))" }
    return "Bars of \(valueName): \(parts.isEmpty ? "none" : parts.joined(separator: ", "))."
  }
}
