/// How a stored picture is turned to be seen, EXIF's numbers 1 to 8.
///
/// The stored picture is first transposed, when the sides are swapped, and then mirrored.
///
/// Source: Exif 2.3, tag 0x0112.
enum Orientation: Int, Sendable {
  case upright = 1
  case mirrored, turnedHalf, flipped, transposed, turnedRight, transversed, turnedLeft

  var swapsSides: Bool { rawValue >= 5 }
  var mirrorsX: Bool { [2, 3, 6, 7].contains(rawValue) }
  var mirrorsY: Bool { [3, 4, 7, 8].contains(rawValue) }

  /// Reads tag 0x0112 of the first directory of an EXIF block; upright when it is not there.
  init(exif: [UInt8]) {
    self = Self.tag(of: exif).flatMap(Orientation.init(rawValue:)) ?? .upright
  }

  private static func tag(of exif: [UInt8]) -> Int? {
    guard exif.count >= 8 else { return nil }
    let isLittle = exif.starts(with: [0x49, 0x49, 0x2A, 0x00])
    guard isLittle || exif.starts(with: [0x4D, 0x4D, 0x00, 0x2A]) else { return nil }
    func number(at offset: Int, bytes: Int) -> Int? {
      guard offset >= 0, offset + bytes <= exif.count else { return nil }
      let part = exif[offset..<offset + bytes]
      return (isLittle ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = number(at: 4, bytes: 4), let count = number(at: directory, bytes: 2)
    else { return nil }
    for entry in 0..<count {
      let offset = directory + 2 + entry * 12
      guard let name = number(at: offset, bytes: 2) else { return nil }
      if name == 0x0112 { return number(at: offset + 8, bytes: 2) }
    }
    return nil
  }

  /// The part of the stored picture that is seen as `rectangle`.
  ///
  /// - Parameters:
  ///   - width: the seen picture's width.
  ///   - height: the seen picture's height.
  func stored(_ rectangle: PixelRectangle, width: Int, height: Int) -> PixelRectangle {
    let x = mirrorsX ? width - rectangle.maxX : rectangle.x
    let y = mirrorsY ? height - rectangle.maxY : rectangle.y
    return swapsSides
      ? PixelRectangle(x: y, y: x, width: rectangle.height, height: rectangle.width)
      : PixelRectangle(x: x, y: y, width: rectangle.width, height: rectangle.height)
  }

  /// Turns stored pixels to be seen.
  func seen(_ stored: RGBImage) -> RGBImage {
    if self == .upright { return stored }
    let width = swapsSides ? stored.height : stored.width
    let height = swapsSides ? stored.width : stored.height
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    let source = stored.pixels.span
    var target = pixels.mutableSpan
    for y in 0..<height {
      let alongY = mirrorsY ? height - 1 - y : y
      for x in 0..<width {
        let alongX = mirrorsX ? width - 1 - x : x
        let row = swapsSides ? alongX : alongY
        let column = swapsSides ? alongY : alongX
        let from = (row * stored.width + column) * 3
        let to = (y * width + x) * 3
        target[to] = source[from]
        target[to + 1] = source[from + 1]
        target[to + 2] = source[from + 2]
      }
    }
    return RGBImage(width: width, height: height, pixels: pixels)
  }
}
