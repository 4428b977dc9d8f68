import CResources
import Images

/// The letters of pictures: a monospaced face in one size, smooth-edged, built into the program.
public enum Lettering {
  /// The cell of one character, in pixels.
  public static let columns = Int(eosin_glyph_columns)
  /// The height of a character's cell, in pixels.
  public static let rows = Int(eosin_glyph_rows)

  /// Coverage 0...255 of each character's cell, row by row.
  fileprivate static let glyphs: [UInt32: [UInt8]] = {
    let atlas = unsafe eosin_glyphs()
    // Safety: the C array lives as long as the program and has the length given beside it.
    let bytes = unsafe UnsafeBufferPointer(start: atlas.start, count: atlas.length)
    let record = 4 + columns * rows
    var glyphs: [UInt32: [UInt8]] = [:]
    for start in stride(from: 0, to: bytes.count - record + 1, by: record) {
      let code = (0..<4).reduce(0 as UInt32) { $0 | UInt32(unsafe bytes[start + $1]) << (8 * $1) }
      glyphs[code] = Array(unsafe bytes[start + 4..<start + record])
    }
    return glyphs
  }()
}

extension RGBImage {
  /// Fills a rectangle, cut off at the edges.
  public mutating func fill(_ area: PixelRectangle, with color: Color) {
    guard let area = area.clipped(toWidth: width, height: height) else { return }
    for y in area.y..<area.maxY {
      for x in area.x..<area.maxX { self[x, y] = (color.red, color.green, color.blue) }
    }
  }

  /// Writes text with its top left corner at (x, y); characters without a glyph leave a gap.
  ///
  /// - Returns: the pixel after the last character.
  @discardableResult
  public mutating func write(_ text: String, x: Int, y: Int, color: Color, scale: Int = 1) -> Int {
    var left = x
    for scalar in text.unicodeScalars {
      if let glyph = Lettering.glyphs[scalar.value] {
        blend(glyph, x: left, y: y, color: color, scale: scale)
      }
      left += Lettering.columns * scale
    }
    return left
  }

  private mutating func blend(_ glyph: [UInt8], x: Int, y: Int, color: Color, scale: Int) {
    for row in 0..<Lettering.rows * scale {
      for column in 0..<Lettering.columns * scale {
        let coverage = glyph[(row / scale) * Lettering.columns + column / scale]
        let (px, py) = (x + column, y + row)
        guard coverage > 0, px >= 0, py >= 0, px < width, py < height else { continue }
        let below = self[px, py]
        let mixed = Color(red: below.red, green: below.green, blue: below.blue)
          .mixed(with: color, share: Double(coverage) / 255)
        self[px, py] = (mixed.red, mixed.green, mixed.blue)
      }
    }
  }
}
