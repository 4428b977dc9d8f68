/// Step curves with bands and censor ticks, such as Kaplan–Meier estimates, and how many are left.
public struct StepPlot: Figure, Hashable {
  /// The value from a time on.
  public struct Step: Sendable, Hashable {
    /// When the value begins.
    public var time: Double
    /// The curve's height from then on.
    public var value: Double
    /// The band around it; nil for none.
    public var band: ClosedRange<Double>?
    /// Takes the time, the value and the band.
    public init(time: Double, value: Double, band: ClosedRange<Double>? = nil) {
      self.time = time
      self.value = value
      self.band = band
    }
  }

  /// One curve.
  public struct Curve: Sendable, Hashable {
    /// In the legend and before the numbers at risk.
    public var name: String
    /// In the order of their times.
    public var steps: [Step]
    /// Times of ticks on the curve.
    public var censored: [Double]
    /// Every subject's time of event or censoring: at risk at `t` are those with `t` or more.
    public var durations: [Double]
    /// Takes the name, the steps and the subjects' times.
    public init(_ name: String, steps: [Step], censored: [Double], durations: [Double]) {
      self.name = name
      self.steps = steps
      self.censored = censored
      self.durations = durations
    }

    /// The value at a time: that of the last step not after it; nil before the first.
    func value(at time: Double) -> Double? { steps.last { $0.time <= time }?.value }
  }

  /// Above the figure.
  public var title: String
  /// Below the title, such as a test's probability.
  public var subtitle = ""
  /// What the horizontal axis counts.
  public var timeName: String
  /// What the vertical axis counts.
  public var valueName: String
  /// In the order of their colours.
  public var curves: [Curve]
  /// The colours of the curves; blue and vermilion first, apart in any light.
  public var palette = CategoricalPalette(
    name: "curves", colors: [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7].map { Color($0) })
  /// The height of the axis in points.
  public var plotHeight = 220.0

  /// Takes the names and the curves.
  public init(title: String, timeName: String, valueName: String, curves: [Curve]) {
    self.title = title
    self.timeName = timeName
    self.valueName = valueName
    self.curves = curves
  }

  /// The curves on their axes, the numbers at risk below them.
  public func picture(width: Double) -> VectorPicture {
    let margin = FigureStyle.margin
    let times = timeAxis(ticks: 6)
    let values = valueAxis(ticks: 5)
    let names = curves.map { Typeface.width(of: $0.name, size: FigureStyle.smallSize) }.max() ?? 0
    let numbers = values.textWidth(size: FigureStyle.smallSize)
    let left = margin + max(numbers + 8, min(names, width * 0.25) + 18)
    let plotWidth = max(40, width - left - margin - 8)
    let heading = FigureHeading(title: title, subtitle: subtitle, width: width)
    let legend = FigureLegend(
      curves.enumerated().map { (.line(stroke(of: $0)), $1.name) }, width: width - 2 * margin)
    let top = heading.height + legend.height + 20
    let risk = curves.isEmpty ? 0 : 22 + Double(curves.count) * 15
    var picture = VectorPicture(
      width: width, height: top + plotHeight + 40 + risk, title: title, summary: summary)
    heading.draw(on: &picture)
    legend.draw(on: &picture, x: margin, y: heading.height)
    let frame = AxisFrame(left: left, top: top, width: plotWidth, bottom: top + plotHeight)
    picture.drawHorizontalAxis(times, timeName, frame)
    picture.drawVerticalAxis(values, valueName, frame)
    func place(_ time: Double, _ value: Double) -> VectorPicture.Point {
      VectorPicture.Point(
        left + times.share(of: time) * plotWidth, top + (1 - values.share(of: value)) * plotHeight)
    }
    for index in curves.indices { drawBand(index, place, on: &picture) }
    for index in curves.indices { drawCurve(index, place, on: &picture) }
    drawNumbersAtRisk(times, frame, on: &picture)
    return picture
  }

