extension TiledPicture {
  /// The largest square of the reduced picture that is averaged at once.
  private static let blockSide = 1024

  /// The pixels of a part of the picture at 1/reduction; what lies outside `visible` is white.
  ///
  /// They are those of the stored size next to it that is not smaller, and where that is larger,
  /// means over the stored pixels of each place, whole numbers of them.
  func region(
    _ part: PixelRectangle, visible: PixelRectangle, reducedBy reduction: Int
  ) throws(ImageError) -> RGBImage {
    var image = RGBImage(width: part.width, height: part.height)
    let index = level(for: reduction)
    let level = levels[index]
    if level.isStored(at: reduction) {
      try tiles(of: visible, level: index) { image.copy($0, at: $1, to: part) }
      return image
    }
    for block in visible.blocks(side: Self.blockSide) {
      var sums = BlockSums(block, of: level, reduction)
      try tiles(of: sums.pixels, level: index) { sums.add($0, at: $1) }
      sums.write(to: &image, from: part)
    }
    return image
  }

  /// The stored size to take for a reduction.
  func level(for reduction: Int) -> Int {
    // The full size is always fine enough.
    levels.lastIndex { max($0.scaleX, $0.scaleY) <= Double(reduction) } ?? 0
  }

  /// Parts in an order in which those that share tiles are near each other: along a Z-curve over
  /// the tiles of their centres.
  func order(of parts: [PixelRectangle], reducedBy reduction: Int) -> [Int] {
    let level = levels[level(for: reduction)]
    let keys = parts.map { part in
      let x = level.columns(ofReduced: part.x + part.width / 2, reduction).lowerBound
      let y = level.rows(ofReduced: part.y + part.height / 2, reduction).lowerBound
      return spread(x / level.tileWidth) | spread(y / level.tileHeight) << 1
    }
    return parts.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
  }

  /// Gives each tile that has some of a level's pixels, and where it lies in the level.
  private func tiles(
    of pixels: PixelRectangle, level: Int, _ body: (RGBImage, PixelRectangle) -> Void
  ) throws(ImageError) {
    let (width, height) = (levels[level].tileWidth, levels[level].tileHeight)
    for row in pixels.y / height...(pixels.maxY - 1) / height {
      for column in pixels.x / width...(pixels.maxX - 1) / width {
        let place = TilePlace(level: level, column: column, row: row)
        body(try tile(place), levels[level].rectangle(column: column, row: row))
      }
    }
  }

  /// The low 31 bits of a number with a zero before each; nothing of negative ones.
  private func spread(_ number: Int) -> UInt {
    var bits = UInt(max(0, min(number, 0x7FFF_FFFF)))
    bits = (bits | bits << 16) & 0x0000_FFFF_0000_FFFF
    bits = (bits | bits << 8) & 0x00FF_00FF_00FF_00FF
    bits = (bits | bits << 4) & 0x0F0F_0F0F_0F0F_0F0F
    bits = (bits | bits << 2) & 0x3333_3333_3333_3333
    return (bits | bits << 1) & 0x5555_5555_5555_5555
  }
}

extension TileLevel {
  /// Whether the picture at 1/reduction is stored as it is.
  fileprivate func isStored(at reduction: Int) -> Bool {
    scaleX == Double(reduction) && scaleY == Double(reduction)
  }
}

extension RGBImage {
  /// Copies what a tile has of this picture, which is that of `part`.
  fileprivate mutating func copy(
    _ tile: RGBImage, at place: PixelRectangle, to part: PixelRectangle
  ) {
    let left = max(place.x, part.x)
    let right = min(place.maxX, part.maxX)
    let top = max(place.y, part.y)
    let bottom = min(place.maxY, part.maxY)
    guard left < right, top < bottom else { return }
    let width = self.width
    let count = (right - left) * 3
    precondition(place.width == tile.width && place.height == tile.height)
    precondition(part.width == width && part.height == height)
    // Safety: rows and columns lie in both rectangles, which are as large as their pictures.
    pixels.withUnsafeMutableBytes { target in
      tile.pixels.withUnsafeBytes { source in
        for y in top..<bottom {
          let from = ((y - place.y) * tile.width + left - place.x) * 3
          let to = ((y - part.y) * width + left - part.x) * 3
          target.baseAddress!.advanced(by: to)
            .copyMemory(from: source.baseAddress!.advanced(by: from), byteCount: count)
        }
      }
    }
  }
}

extension PixelRectangle {
  /// The rectangle in squares of a side, smaller ones at its right and bottom, row by row.
  func blocks(side: Int) -> [PixelRectangle] {
    stride(from: y, to: maxY, by: side).flatMap { top in
      stride(from: x, to: maxX, by: side).map { left in
        PixelRectangle(
          x: left, y: top, width: min(side, maxX - left), height: min(side, maxY - top))
      }
    }
  }
}
