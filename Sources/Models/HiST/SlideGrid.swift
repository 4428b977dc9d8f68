import Images
import Sections

/// HiST's grid of tiles over a slide that has no spots, as those of TCGA.
///
/// A slide wider than high is turned a quarter counterclockwise; white is added below until its height
/// is 1.25 times its width; and that is cut into 80 rows of 64 equal tiles, what is left over by whole
/// division being cut off.
///
/// Source: HiST's released preparation of slides. Departures: a slide higher than 1.25 times its width
/// gets white on its right, where the release has no rule; which way it is turned, and on which side
/// white goes, are ours.
public struct SlideGrid: Sendable, Equatable {
  /// Whether the slide is turned.
  public let isTurned: Bool
  /// The size of a tile, in pixels of the slide.
  public let tileWidth, tileHeight: Int
  /// The slide's own width as it is stored.
  private let storedWidth: Int

  /// Lays the grid over a slide of a size in pixels.
  ///
  /// - Throws: when a tile would have no pixel.
  public init(width: Int, height: Int, slideName: String) throws(ModelError) {
    isTurned = width > height
    storedWidth = width
    let (across, down) = isTurned ? (height, width) : (width, height)
    let paddedWidth = max(across, down * 4 / 5)
    let paddedHeight = max(down, across * 5 / 4)
    tileWidth = paddedWidth / TileGrid.columns
    tileHeight = paddedHeight / TileGrid.rows
    guard tileWidth > 0, tileHeight > 0 else {
      throw ModelError(
        "Slide \(slideName) has \(width) by \(height) pixels, too few for a grid of "
          + "\(TileGrid.columns) by \(TileGrid.rows) tiles. Take the slide at full size.")
    }
  }

  /// The part of the stored slide that each cell's tile is cut from, row by row of the grid; what lies
  /// beyond the slide is white.
  public var windows: [PixelRectangle] {
    (0..<TileGrid.cellCount).map { cell in
      let (row, column) = (cell / TileGrid.columns, cell % TileGrid.columns)
      let (x, y) = (column * tileWidth, row * tileHeight)
      guard isTurned else {
        return PixelRectangle(x: x, y: y, width: tileWidth, height: tileHeight)
      }
      // Down the grid is leftwards on the stored slide, across it downwards.
      return PixelRectangle(
        x: storedWidth - y - tileHeight, y: x, width: tileHeight, height: tileWidth)
    }
  }

  /// A tile as the network sees it, from the part of the stored slide.
  public func tile(_ stored: RGBImage) -> RGBImage {
    guard isTurned else { return stored }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(stored.pixels.count)
    for y in 0..<stored.width {
      for x in 0..<stored.height {
        let start = (x * stored.width + stored.width - 1 - y) * 3
        pixels += stored.pixels[start..<start + 3]
      }
    }
    return RGBImage(width: stored.height, height: stored.width, pixels: pixels)
  }

  /// A spot in the middle of each tile, as a section of tissue without an array has them.
  public var spots: [Spot] {
    windows.enumerated().map { cell, window in
      let (row, column) = (cell / TileGrid.columns, cell % TileGrid.columns)
      return Spot(
        id: "\(column)x\(row)", column: column, row: row,
        x: Double(window.x) + Double(window.width) / 2,
        y: Double(window.y) + Double(window.height) / 2)
    }
  }
}
