import Foundation

extension ImageFile {
  /// The reductions that can be asked for.
  public static let reductions = (0...10).map { 1 << $0 }

  /// The largest picture given back at once, in bytes.
  static let mostBytesAtOnce = 1 << 31

  /// Decodes the whole picture at 1/reduction of its size, rounded up.
  ///
  /// A JPEG is scaled by libjpeg down to an eighth while decoding; beyond that, and for a PNG, it
  /// is averaged over squares of pixels. Beside the result only a few rows are held, or the whole
  /// picture where a PNG is interlaced or a JPEG progressive. Of a tiled picture the nearest stored
  /// size that is not smaller is taken, and averaged where it is larger.
  ///
  /// - Parameter reduction: one of `reductions`.
  public func decoded(reducedBy reduction: Int = 1) throws(ImageError) -> RGBImage {
    try region(
      PixelRectangle(x: 0, y: 0, width: width, height: height), reducedBy: reduction)
  }

  /// How many tiles are decoded at most for an overview.
  static let mostTilesOfOverview = 2_048

  /// The whole picture as `decoded(reducedBy:)` gives it, or where more than 2,048 tiles would have
  /// to be decoded, as of a slide without reduced versions, a mosaic: squares of tiles in the mean
  /// colour of one of them.
  public func overview(reducedBy reduction: Int) throws(ImageError) -> RGBImage {
    if case .tiles(let picture) = source {
      try picture.checkSame()
      let mosaic = try picture.mosaic(reducedBy: reduction, most: Self.mostTilesOfOverview)
      if let mosaic { return stored.orientation.seen(mosaic) }
    }
    return try decoded(reducedBy: reduction)
  }

  /// Decodes a part, given in pixels of the full picture; what lies outside it is white.
  ///
  /// The result holds the pixels of the reduced picture that the rectangle touches,
  /// `rectangle.reduced(by: reduction)`, the same as in `decoded(reducedBy:)`.
  public func region(
    _ rectangle: PixelRectangle, reducedBy reduction: Int = 1
  ) throws(ImageError) -> RGBImage {
    var result: RGBImage?
    try regions([rectangle], reducedBy: reduction) { _, image in
      result = image
      return true
    }
    // One rectangle went in, and `regions` returns only after it has given each of them back.
    return result!
  }

  /// Decodes many parts: of a JPEG or PNG in one pass over the file, holding only those that the
  /// current row crosses; of a tiled picture one after the other, neighbours together, so that
  /// most tiles are decoded once.
  ///
  /// - Parameter body: called once for each rectangle, with its index and pixels, in an order that
  ///   suits the file. It returns false to stop.
  public func regions(
    _ rectangles: [PixelRectangle], reducedBy reduction: Int = 1,
    _ body: (_ index: Int, _ image: RGBImage) -> Bool
  ) throws(ImageError) {
    guard !whitened.isEmpty else {
      return try storedRegions(rectangles, reducedBy: reduction, body)
    }
    let white = whitened.map { $0.reduced(by: reduction) }
    try storedRegions(rectangles, reducedBy: reduction) { index, image in
      let corner = rectangles[index].reduced(by: reduction)
      var image = image
      for part in white {
        image.paintWhite(
          PixelRectangle(
            x: part.x - corner.x, y: part.y - corner.y, width: part.width, height: part.height))
      }
      return body(index, image)
    }
  }

  /// The parts as the file has them.
  private func storedRegions(
    _ rectangles: [PixelRectangle], reducedBy reduction: Int,
    _ body: (_ index: Int, _ image: RGBImage) -> Bool
  ) throws(ImageError) {
    precondition(Self.reductions.contains(reduction), "a reduction is a power of 2 up to 1024")
    precondition(rectangles.allSatisfy { $0.width >= 0 && $0.height >= 0 })
    let seen = (width: reduced(width, reduction), height: reduced(height, reduction))
    let orientation = stored.orientation
    var waiting: [OpenRegion] = []
    for (index, rectangle) in rectangles.enumerated() {
      let part = orientation.stored(
        rectangle.reduced(by: reduction), width: seen.width, height: seen.height)
      try checkSize(of: part)
      let region = OpenRegion(
        index: index, part: part, width: reduced(stored.width, reduction),
        height: reduced(stored.height, reduction))
      if let region {
        waiting.append(region)
      } else if !body(index, orientation.seen(.white(part.width, part.height))) {
        return
      }
    }
    guard !waiting.isEmpty else { return }
    switch source {
    case .rows(let origin):
      waiting.sort { ($0.visible.y, $0.index) > ($1.visible.y, $1.index) }
      try pass(over: waiting, of: origin, reduction) { body($0, orientation.seen($1)) }
    case .tiles(let picture):
      try picture.checkSame()
      for place in picture.order(of: waiting.map(\.part), reducedBy: reduction) {
        let region = waiting[place]
        let image = try picture.region(
          region.part, visible: region.visible, reducedBy: reduction)
        if !body(region.index, orientation.seen(image)) { return }
      }
    }
  }

