import Synchronization

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

/// A picture in memory, or one that is brought there when its pixels are first asked for.
///
/// Two are the same where they are one object, or where both are in memory and equal.
final class HeldPicture: Sendable, Hashable {
  private let width: Int
  private let height: Int
  private let held: Mutex<RGBImage?>
  private let read: @Sendable () throws(ImageError) -> RGBImage

  init(_ image: RGBImage) {
    (width, height) = (image.width, image.height)
    held = Mutex(image)
    read = { image }
  }

  /// - Parameter read: gives a picture of the size named; asked once, unless it fails.
  init(width: Int, height: Int, read: @escaping @Sendable () throws(ImageError) -> RGBImage) {
    (self.width, self.height) = (width, height)
    held = Mutex(nil)
    self.read = read
  }

  /// The picture; whoever asks second waits for the first.
  func image() throws(ImageError) -> RGBImage {
    try held.withLock { held throws(ImageError) in
      if let held { return held }
      let image = try read()
      precondition(image.width == width && image.height == height)
      held = image
      return image
    }
  }

  static func == (first: HeldPicture, second: HeldPicture) -> Bool {
    if first === second { return true }
    guard let image = first.held.withLock({ $0 }) else { return false }
    return image == second.held.withLock { $0 }
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(width)
    hasher.combine(height)
  }
}
