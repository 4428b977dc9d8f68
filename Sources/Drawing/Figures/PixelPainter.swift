import Images

/// Blends shapes into pixels.
struct PixelPainter {
  var image: RGBImage
  let scale: Double
  let theme: Theme

  mutating func draw(_ shape: VectorPicture.Shape) {
    switch shape.geometry {
    case .rectangle(let x, let y, let width, let height, let radius):
      draw(shape, x: x, y: y, width: width, height: height, radius: radius)
    case .polyline(let points, let isClosed):
      let points = points.map { VectorPicture.Point($0.x * scale, $0.y * scale) }
      if let fill = shape.fill { fillArea(points, fill) }
      if let stroke = shape.stroke {
        self.stroke(isClosed ? points + points.prefix(1) : points, stroke)
      }
    case .discs(let points, let diameter):
      for point in points {
        disc(point.x * scale, point.y * scale, diameter / 2 * scale, shape.fill, shape.stroke)
      }
    case .label(let label):
      if let fill = shape.fill { write(label, fill) }
    case .image(let picture, let x, let y, let width, let height),
      .cells(let picture, let x, let y, let width, let height):
      stretch(picture, x: x * scale, y: y * scale, width: width * scale, height: height * scale)
    }
  }

  // MARK: Pixels

  mutating func blend(_ x: Int, _ y: Int, _ color: Color, _ share: Double) {
    guard share > 0.002, x >= 0, y >= 0, x < image.width, y < image.height else { return }
    let below = image[x, y]
    let mixed = Color(red: below.red, green: below.green, blue: below.blue)
      .mixed(with: color, share: min(share, 1))
    image[x, y] = (mixed.red, mixed.green, mixed.blue)
  }

  /// The pixels of a rectangle as ranges, cut off at the picture's edges.
  func pixels(
    _ left: Double, _ top: Double, _ right: Double, _ bottom: Double
  ) -> (x: Range<Int>, y: Range<Int>) {
    func range(_ low: Double, _ high: Double, _ count: Int) -> Range<Int> {
      let first = Int(min(max(low.rounded(.down), 0), Double(count)))
      let end = Int(min(max(high.rounded(.up), 0), Double(count)))
      return first..<max(first, end)
    }
    return (range(left, right, image.width), range(top, bottom, image.height))
  }

  // MARK: Rectangles and discs

  private mutating func draw(
    _ shape: VectorPicture.Shape, x: Double, y: Double, width: Double, height: Double,
    radius: Double
  ) {
    let corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
      .map { VectorPicture.Point($0.0 * scale, $0.1 * scale) }
    if let fill = shape.fill {
      radius > 0
        ? fillRounded(corners[0], corners[2], radius * scale, fill)
        : fillRectangle(corners[0], corners[2], fill)
    }
    if let stroke = shape.stroke { self.stroke(corners + corners.prefix(1), stroke) }
  }

  private mutating func fillRectangle(
    _ from: VectorPicture.Point, _ to: VectorPicture.Point, _ paint: Paint
  ) {
    let color = paint.color(in: theme)
    let area = pixels(from.x, from.y, to.x, to.y)
    for y in area.y {
      let covered = min(to.y, Double(y + 1)) - max(from.y, Double(y))
      for x in area.x {
        let across = min(to.x, Double(x + 1)) - max(from.x, Double(x))
        blend(x, y, color, covered * across * paint.opacity)
      }
    }
  }

  private mutating func fillRounded(
    _ from: VectorPicture.Point, _ to: VectorPicture.Point, _ radius: Double, _ paint: Paint
  ) {
    let color = paint.color(in: theme)
    let radius = min(radius, (to.x - from.x) / 2, (to.y - from.y) / 2)
    let area = pixels(from.x, from.y, to.x, to.y)
    for y in area.y {
      for x in area.x {
        let (px, py) = (Double(x) + 0.5, Double(y) + 0.5)
        let dx = max(from.x + radius - px, px - to.x + radius, 0)
        let dy = max(from.y + radius - py, py - to.y + radius, 0)
        let distance = (dx * dx + dy * dy).squareRoot() - radius
        blend(x, y, color, min(max(0.5 - distance, 0), 1) * paint.opacity)
      }
    }
  }

  private mutating func disc(
    _ centerX: Double, _ centerY: Double, _ radius: Double, _ fill: Paint?,
    _ stroke: VectorPicture.Stroke?
  ) {
    let half = (stroke?.width ?? 0) * scale / 2
    let reach = radius + half + 1
    let area = pixels(centerX - reach, centerY - reach, centerX + reach, centerY + reach)
    for y in area.y {
      for x in area.x {
        let (dx, dy) = (Double(x) + 0.5 - centerX, Double(y) + 0.5 - centerY)
        let distance = (dx * dx + dy * dy).squareRoot()
        if let fill {
          let share = min(max(radius - distance + 0.5, 0), 1)
          blend(x, y, fill.color(in: theme), share * fill.opacity)
        }
        if let stroke {
          let share = min(max(half - abs(distance - radius) + 0.5, 0), 1, 2 * half)
          blend(x, y, stroke.paint.color(in: theme), share * stroke.paint.opacity)
        }
      }
    }
  }
}
