/// Box plots of several series, such as methods, in several groups, such as sections.
///
/// Box: quartiles and median. Whiskers: ``BoxStatistics``. Dots: values beyond them. Diamond: the
/// mean. A dashed line across a group marks what its series could reach.
public struct BoxPlot: Figure, Hashable {
  /// The boxes that stand together.
  public struct Group: Sendable, Hashable {
    /// Below the boxes.
    public var name: String
    /// The values of each series, in the order of their names; what is not finite is left out.
    public var values: [[Double]]
    /// Where the dashed line is; nil or a number that is not finite for none.
    public var reference: Double?
    /// Takes a name, the values of each series and the reference.
    public init(_ name: String, values: [[Double]], reference: Double? = nil) {
      self.name = name
      self.values = values
      self.reference = reference
    }
  }

  /// Above the figure.
  public var title: String
  /// Below the title, quieter.
  public var subtitle = ""
  /// What the axis counts, such as `PCC per gene`.
  public var valueName: String
  /// The names of the series, in the order of their colours.
  public var series: [String]
  /// From left to right, in more than one row when they are many.
  public var groups: [Group]
  /// What the dashed line stands for.
  public var referenceName = "attainable"
  /// The colours of the series.
  public var palette = CategoricalPalette.okabeIto
  /// The height of a row's axis in points.
  public var plotHeight = 190.0

  /// Takes the names and the values.
  public init(title: String, valueName: String, series: [String], groups: [Group]) {
    self.title = title
    self.valueName = valueName
    self.series = series
    self.groups = groups
  }

  /// The axis all groups share: all values, references and zero.
  public var axis: AxisScale {
    AxisScale(covering: groups.flatMap { $0.values.joined() + [$0.reference ?? .nan] } + [0])
  }

  /// The boxes in rows of groups on one axis, with title and legend.
  public func picture(width: Double) -> VectorPicture {
    let axis = axis
    let margin = FigureStyle.margin
    let left = margin + axis.textWidth(size: FigureStyle.smallSize) + 8
    let plotWidth = max(40, width - left - margin)
    let rows = rows(within: plotWidth)
    let heading = FigureHeading(title: title, subtitle: subtitle, width: width)
    let legend = FigureLegend(legendEntries, width: plotWidth + left - margin)
    let rowHeight = plotHeight + 44
    var picture = VectorPicture(
      width: width, height: heading.height + legend.height + Double(rows.count) * rowHeight + 4,
      title: title, summary: summary)
    heading.draw(on: &picture)
    legend.draw(on: &picture, x: margin, y: heading.height)
    let slot = plotWidth / Double(rows.map(\.count).max() ?? 1)
    for (row, groups) in rows.enumerated() {
      let top = heading.height + legend.height + Double(row) * rowHeight + 20
      picture.drawVerticalAxis(
        axis, valueName,
        AxisFrame(
          left: left, top: top, width: slot * Double(groups.count), bottom: top + plotHeight))
      for (place, group) in groups.enumerated() {
        draw(
          group, axis, left: left + Double(place) * slot, width: slot, top: top, on: &picture)
      }
    }
    return picture
  }

  /// The groups in rows of about the same length, each box at least 9 points wide.
  private func rows(within width: Double) -> [ArraySlice<Group>] {
    guard !groups.isEmpty else { return [[]] }
    let most = max(1, Int(width / (Double(max(1, series.count)) * 11 + 12)))
    let count = (groups.count + most - 1) / most
    let length = (groups.count + count - 1) / count
    return stride(from: 0, to: groups.count, by: length).map {
      groups[$0..<min($0 + length, groups.count)]
    }
  }

  private var legendEntries: [(mark: FigureLegend.Mark, name: String)] {
    var entries: [(mark: FigureLegend.Mark, name: String)] =
      series.count > 1
      ? series.enumerated().map { (.swatch(paint(of: $0)), $1) } : []
    if groups.contains(where: { $0.reference?.isFinite == true }) {
      entries.append((.line(FigureStyle.reference), referenceName))
    }
    return entries
  }

