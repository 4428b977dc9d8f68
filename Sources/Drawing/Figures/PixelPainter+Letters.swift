import Images

extension PixelPainter {
  mutating func write(_ label: VectorPicture.Label, _ paint: Paint) {
    let width = Typeface.width(of: label.text, size: label.size, isBold: label.isBold)
    let start =
      switch label.anchor {
      case .start: label.place.x
      case .middle: label.place.x - width / 2
      case .end: label.place.x - width
      }
    let factor = label.size * scale / Typeface.size
    var pen = start * scale
    // On a whole row the feet of letters are sharp.
    let baseline = (label.place.y * scale).rounded()
    let color = paint.color(in: theme)
    for scalar in label.text.unicodeScalars {
      guard let glyph = Typeface.glyph(of: scalar, isBold: label.isBold) else { continue }
      draw(glyph, pen: pen, baseline: baseline, factor, color, paint.opacity)
      pen += glyph.advance * factor
    }
  }

  /// Each pixel is the mean of the part of the atlas that it covers.
  private mutating func draw(
    _ glyph: Typeface.Glyph, pen: Double, baseline: Double, _ factor: Double, _ color: Color,
    _ opacity: Double
  ) {
    let left = pen + Double(glyph.left) * factor
    let top = baseline + Double(glyph.top) * factor
    let area = pixels(
      left, top, left + Double(glyph.width) * factor, top + Double(glyph.height) * factor)
    for y in area.y {
      let rows = weights((Double(y) - top) / factor, 1 / factor, glyph.height)
      for x in area.x {
        let columns = weights((Double(x) - left) / factor, 1 / factor, glyph.width)
        var sum = 0.0
        for (row, tall) in rows {
          for (column, wide) in columns {
            sum += Double(glyph.coverage[row * glyph.width + column]) * tall * wide
          }
        }
        // A little heavier than measured: thin grey strokes read as too light.
        let share = min(sum / 255 * 1.12, 1)
        blend(x, y, color, share * opacity)
      }
    }
  }

  /// The samples under a stretch of the atlas and their shares of it.
  private func weights(_ start: Double, _ length: Double, _ count: Int) -> [(Int, Double)] {
    // Where letters grow, a stretch is shorter than a sample: one sample's length smooths them.
    let wide = max(length, 1)
    let first = start + (length - wide) / 2
    let end = first + wide
    return (Int(first.rounded(.down))..<Int(end.rounded(.up))).compactMap { sample in
      guard sample >= 0, sample < count else { return nil }
      return (sample, (min(end, Double(sample + 1)) - max(first, Double(sample))) / wide)
    }
  }

  mutating func stretch(
    _ picture: RGBImage, x: Double, y: Double, width: Double, height: Double
  ) {
    guard picture.width > 0, picture.height > 0, width > 0, height > 0 else { return }
    let area = pixels(x, y, x + width, y + height)
    for row in area.y {
      for column in area.x {
        let across = (Double(column) + 0.5 - x) / width * Double(picture.width)
        let down = (Double(row) + 0.5 - y) / height * Double(picture.height)
        let pixel = picture[
          min(max(Int(across), 0), picture.width - 1), min(max(Int(down), 0), picture.height - 1)]
        blend(column, row, Color(red: pixel.red, green: pixel.green, blue: pixel.blue), 1)
      }
    }
  }
}
