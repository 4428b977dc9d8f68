/// Means over stored pixels for a block of the reduced picture, gathered tile by tile.
struct BlockSums {
  /// In pixels of the reduced picture.
  let block: PixelRectangle
  /// The stored pixels of each column and row of the block.
  private let columns, rows: [Range<Int>]
  private var sums: [UInt32]

  init(_ block: PixelRectangle, of level: TileLevel, _ reduction: Int) {
    self.block = block
    columns = (block.x..<block.maxX).map { level.columns(ofReduced: $0, reduction) }
    rows = (block.y..<block.maxY).map { level.rows(ofReduced: $0, reduction) }
    sums = Array(repeating: 0, count: block.width * block.height * 3)
  }

  /// The stored pixels that are needed; a block is never empty.
  var pixels: PixelRectangle {
    let right = columns[columns.count - 1].upperBound
    let bottom = rows[rows.count - 1].upperBound
    return PixelRectangle(
      x: columns[0].lowerBound, y: rows[0].lowerBound, width: right - columns[0].lowerBound,
      height: bottom - rows[0].lowerBound)
  }

  /// Adds what a tile has of the block.
  mutating func add(_ tile: RGBImage, at place: PixelRectangle) {
    let across = Self.overlaps(of: columns, with: place.x..<place.maxX)
    let down = Self.overlaps(of: rows, with: place.y..<place.maxY)
    let width = block.width
    let source = tile.pixels.span
    var target = sums.mutableSpan
    for (row, stored) in down {
      for y in stored {
        let line = (y - place.y) * tile.width - place.x
        for (column, stored) in across {
          let to = (row &* width &+ column) &* 3
          var from = (line &+ stored.lowerBound) &* 3
          for _ in 0..<stored.count {
            target[to] &+= UInt32(source[from])
            target[to &+ 1] &+= UInt32(source[from &+ 1])
            target[to &+ 2] &+= UInt32(source[from &+ 2])
            from &+= 3
          }
        }
      }
    }
  }

  /// Writes the means to a picture whose top left pixel is that of `part`.
  func write(to image: inout RGBImage, from part: PixelRectangle) {
    let width = image.width
    let source = sums.span
    var target = image.pixels.mutableSpan
    for row in 0..<block.height {
      var to = ((block.y - part.y + row) * width + block.x - part.x) * 3
      var from = row * block.width * 3
      for column in 0..<block.width {
        let count = UInt32(rows[row].count * columns[column].count)
        for _ in 0..<3 {
          target[to] = UInt8((source[from] + count / 2) / count)
          to &+= 1
          from &+= 1
        }
      }
    }
  }

  /// Which ranges meet another, and where.
  private static func overlaps(
    of ranges: [Range<Int>], with other: Range<Int>
  ) -> [(index: Int, stored: Range<Int>)] {
    ranges.enumerated().compactMap { index, range in
      let common = range.clamped(to: other)
      return common.isEmpty ? nil : (index, common)
    }
  }
}