  /// Reads the rows that regions cross.
  ///
  /// - Parameter regions: by their top row, the topmost last.
  private func pass(
    over regions: [OpenRegion], of origin: RowOrigin, _ reduction: Int,
    _ body: (Int, RGBImage) -> Bool
  ) throws(ImageError) {
    let left = regions.map(\.visible.x).min() ?? 0
    let right = regions.map(\.visible.maxX).max() ?? 0
    let height = reduced(stored.height, reduction)
    let source = try rows(of: origin, reducedBy: reduction, columns: left..<right)
    var row = [UInt8](repeating: 0, count: source.columnCount * 3)
    var waiting = regions
    var open: [OpenRegion] = []
    var y = 0
    while let top = open.isEmpty ? waiting.last?.visible.y : y {
      try source.skip(rows: top - y)
      y = top
      while let region = waiting.last, region.visible.y == y {
        waiting.removeLast()
        open.append(region)
        open[open.count - 1].begin()
      }
      try source.read(into: &row)
      for index in open.indices { open[index].take(row, startingAt: source.firstColumn, y: y) }
      y += 1
      if y == height { try source.finish() }
      for region in open where region.visible.maxY == y {
        if !body(region.index, region.image) { return }
      }
      open.removeAll { $0.visible.maxY == y }
    }
  }

  private func rows(
    of origin: RowOrigin, reducedBy reduction: Int, columns: Range<Int>
  ) throws(ImageError) -> any RowSource {
    switch origin {
    case .jpeg:
      let rows = try JPEGRows(opening: url, byteCount: FileStart(of: url).byteCount)
      try checkSame(rows.picture)
      let byJPEG = min(reduction, JPEGRows.largestReduction)
      let side = reduction / byJPEG
      let end = min(columns.upperBound * side, reduced(stored.width, byJPEG))
      try rows.start(reducedBy: byJPEG, columns: columns.lowerBound * side..<end)
      return AveragedRows(
        of: rows, side: side, columns: columns, height: reduced(stored.height, byJPEG))
    case .png:
      let rows = try PNGRows(opening: url, byteCount: FileStart(of: url).byteCount)
      try checkSame(rows.picture)
      try rows.start(reducedBy: reduction)
      return rows
    case .held(let picture):
      return AveragedRows(
        of: HeldRows(try picture.image()), side: reduction, columns: columns, height: stored.height)
    }
  }

  private func checkSame(_ picture: StoredPicture) throws(ImageError) {
    if picture == stored { return }
    throw ImageError(
      file: url,
      problem: "has changed since it was opened: it was \(stored.width) × \(stored.height) pixels "
        + "and is now \(picture.width) × \(picture.height); open it again.")
  }

  private func checkSize(of part: PixelRectangle) throws(ImageError) {
    if part.width.clampedProduct(part.height, 3) <= Self.mostBytesAtOnce { return }
    throw ImageError(
      file: url,
      problem: "\(part.width) × \(part.height) pixels are too many to hold at once; ask for a "
        + "smaller part or a reduced size.")
  }

  private func reduced(_ length: Int, _ reduction: Int) -> Int {
    (length + reduction - 1) / reduction
  }
}

/// A part of the stored picture while its rows come in.
private struct OpenRegion {
  let index: Int
  let part: PixelRectangle
  /// What of it lies inside the picture.
  let visible: PixelRectangle
  private(set) var image = RGBImage(width: 0, height: 0, pixels: [])

  /// Nil when the part lies wholly outside a picture of that size.
  init?(index: Int, part: PixelRectangle, width: Int, height: Int) {
    guard let visible = part.clipped(toWidth: width, height: height) else { return nil }
    self.index = index
    self.part = part
    self.visible = visible
  }

  mutating func begin() { image = .white(part.width, part.height) }

  mutating func take(_ row: [UInt8], startingAt firstColumn: Int, y: Int) {
    let from = (visible.x - firstColumn) * 3
    let to = ((y - part.y) * part.width + visible.x - part.x) * 3
    let count = visible.width * 3
    precondition(from >= 0 && from + count <= row.count && to + count <= image.pixels.count)
    // Safety: both ranges were checked on the line above.
    image.pixels.withUnsafeMutableBytes { target in
      row.withUnsafeBytes { source in
        target.baseAddress!.advanced(by: to)
          .copyMemory(from: source.baseAddress!.advanced(by: from), byteCount: count)
      }
    }
  }
}

extension RGBImage {
  fileprivate mutating func paintWhite(_ part: PixelRectangle) {
    guard let part = part.clipped(toWidth: width, height: height) else { return }
    for y in part.y..<part.maxY {
      let row = (y * width + part.x) * 3..<(y * width + part.maxX) * 3
      pixels.replaceSubrange(row, with: repeatElement(255, count: row.count))
    }
  }

  fileprivate static func white(_ width: Int, _ height: Int) -> RGBImage {
    RGBImage(
      width: width, height: height, pixels: Array(repeating: 255, count: width * height * 3))
  }
}
