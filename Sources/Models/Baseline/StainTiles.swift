import Images

/// The stains of part of an image and their texture, averaged over small squares.
///
/// The image is gone through once, in strips of a few rows of tiles, so that memory stays small
/// however large it is. Texture is the square of the gradient, `(∂x)² + (∂y)²` by differences of
/// the pixels on either side, at full, half and quarter size; beyond the image's border its
/// outermost pixels are repeated.
struct StainTiles: Sendable {
  /// Averages held of each tile: the stains, and the squared gradients at each of the sizes.
  static let layers = 1 + sizes
  static let sizes = 3
  /// Pixels a strip holds on each side of its tiles, so that gradients at quarter size have theirs.
  private static let margin = 1 << (sizes - 1)
  private static let tileRowsAtOnce = 4

  /// The sides of the grid, in tiles.
  let columns, rows: Int
  /// Haematoxylin and eosin, `[layers, rows, columns]`.
  private(set) var values: [SIMD2<Float>]
  /// The corner of the first tile, and the side of one, in pixels of the full image.
  let x, y, sidePixels: Double

  /// Reads the part of an image that holds an area.
  ///
  /// - Parameters:
  ///   - area: what has to be covered, in pixels of the full image; its part beyond the image
  ///     is not.
  ///   - reduction: how far the image is reduced beforehand.
  ///   - side: the side of a tile in pixels of the reduced image, a multiple of 4.
  /// - Throws: when the image cannot be read, and when `work` was cancelled.
  init(
    of image: ImageFile, covering area: PixelRectangle, reducedBy reduction: Int, side: Int,
    _ work: PredictionWork
  ) throws(ModelError) {
    let width = (image.width + reduction - 1) / reduction
    let height = (image.height + reduction - 1) / reduction
    let reduced = area.reduced(by: reduction)
    let across = Self.tiles(reduced.x..<reduced.maxX, within: width, side: side)
    let down = Self.tiles(reduced.y..<reduced.maxY, within: height, side: side)
    columns = across.count
    rows = down.count
    x = Double(across.lowerBound * side * reduction)
    y = Double(down.lowerBound * side * reduction)
    sidePixels = Double(side * reduction)
    values = Array(repeating: .zero, count: Self.layers * columns * rows)

    let margin = Self.margin
    let strips = stride(from: 0, to: rows, by: Self.tileRowsAtOnce).map { first in
      first..<min(first + Self.tileRowsAtOnce, rows)
    }
    func rectangle(_ strip: Range<Int>) -> PixelRectangle {
      PixelRectangle(
        x: (across.lowerBound * side - margin) * reduction,
        y: ((down.lowerBound + strip.lowerBound) * side - margin) * reduction,
        width: (columns * side + 2 * margin) * reduction,
        height: (strip.count * side + 2 * margin) * reduction)
    }
    let stains = StainDeconvolution()
    var done = 0
    do {
      try image.regions(strips.map(rectangle), reducedBy: reduction) { index, pixels in
        let place = rectangle(strips[index])
        let visible = Visible(
          columns: place.x / reduction, rows: place.y / reduction, width: width, height: height)
        add(StainPlane(pixels, stains, repeatingBorderOf: visible), strips[index], side)
        done += 1
        work.report(Double(done) / Double(strips.count))
        return !work.isCancelled()
      }
    } catch { throw ModelError(error.description) }
    try work.check()
  }

  /// The whole tiles that a range of pixels touches; at least one, though the image be smaller.
  private static func tiles(_ range: Range<Int>, within length: Int, side: Int) -> Range<Int> {
    let count = max(length / side, 1)
    let first = min(max(range.lowerBound / side, 0), count - 1)
    let end = min((range.upperBound + side - 1) / side, count)
    return first..<max(end, first + 1)
  }