  private func paint(of series: Int) -> Paint {
    Paint.color(palette.color(of: series)).opacity(0.75)
  }

  // MARK: Parts

  private func draw(
    _ group: Group, _ axis: AxisScale, left: Double, width: Double, top: Double,
    on picture: inout VectorPicture
  ) {
    let middle = left + width / 2
    let name = Typeface.shortened(group.name, to: width - 4, size: FigureStyle.textSize)
    picture.write(name, x: middle, y: top + plotHeight + 16, anchor: .middle)
    let boxes = group.values.prefix(series.count).map(BoxStatistics.init)
    guard boxes.contains(where: { $0 != nil }) else {
      let text = Typeface.shortened("no values", to: width - 2, size: FigureStyle.smallSize)
      picture.write(
        text, x: middle, y: top + plotHeight / 2, size: FigureStyle.smallSize, anchor: .middle,
        .role(.muted))
      return
    }
    let step = min(40, width * 0.86 / Double(max(1, series.count)))
    let start = middle - step * Double(series.count) / 2
    func y(_ value: Double) -> Double { top + (1 - axis.share(of: value)) * plotHeight }
    for (index, box) in boxes.enumerated() {
      let center = FigureStyle.sharp(start + (Double(index) + 0.5) * step)
      guard let box else {
        picture.write("–", x: center, y: y(0) - 4, anchor: .middle, .role(.muted))
        continue
      }
      draw(box, center: center, width: max(4, step * 0.72), paint(of: index), y, on: &picture)
    }
    if let reference = group.reference {
      let height = y(reference)
      picture.line(
        left + width * 0.05, height, to: left + width * 0.95, height, FigureStyle.reference)
    }
  }

  private func draw(
    _ box: BoxStatistics, center: Double, width: Double, _ paint: Paint, _ y: (Double) -> Double,
    on picture: inout VectorPicture
  ) {
    let line = VectorPicture.Stroke(.role(.text), width: 0.9)
    let (bottom, top) = (y(box.lowerQuartile), y(box.upperQuartile))
    for (end, edge) in [(box.upperWhisker, top), (box.lowerWhisker, bottom)] {
      picture.line(center, edge, to: center, y(end), line)
      picture.line(center - width / 5, y(end), to: center + width / 5, y(end), line)
    }
    let corners = (x: center - width / 2, y: top)
    let height = max(bottom - top, 0.5)
    picture.fill(x: corners.x, y: corners.y, width: width, height: height, .role(.background))
    picture.add(
      .rectangle(x: corners.x, y: corners.y, width: width, height: height, cornerRadius: 0),
      fill: paint, stroke: line)
    let median = y(box.median)
    picture.line(
      corners.x, median, to: corners.x + width, median,
      VectorPicture.Stroke(.role(.text), width: 2))
    picture.add(
      .discs(box.outliers.map { VectorPicture.Point(center, y($0)) }, diameter: 2.4),
      fill: Paint.role(.muted).opacity(0.7))
    let (mean, size) = (y(box.mean), min(3.2, width / 3))
    picture.add(
      .polyline(
        [(0, -size), (size, 0), (0, size), (-size, 0)]
          .map { VectorPicture.Point(center + $0.0, mean + $0.1) }, isClosed: true),
      fill: .role(.background), stroke: line)
  }

  // MARK: In words

  /// The medians of the first groups, for readers who cannot see the boxes.
  private var summary: String {
    let medians = groups.prefix(12).map { group in
      let parts = zip(series, group.values).compactMap { name, values in
        BoxStatistics(of: values).map { "\(name) \(figureNumber($0.median))" }
      }
      return "\(group.name): \(parts.isEmpty ? "no values" : parts.joined(separator: ", "))"
    }
    return "Box plots of \(valueName) of \(series.joined(separator: ", ")). Medians: "
      + medians.joined(separator: "; ") + (groups.count > 12 ? "; and so on." : ".")
  }
}
