import Images

/// A picture of part of the image at several sizes, so that a view far away is smooth.
public struct ImagePyramid: Sendable {
  /// The largest picture first, each next one half its size.
  public let levels: [RGBImage]
  /// The part of the full image that the pictures show.
  public let extent: PixelRectangle

  /// Halves the picture again and again until one side is 8 pixels or less.
  public init(_ image: RGBImage, extent: PixelRectangle) {
    self.extent = extent
    var levels = [image]
    while let last = levels.last, last.width > 8, last.height > 8 {
      levels.append(last.halved())
    }
    self.levels = levels
  }

  /// Image pixels per pixel of the largest level.
  public var finestScale: Double { Double(extent.width) / Double(max(1, levels[0].width)) }

  /// The level whose pixels are about as large as a point of `scale` image pixels.
  public func level(forScale scale: Double) -> Int {
    var level = 0
    var pixel = finestScale
    while level + 1 < levels.count, pixel * 1.5 <= scale {
      pixel *= 2
      level += 1
    }
    return level
  }

  /// The colour at an image position, or nil outside the extent.
  public func color(x: Double, y: Double, level: Int) -> Color? {
    let image = levels[level]
    let column = (x - Double(extent.x)) / Double(extent.width) * Double(image.width)
    let row = (y - Double(extent.y)) / Double(extent.height) * Double(image.height)
    guard column >= 0, row >= 0, column < Double(image.width), row < Double(image.height) else {
      return nil
    }
    let pixel = image[Int(column), Int(row)]
    return Color(red: pixel.red, green: pixel.green, blue: pixel.blue)
  }
}

extension RGBImage {
  /// The picture at half its size, each pixel the mean of four.
  func halved() -> RGBImage {
    let half = (width: max(1, width / 2), height: max(1, height / 2))
    let source = pixels.span
    let pixels = [UInt8](unsafeUninitializedCapacity: half.width * half.height * 3) { out, count in
      var next = 0
      for y in 0..<half.height {
        let upper = min(2 * y, height - 1) * width * 3
        let lower = min(2 * y + 1, height - 1) * width * 3
        for x in 0..<half.width {
          let left = min(2 * x, width - 1) * 3
          let right = min(2 * x + 1, width - 1) * 3
          for channel in 0..<3 {
            let sum =
              Int(source[upper + left + channel]) + Int(source[upper + right + channel])
              + Int(source[lower + left + channel]) + Int(source[lower + right + channel])
            out[next] = UInt8((sum + 2) / 4)
            next += 1
          }
        }
      }
      count = next
    }
    return RGBImage(width: half.width, height: half.height, pixels: pixels)
  }
}
