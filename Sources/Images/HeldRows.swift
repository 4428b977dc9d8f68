/// Rows of a picture in memory, at full size.
final class HeldRows: RowSource {
  private let image: RGBImage
  private var y = 0
  let firstColumn = 0
  var columnCount: Int { image.width }

  init(_ image: RGBImage) { self.image = image }

  func skip(rows: Int) { y += rows }

  func read(into row: inout [UInt8]) {
    let count = image.width * 3
    row.replaceSubrange(row.indices, with: image.pixels[y * count..<(y + 1) * count])
    y += 1
  }

  func finish() {}
}

/// A picture in memory; equal pictures hash alike by their sizes, without going through pixels.
struct HeldPicture: Sendable, Hashable {
  let image: RGBImage

  func hash(into hasher: inout Hasher) {
    hasher.combine(image.width)
    hasher.combine(image.height)
  }
}
