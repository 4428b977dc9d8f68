/// Pixels in memory: 8-bit red, green and blue, rows from the top.
public struct RGBImage: Sendable, Hashable {
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  /// `height · width · 3` bytes.
  public var pixels: [UInt8]

  /// Takes pixels as they are; there must be `height · width · 3` bytes.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(pixels.count == width * height * 3)
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Makes a picture of one colour.
  public init(width: Int, height: Int, filledWith color: (UInt8, UInt8, UInt8) = (255, 255, 255)) {
    self.width = width
    self.height = height
    // Safety: every byte of `height · width · 3` is written before the count is set.
    pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      for pixel in 0..<width * height {
        buffer[pixel * 3] = color.0
        buffer[pixel * 3 + 1] = color.1
        buffer[pixel * 3 + 2] = color.2
      }
      count = width * height * 3
    }
  }

  /// Red, green and blue at a pixel inside the image.
  @inlinable
  public subscript(x: Int, y: Int) -> (red: UInt8, green: UInt8, blue: UInt8) {
    get {
      let offset = (y * width + x) * 3
      return (pixels[offset], pixels[offset + 1], pixels[offset + 2])
    }
    set {
      let offset = (y * width + x) * 3
      pixels[offset] = newValue.red
      pixels[offset + 1] = newValue.green
      pixels[offset + 2] = newValue.blue
    }
  }
}
