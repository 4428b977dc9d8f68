import Foundation

/// Writes a BigTIFF of any size in little room: its tiles share the pixels of a few.
///
/// Tiles are square, 8-bit RGB, not compressed; reduced versions follow as further pages.
public struct BigTIFF {
  /// One stored size, and which of the pictures each tile has.
  public struct Size {
    let width, height: Int
    let tile: (_ column: Int, _ row: Int) -> Int

    /// - Parameter tile: the index of the picture at a column and row of tiles.
    public init(width: Int, height: Int, tile: @escaping (_ column: Int, _ row: Int) -> Int) {
      self.width = width
      self.height = height
      self.tile = tile
    }
  }

  let side: Int
  let pictures: [[UInt8]]
  let sizes: [Size]

  /// - Parameters:
  ///   - side: of a tile, in pixels; a multiple of 16.
  ///   - pictures: squares of `side` pixels, red, green and blue.
  ///   - sizes: full size first.
  public init(side: Int, pictures: [[UInt8]], sizes: [Size]) {
    self.side = side
    self.pictures = pictures
    self.sizes = sizes
  }

  /// Writes the file.
  public func write(to url: URL) throws {
    var bytes = Array("II".utf8)
    bytes.append(contentsOf: [0x2B, 0, 8, 0, 0, 0] + number(0))
    let places = pictures.map { picture in
      defer { bytes += picture }
      return bytes.count
    }
    var link = 8
    for size in sizes {
      let columns = (size.width + side - 1) / side
      let rows = (size.height + side - 1) / side
      let tiles = (0..<columns * rows).map { places[size.tile($0 % columns, $0 / columns)] }
      let offsets = bytes.count
      for tile in tiles { bytes += number(tile) }
      let counts = bytes.count
      for _ in tiles { bytes += number(side * side * 3) }
      bytes.replaceSubrange(link..<link + 8, with: number(bytes.count))
      link = bytes.count + 8 + 9 * 20
      bytes += number(9)
      bytes += entry(256, 4, 1, size.width) + entry(257, 4, 1, size.height)
      bytes += entry(258, 3, 3, 0x0008_0008_0008) + entry(262, 3, 1, 2) + entry(277, 3, 1, 3)
      bytes += entry(322, 4, 1, side) + entry(323, 4, 1, side)
      bytes += entry(324, 16, tiles.count, tiles.count == 1 ? tiles[0] : offsets)
      bytes += entry(325, 16, tiles.count, tiles.count == 1 ? side * side * 3 : counts)
      bytes += number(0)
    }
    try Data(bytes).write(to: url)
  }

  private func number(_ value: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// A tag, its type (3 for 2 bytes, 4 for 4, 16 for 8), how many, and the value or its place.
  private func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: Int) -> [UInt8] {
    Array(number(tag).prefix(2) + number(type).prefix(2)) + number(count) + number(value)
  }
}