  private mutating func add(_ strip: StainPlane, _ tileRows: Range<Int>, _ side: Int) {
    var plane = strip
    for size in 0..<Self.sizes {
      if size > 0 { plane = plane.halved() }
      let part = Part(tileRows: tileRows, margin: Self.margin >> size, side: side >> size)
      if size == 0 { addMeans(of: plane, part) }
      addGradients(of: plane, part, layer: 1 + size)
    }
  }

  /// Which tiles a plane holds, and how many of its pixels make one.
  private struct Part {
    let tileRows: Range<Int>
    let margin: Int
    let side: Int
  }

  private mutating func addMeans(of plane: StainPlane, _ part: Part) {
    let stains = plane.stains.span
    accumulate(part, layer: 0) { row, column in stains[row &* plane.width &+ column] }
  }

  private mutating func addGradients(of plane: StainPlane, _ part: Part, layer: Int) {
    let stains = plane.stains.span
    let width = plane.width
    accumulate(part, layer: layer) { row, column in
      let place = row &* width &+ column
      let across = stains[place &+ 1] - stains[place &- 1]
      let down = stains[place &+ width] - stains[place &- width]
      return across * across + down * down
    }
  }

  /// Sets one layer of some rows of tiles to the means of `value(row, column)` over their pixels.
  @inline(__always)
  private mutating func accumulate(
    _ part: Part, layer: Int, _ value: (Int, Int) -> SIMD2<Float>
  ) {
    let weight = 1 / Float(part.side * part.side)
    for (stripRow, tileRow) in part.tileRows.enumerated() {
      let start = (layer * rows + tileRow) * columns
      for row in part.margin + stripRow * part.side..<part.margin + (stripRow + 1) * part.side {
        for tile in 0..<columns {
          let first = part.margin &+ tile &* part.side
          var sum = SIMD2<Float>.zero
          var column = first
          while column < first &+ part.side {
            sum += value(row, column)
            column &+= 1
          }
          values[start + tile] += sum * weight
        }
      }
    }
  }
}

/// Where a strip lies in the reduced image, and how large that is.
struct Visible {
  let columns, rows: Int
  let width, height: Int
}

/// Haematoxylin and eosin of each pixel of a strip.
struct StainPlane {
  let width, height: Int
  let stains: [SIMD2<Float>]

  /// Deconvolves a strip; pixels beyond the image are those of its border.
  init(_ image: RGBImage, _ deconvolution: StainDeconvolution, repeatingBorderOf visible: Visible) {
    width = image.width
    height = image.height
    // What of the strip lies on the image.
    let left = max(0, -visible.columns)
    let right = min(width, visible.width - visible.columns)
    let top = max(0, -visible.rows)
    let bottom = min(height, visible.height - visible.rows)
    var stains = [SIMD2<Float>](repeating: .zero, count: width * height)
    var target = stains.mutableSpan
    for row in 0..<height {
      let source = min(max(row, top), bottom - 1)
      let from = (source * width + left) * 3..<(source * width + right) * 3
      deconvolution.stains(
        of: image.pixels.span.extracting(from), into: &target, from: row * width + left)
    }
    for row in 0..<height {
      for column in 0..<left { stains[row * width + column] = stains[row * width + left] }
      for column in right..<width { stains[row * width + column] = stains[row * width + right - 1] }
    }
    self.stains = stains
  }

  private init(width: Int, height: Int, stains: [SIMD2<Float>]) {
    self.width = width
    self.height = height
    self.stains = stains
  }

  /// The plane at half its size, averaged over squares of four.
  func halved() -> StainPlane {
    let (width, height) = (width / 2, height / 2)
    var half = [SIMD2<Float>](repeating: .zero, count: width * height)
    var target = half.mutableSpan
    let source = stains.span
    for row in 0..<height {
      var column = 0
      while column < width {
        let place = 2 &* (row &* self.width &+ column)
        target[row &* width &+ column] =
          (source[place] + source[place &+ 1] + source[place &+ self.width]
            + source[place &+ self.width &+ 1]) * 0.25
        column &+= 1
      }
    }
    return StainPlane(width: width, height: height, stains: half)
  }
}
