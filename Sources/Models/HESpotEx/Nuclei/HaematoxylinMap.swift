import Images

/// The density of haematoxylin at each pixel of a part of an image, 0 and up.
struct HaematoxylinMap: Sendable {
  let width, height: Int
  /// Row by row.
  private(set) var values: [Float]

  init(_ image: RGBImage, _ stains: StainDeconvolution) {
    (width, height) = (image.width, image.height)
    var both = [SIMD2<Float>](repeating: .zero, count: width * height)
    var target = both.mutableSpan
    stains.stains(of: image.pixels.span, into: &target, from: 0)
    values = both.map { max($0.x, 0) }
  }

  private init(width: Int, height: Int, values: [Float]) {
    (self.width, self.height, self.values) = (width, height, values)
  }

  /// The means over squares that reach so many pixels to each side, cut off at the edges.
  func smoothed(by reach: Int) -> HaematoxylinMap {
    var result = self
    for row in 0..<height {
      result.smoothLine(from: row * width, step: 1, count: width, reach: reach)
    }
    for column in 0..<width {
      result.smoothLine(from: column, step: width, count: height, reach: reach)
    }
    return result
  }

  private mutating func smoothLine(from start: Int, step: Int, count: Int, reach: Int) {
    let line = (0..<count).map { values[start + $0 * step] }
    var sums: [Float] = [0]
    for value in line { sums.append(sums[sums.count - 1] + value) }
    for place in 0..<count {
      let (first, end) = (max(0, place - reach), min(count, place + reach + 1))
      values[start + place * step] = (sums[end] - sums[first]) / Float(end - first)
    }
  }

  /// The values of a part, row by row.
  func forEach(within part: PixelRectangle, _ body: (Float) -> Void) {
    guard let part = part.clipped(toWidth: width, height: height) else { return }
    for y in part.y..<part.maxY {
      for x in part.x..<part.maxX { body(values[y * width + x]) }
    }
  }

  /// The values at pixels of a part that no other within `reach` of them exceeds, nor equals if it
  /// comes before; those of more than `least` alone.
  func peaks(within part: PixelRectangle, reach: Int, above least: Float) -> [Float] {
    guard let part = part.clipped(toWidth: width, height: height) else { return [] }
    var peaks: [Float] = []
    for y in part.y..<part.maxY {
      for x in part.x..<part.maxX {
        let value = values[y * width + x]
        // Neighbours first: few pixels pass, and the rest is looked at for them alone.
        guard value > least, isPeak(x, y, reach: 1), isPeak(x, y, reach: reach) else { continue }
        peaks.append(value)
      }
    }
    return peaks
  }

  private func isPeak(_ x: Int, _ y: Int, reach: Int) -> Bool {
    let own = y * width + x
    for row in max(0, y - reach)...min(height - 1, y + reach) {
      for column in max(0, x - reach)...min(width - 1, x + reach) {
        let place = row * width + column
        let (dx, dy) = (column - x, row - y)
        if place == own || dx * dx + dy * dy > reach * reach + 1 { continue }
        if values[place] > values[own] || (values[place] == values[own] && place < own) {
          return false
        }
      }
    }
    return true
  }
}
