/// Where the axes of a chart are, in points.
struct AxisFrame {
  var left, top, width, bottom: Double
}

extension VectorPicture {
  /// Lines down from each tick, with numbers below and what they count below those.
  mutating func drawHorizontalAxis(
    _ axis: AxisScale, _ name: String,
    _ frame: AxisFrame
  ) {
    // Numbers that would touch are left out, every second one or more.
    let room = frame.width / Double(max(1, axis.ticks.count - 1))
    let every = max(1, Int(((axis.textWidth(size: FigureStyle.smallSize) + 8) / room).rounded(.up)))
    for (index, tick) in axis.ticks.enumerated() {
      let x = FigureStyle.sharp(frame.left + axis.share(of: tick) * frame.width)
      line(
        x, frame.top, to: x, frame.bottom, tick == 0 ? FigureStyle.axis : FigureStyle.grid)
      guard index.isMultiple(of: every) else { continue }
      write(
        axis.text(ofTick: tick), x: x, y: frame.bottom + 14, size: FigureStyle.smallSize,
        anchor: .middle, .role(.muted))
    }
    write(
      name, x: frame.left + frame.width / 2, y: frame.bottom + 29, size: FigureStyle.smallSize,
      anchor: .middle, .role(.muted))
  }

  /// Lines across from each tick, with numbers at the left and what they count above.
  mutating func drawVerticalAxis(_ axis: AxisScale, _ name: String, _ frame: AxisFrame) {
    write(
      name, x: FigureStyle.margin, y: frame.top - 9, size: FigureStyle.smallSize, .role(.muted))
    for tick in axis.ticks {
      let height = (1 - axis.share(of: tick)) * (frame.bottom - frame.top)
      let y = FigureStyle.sharp(frame.top + height)
      line(
        frame.left, y, to: frame.left + frame.width, y,
        tick == 0 ? FigureStyle.axis : FigureStyle.grid)
      write(
        axis.text(ofTick: tick), x: frame.left - 6, y: y + 3.5, size: FigureStyle.smallSize,
        anchor: .end, .role(.muted))
    }
  }
}
