extension TiledPicture {
  /// The whole picture at 1/reduction when decoding every tile would take too long: the mean colour
  /// of one tile in each square of tiles, which the square is filled with.
  ///
  /// - Parameter most: how many tiles are decoded at most.
  /// - Returns: nil where the stored size to take has no more tiles than that.
  func mosaic(reducedBy reduction: Int, most: Int) throws(ImageError) -> RGBImage? {
    let index = level(for: reduction)
    let level = levels[index]
    guard level.columns.clampedProduct(level.rows) > most else { return nil }
    var side = 2
    while level.columns.squares(side) * level.rows.squares(side) > most { side += 1 }

    let across = level.columns.squares(side)
    var colors: [(UInt8, UInt8, UInt8)] = []
    for row in 0..<level.rows.squares(side) {
      for column in 0..<across {
        let place = TilePlace(
          level: index, column: min(column * side + side / 2, level.columns - 1),
          row: min(row * side + side / 2, level.rows - 1))
        colors.append(try tile(place).meanColor)
      }
    }
    let part = PixelRectangle(x: 0, y: 0, width: levels[0].width, height: levels[0].height)
      .reduced(by: reduction)
    var image = RGBImage(width: part.width, height: part.height)
    for y in 0..<part.height {
      let row = level.rows(ofReduced: y, reduction).lowerBound / (level.tileHeight * side)
      for x in 0..<part.width {
        let column = level.columns(ofReduced: x, reduction).lowerBound / (level.tileWidth * side)
        image[x, y] = colors[row * across + column]
      }
    }
    return image
  }
}

extension Int {
  /// How many squares of a side that many tiles make, the last one perhaps not whole.
  fileprivate func squares(_ side: Int) -> Int { (self + side - 1) / side }
}

extension RGBImage {
  /// The mean of each channel; white for a picture without pixels.
  var meanColor: (UInt8, UInt8, UInt8) {
    let count = width * height
    guard count > 0 else { return (255, 255, 255) }
    let source = pixels.span
    var sums = (0, 0, 0)
    var index = 0
    while index < source.count {
      sums.0 &+= Int(source[index])
      sums.1 &+= Int(source[index &+ 1])
      sums.2 &+= Int(source[index &+ 2])
      index &+= 3
    }
    return (UInt8(sums.0 / count), UInt8(sums.1 / count), UInt8(sums.2 / count))
  }
}
