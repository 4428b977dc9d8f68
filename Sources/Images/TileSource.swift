import Foundation

/// A picture stored in pieces that are decoded one by one, at one or several sizes.
///
/// Stored means before the orientation is applied. Not safe to use from several threads at once;
/// ``TiledPicture`` sees to that.
protocol TileSource: AnyObject {
  /// Full size first, each next one smaller.
  var levels: [TileLevel] { get }
  /// Decodes a tile; at the right and bottom edges it ends with the level.
  func read(_ place: TilePlace) throws(ImageError) -> RGBImage
}

/// Which tile of a picture.
struct TilePlace: Hashable, Sendable {
  var level: Int
  var column: Int
  var row: Int
}

/// One stored size of a tiled picture.
struct TileLevel: Sendable, Hashable {
  let width, height: Int
  let tileWidth, tileHeight: Int
  /// Pixels of full size per pixel, along x and y.
  let scaleX, scaleY: Double

  init(
    width: Int, height: Int, tileWidth: Int, tileHeight: Int, ofWidth fullWidth: Int,
    height fullHeight: Int
  ) {
    self.width = width
    self.height = height
    self.tileWidth = tileWidth
    self.tileHeight = tileHeight
    let power = Self.nearestPower(Double(fullWidth) / Double(width))
    let isPower =
      abs(Double(fullWidth) / power - Double(width)) <= 1
      && abs(Double(fullHeight) / power - Double(height)) <= 1
    scaleX = isPower ? power : Double(fullWidth) / Double(width)
    scaleY = isPower ? power : Double(fullHeight) / Double(height)
  }

  var columns: Int { (width + tileWidth - 1) / tileWidth }
  var rows: Int { (height + tileHeight - 1) / tileHeight }

  /// Whether this is a reduced version of a picture of that size: sides in the same proportion, to
  /// a pixel or two, and not much larger than half.
  func isReduced(ofWidth fullWidth: Int, height fullHeight: Int) -> Bool {
    guard scaleX >= 1.5, scaleY >= 1.5 else { return false }
    return abs(Double(fullHeight) / scaleX - Double(height)) <= 1.5
  }

  /// The pixels of a tile, in those of the level.
  func rectangle(column: Int, row: Int) -> PixelRectangle {
    PixelRectangle(
      x: column * tileWidth, y: row * tileHeight,
      width: min(tileWidth, width - column * tileWidth),
      height: min(tileHeight, height - row * tileHeight))
  }

  /// The level's pixels along x that a pixel of the picture at 1/reduction is the mean of.
  func columns(ofReduced x: Int, _ reduction: Int) -> Range<Int> {
    Self.range(x, Double(reduction) / scaleX, below: width)
  }

  /// The same along y.
  func rows(ofReduced y: Int, _ reduction: Int) -> Range<Int> {
    Self.range(y, Double(reduction) / scaleY, below: height)
  }

  /// At least one pixel, and inside the level, which may be a pixel short.
  private static func range(_ index: Int, _ factor: Double, below end: Int) -> Range<Int> {
    let first = min(Int((Double(index) * factor).rounded()), end - 1)
    let next = Int((Double(index + 1) * factor).rounded())
    return first..<max(first + 1, min(next, end))
  }

  private static func nearestPower(_ scale: Double) -> Double {
    scale.isFinite && scale >= 1 ? exp2(log2(scale).rounded()) : 1
  }
}

/// What tells whether a file is still the one that was opened.
struct FileStamp: Hashable, Sendable {
  let byteCount: Int
  let modified: Date?
}
