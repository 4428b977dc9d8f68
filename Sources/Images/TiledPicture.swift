import Foundation
import Synchronization

/// A tiled picture kept open, with the tiles decoded last.
///
/// Copies of an ``ImageFile`` share it. Tiles are decoded one at a time, so that a long pass over
/// patches and the view of a part can go on beside each other.
final class TiledPicture: Sendable {
  let url: URL
  /// Full size first, each next one smaller.
  let levels: [TileLevel]
  private let stamp: FileStamp
  private let state: Mutex<State>

  private struct State {
    let source: any TileSource
    var cache = TileCache()
    /// Tiles decoded so far.
    var decodedCount = 0
  }

  init(_ source: sending any TileSource, of url: URL, _ stamp: FileStamp) {
    self.url = url
    self.stamp = stamp
    levels = source.levels
    state = Mutex(State(source: source))
  }

  /// Decodes a tile, unless it is one of those decoded last.
  func tile(_ place: TilePlace) throws(ImageError) -> RGBImage {
    try state.withLock { state throws(ImageError) in
      if let tile = state.cache.tile(place) { return tile }
      let tile = try state.source.read(place)
      state.decodedCount += 1
      state.cache.add(tile, at: place)
      return tile
    }
  }

  /// The picture at full size.
  func stored(_ orientation: Orientation) -> StoredPicture {
    StoredPicture(
      width: levels[0].width, height: levels[0].height, orientation: orientation,
      bytesHeldWhole: 0)
  }

  /// How many tiles were decoded since the file was opened.
  var decodedCount: Int { state.withLock { $0.decodedCount } }

  /// Refuses a file that is not the one opened.
  func checkSame() throws(ImageError) {
    if try FileStart(of: url).stamp == stamp { return }
    throw ImageError(file: url, problem: "has changed since it was opened; open it again.")
  }
}

extension TiledPicture: Hashable {
  static func == (one: TiledPicture, other: TiledPicture) -> Bool {
    one.url == other.url && one.stamp == other.stamp && one.levels == other.levels
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(url)
    hasher.combine(stamp)
  }
}
