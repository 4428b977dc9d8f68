import CResources

/// The letters of figures: a proportional face, regular and bold, built into the program.
///
/// Widths serve the layout of SVG too: pages use the reader's own sans serif, which is seldom
/// wider than this one (DejaVu Sans).
public enum Typeface {
  /// One character at the size of the atlas.
  struct Glyph {
    /// From this pen position to the next.
    var advance: Double
    /// From the pen on the baseline to the box's top left corner.
    var left, top: Int
    var width, height: Int
    /// Grey 0...255, row by row.
    var coverage: [UInt8]
  }

  /// The size at which the atlas is drawn, in pixels.
  static let size = Double(eosin_text_glyph_size)

  private static let atlas: [[UInt32: Glyph]] = {
    let bytes = unsafe eosin_text_glyphs()
    // Safety: the C array lives as long as the program and has the length given beside it.
    let atlas = unsafe Array(UnsafeBufferPointer(start: bytes.start, count: bytes.length))
    var faces: [[UInt32: Glyph]] = [[:], [:]]
    var start = 0
    while start + 11 <= atlas.count {
      let record = atlas[start...].prefix(11).map(Int.init)
      let code = record[0] | record[1] << 8 | record[2] << 16 | record[3] << 24
      let area = record[9] * record[10]
      faces[record[4]][UInt32(code)] = Glyph(
        advance: Double(record[5] | record[6] << 8) / 64,
        left: Int(Int8(truncatingIfNeeded: record[7])),
        top: Int(Int8(truncatingIfNeeded: record[8])), width: record[9], height: record[10],
        coverage: Array(atlas[(start + 11)..<(start + 11 + area)]))
      start += 11 + area
    }
    return faces
  }()

  /// The glyph of a character; one that the face lacks is drawn as a middle dot.
  static func glyph(of scalar: Unicode.Scalar, isBold: Bool) -> Glyph? {
    let face = atlas[isBold ? 1 : 0]
    return face[scalar.value] ?? face[0xB7]
  }

  /// How wide a line of text is, in points.
  public static func width(of text: String, size: Double, isBold: Bool = false) -> Double {
    text.unicodeScalars.reduce(0) { $0 + (glyph(of: $1, isBold: isBold)?.advance ?? 0) }
      * size / Self.size
  }

  /// The text in at most `width` points, its middle replaced by `…` when it is wider.
  public static func shortened(
    _ text: String, to width: Double, size: Double, isBold: Bool = false
  ) -> String {
    var columns = text.count
    var shown = text
    while columns > 1, Self.width(of: shown, size: size, isBold: isBold) > width {
      columns -= 1
      shown = text.shortened(to: columns)
    }
    return shown
  }

  /// The text in lines of at most `width` points, broken between words where there are any.
  public static func wrapped(_ text: String, to width: Double, size: Double) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, Self.width(of: last + " " + word, size: size) <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(shortened(String(word), to: width, size: size))
      }
    }
    return lines
  }
}
