/// Decoded tiles, those used last.
struct TileCache {
  /// Bytes of pixels held, unless a single tile has more.
  static let capacity = 64 << 20

  private var tiles: [TilePlace: (image: RGBImage, use: Int)] = [:]
  private var byteCount = 0
  private var uses = 0

  /// The tile, if it is here.
  mutating func tile(_ place: TilePlace) -> RGBImage? {
    guard let index = tiles.index(forKey: place) else { return nil }
    uses += 1
    tiles.values[index].use = uses
    return tiles.values[index].image
  }

  /// Takes a tile that is not here yet, and lets go of those unused the longest.
  mutating func add(_ image: RGBImage, at place: TilePlace) {
    uses += 1
    tiles[place] = (image, uses)
    byteCount += image.pixels.count
    guard byteCount > Self.capacity else { return }
    // An eighth at once, so that the whole is not sorted for every tile.
    for (place, tile) in tiles.sorted(by: { $0.value.use < $1.value.use }) {
      guard byteCount > Self.capacity / 8 * 7, tiles.count > 1 else { return }
      tiles[place] = nil
      byteCount -= tile.image.pixels.count
    }
  }
}
