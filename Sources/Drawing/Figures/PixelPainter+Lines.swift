extension PixelPainter {
  /// Draws a line of several points; where its parts meet they are not painted twice.
  mutating func stroke(
    _ points: [VectorPicture.Point], _ stroke: VectorPicture.Stroke
  ) {
    let dash = stroke.dash.map { $0 * scale }
    let parts = dash.reduce(0, +) > 0.5 ? dashes(of: points, dash) : segments(of: points)
    let half = stroke.width * scale / 2
    guard half > 0, !parts.isEmpty else { return }
    let reach = half + 1
    var covered: [Int: Double] = [:]
    for (from, to) in parts {
      let area = pixels(
        min(from.x, to.x) - reach, min(from.y, to.y) - reach, max(from.x, to.x) + reach,
        max(from.y, to.y) + reach)
      for y in area.y {
        for x in area.x {
          let share = coverage(Double(x) + 0.5, Double(y) + 0.5, from, to, half)
          guard share > 0 else { continue }
          covered[y * image.width + x, default: 0] = max(
            share, covered[y * image.width + x, default: 0])
        }
      }
    }
    let color = stroke.paint.color(in: theme)
    for (pixel, share) in covered {
      blend(pixel % image.width, pixel / image.width, color, share * stroke.paint.opacity)
    }
  }

  /// How much of a pixel a line with flat ends covers: across it and along it, from distances.
  private func coverage(
    _ x: Double, _ y: Double, _ from: VectorPicture.Point, _ to: VectorPicture.Point, _ half: Double
  ) -> Double {
    let (dx, dy) = (to.x - from.x, to.y - from.y)
    let length = (dx * dx + dy * dy).squareRoot()
    guard length > 0 else { return 0 }
    let along = ((x - from.x) * dx + (y - from.y) * dy) / length
    let across = abs((x - from.x) * dy - (y - from.y) * dx) / length
    let side = min(max(half - across + 0.5, 0), 1, 2 * half)
    let ends = min(max(along + 0.5, 0), 1) * min(max(length - along + 0.5, 0), 1)
    return side * ends
  }

  private typealias Segment = (VectorPicture.Point, VectorPicture.Point)

  private func segments(of points: [VectorPicture.Point]) -> [Segment] {
    Array(zip(points, points.dropFirst()))
  }

  /// The painted parts of a dashed line; the pattern goes on around corners.
  private func dashes(of points: [VectorPicture.Point], _ dash: [Double]) -> [Segment] {
    var parts: [Segment] = []
    var (index, left) = (0, dash[0])
    for (from, to) in segments(of: points) {
      let (dx, dy) = (to.x - from.x, to.y - from.y)
      let length = (dx * dx + dy * dy).squareRoot()
      var done = 0.0
      while done < length - 1e-9 {
        let step = min(max(left, 0.01), length - done)
        let (start, end) = (done / length, (done + step) / length)
        if index.isMultiple(of: 2) {
          parts.append(
            (
              VectorPicture.Point(from.x + dx * start, from.y + dy * start),
              VectorPicture.Point(from.x + dx * end, from.y + dy * end)
            ))
        }
        done += step
        left -= step
        if left <= 1e-9 {
          index += 1
          left = dash[index % dash.count]
        }
      }
    }
    return parts
  }

  /// Fills the inside of a closed outline by the even-odd rule, four lines a row of pixels.
  mutating func fillArea(_ points: [VectorPicture.Point], _ paint: Paint) {
    guard points.count > 2 else { return }
    let color = paint.color(in: theme)
    let edges = segments(of: points + points.prefix(1))
    let area = pixels(0, points.map(\.y).min() ?? 0, 0, points.map(\.y).max() ?? 0)
    for y in area.y {
      var shares: [Int: Double] = [:]
      for line in 0..<4 {
        let height = Double(y) + (Double(line) + 0.5) / 4
        let crossings = edges.compactMap { from, to -> Double? in
          guard (from.y <= height) != (to.y <= height) else { return nil }
          return from.x + (height - from.y) / (to.y - from.y) * (to.x - from.x)
        }.sorted()
        for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
          for x in pixels(crossings[pair], 0, crossings[pair + 1], 0).x {
            shares[x, default: 0] +=
              (min(crossings[pair + 1], Double(x + 1)) - max(crossings[pair], Double(x))) / 4
          }
        }
      }
      for (x, share) in shares { blend(x, y, color, share * paint.opacity) }
    }
  }
}