  /// Covers every time, and 0.
  func timeAxis(ticks: Int) -> AxisScale {
    AxisScale(
      covering: curves.flatMap { $0.steps.map(\.time) + $0.censored + $0.durations } + [0],
      ticks: ticks)
  }

  /// Covers every value and band, and 0.
  func valueAxis(ticks: Int) -> AxisScale {
    let values = curves.flatMap(\.steps).flatMap { step -> [Double] in
      [step.value, step.band?.lowerBound ?? 0, step.band?.upperBound ?? 0]
    }
    return AxisScale(covering: values + [0], ticks: ticks)
  }

  /// The corners of a curve, in its own units.
  func corners(of curve: Curve) -> [VectorPicture.Point] { stairs(curve, \.value) }

  private func stroke(of curve: Int) -> VectorPicture.Stroke {
    VectorPicture.Stroke(.color(palette.color(of: curve)), width: 1.8)
  }

  // MARK: Parts

  private func drawCurve(
    _ index: Int, _ place: (Double, Double) -> VectorPicture.Point, on picture: inout VectorPicture
  ) {
    let curve = curves[index]
    let line = corners(of: curve).map { place($0.x, $0.y) }
    picture.add(.polyline(line, isClosed: false), stroke: stroke(of: index))
    for time in curve.censored {
      guard let value = curve.value(at: time) else { continue }
      let tick = place(time, value)
      picture.line(tick.x, tick.y - 4, to: tick.x, tick.y + 4, stroke(of: index))
    }
  }

  private func drawBand(
    _ index: Int, _ place: (Double, Double) -> VectorPicture.Point, on picture: inout VectorPicture
  ) {
    var curve = curves[index]
    curve.steps.removeAll { $0.band == nil }
    guard curve.steps.count > 1 else { return }
    let upper = stairs(curve) { $0.band?.upperBound ?? $0.value }
    let lower = stairs(curve) { $0.band?.lowerBound ?? $0.value }
    picture.add(
      .polyline((upper + lower.reversed()).map { place($0.x, $0.y) }, isClosed: true),
      fill: Paint.color(palette.color(of: index)).opacity(0.16))
  }

  /// The corners of a step curve, on to the last subject's time.
  private func stairs(_ curve: Curve, _ height: (Step) -> Double) -> [VectorPicture.Point] {
    var corners: [VectorPicture.Point] = []
    for step in curve.steps {
      if let last = corners.last { corners.append(VectorPicture.Point(step.time, last.y)) }
      corners.append(VectorPicture.Point(step.time, height(step)))
    }
    if let last = corners.last, let end = curve.durations.filter(\.isFinite).max(), end > last.x {
      corners.append(VectorPicture.Point(end, last.y))
    }
    return corners
  }

  private func drawNumbersAtRisk(
    _ axis: AxisScale, _ frame: AxisFrame,
    on picture: inout VectorPicture
  ) {
    guard !curves.isEmpty else { return }
    let size = FigureStyle.smallSize
    let top = frame.bottom + 50
    picture.write("at risk", x: FigureStyle.margin, y: top, size: size, .role(.muted))
    for (index, curve) in curves.enumerated() {
      let y = top + Double(index + 1) * 15
      let paint = Paint.color(palette.color(of: index))
      let name = Typeface.shortened(
        curve.name, to: frame.left - FigureStyle.margin - 18, size: size)
      picture.write(name, x: FigureStyle.margin, y: y, size: size, isBold: false, paint)
      for tick in axis.ticks {
        picture.write(
          String(curve.durations.filter { $0 >= tick }.count),
          x: frame.left + axis.share(of: tick) * frame.width, y: y, size: size, anchor: .middle)
      }
    }
  }

  private var summary: String {
    let parts = curves.map { curve in
      "\(curve.name) ends at \(figureNumber(curve.steps.last?.value ?? .nan)) of "
        + "\(curve.durations.count) subjects"
    }
    return "\(valueName) over \(timeName): "
      + (parts.isEmpty ? "no curves" : parts.joined(separator: "; ")) + "."
  }
}
