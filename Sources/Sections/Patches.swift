import Images

/// Squares of image around spots, in the order of bytes that the authors' loaders give.
public struct Patches: Sendable, Hashable {
  /// The order of one patch's values.
  public enum Order: String, Sendable, Codable {
    /// `[x, y, channel]`: HisToGene, flattened.
    case channelLast
    /// `[channel, x, y]`: THItoGene and Hist2ST.
    case channelFirst
    /// `[channel, row, column]`, the image's ordinary orientation: ST-Net and the tile encoders. The
    /// others' loaders transpose the image before they cut it, so their first index runs along x.
    case channelRows
  }

  /// The number of patches.
  public let count: Int
  /// Pixels along a patch's side.
  public let sidePixels: Int
  /// The order of each patch's values.
  public let order: Order
  /// `[count]` patches of `side · side · 3` values, 0...255.
  public let values: [UInt8]

  /// Values in one patch.
  public var valuesPerPatch: Int { sidePixels * sidePixels * 3 }

  /// Orders windows of the image, all squares of the same side.
  public init(windows: [RGBImage], side: Int, order: Order) {
    count = windows.count
    sidePixels = side
    self.order = order
    var values: [UInt8] = []
    values.reserveCapacity(windows.count * side * side * 3)
    for window in windows {
      precondition(
        window.width == side && window.height == side,
        "a window is \(window.width) × \(window.height), not \(side) × \(side)")
      values += window.patch(in: order)
    }
    self.values = values
  }

  /// Single patches of several collections, which agree in side and order.
  public init(picking picks: [(patches: Patches, place: Int)]) {
    precondition(!picks.isEmpty, "no patch is picked")
    (count, sidePixels, order) = (picks.count, picks[0].patches.sidePixels, picks[0].patches.order)
    let size = picks[0].patches.valuesPerPatch
    var values: [UInt8] = []
    values.reserveCapacity(picks.count * size)
    for (patches, place) in picks {
      precondition(
        patches.sidePixels == sidePixels && patches.order == order,
        "a patch of \(patches.sidePixels) pixels beside those of \(sidePixels)")
      values += patches.values[place * size..<(place + 1) * size]
    }
    self.values = values
  }

  /// The square around a spot: `side / 2` pixels before the centre's pixel, the rest from it on.
  ///
  /// The centre is rounded down, as the authors do: a side of 112 takes the centre less 56 to the
  /// centre plus 55, on both axes.
  public static func window(around spot: Spot, side: Int) -> PixelRectangle {
    PixelRectangle(
      x: Int(spot.x.rounded(.down)) - side / 2, y: Int(spot.y.rounded(.down)) - side / 2,
      width: side, height: side)
  }
}

extension RGBImage {
  /// The window's bytes in the given order.
  public func patch(in order: Patches.Order) -> [UInt8] {
    switch order {
    case .channelLast: flatPatch()
    case .channelFirst: channelFirstPatch()
    case .channelRows: channelRowsPatch()
    }
  }

  /// The window's bytes in `[x, y, channel]` order.
  public func flatPatch() -> [UInt8] {
    patch { x, y, channel in (x * height + y) * 3 + channel }
  }

  /// The window's bytes in `[channel, x, y]` order.
  public func channelFirstPatch() -> [UInt8] {
    patch { x, y, channel in (channel * width + x) * height + y }
  }

  /// The window's bytes in `[channel, row, column]` order.
  public func channelRowsPatch() -> [UInt8] {
    patch { x, y, channel in (channel * height + y) * width + x }
  }

  /// The window's bytes, each at the place that `place` gives it.
  @inline(__always)
  private func patch(_ place: (_ x: Int, _ y: Int, _ channel: Int) -> Int) -> [UInt8] {
    var patch = [UInt8](repeating: 0, count: pixels.count)
    var target = patch.mutableSpan
    let source = pixels.span
    var next = 0
    for y in 0..<height {
      for x in 0..<width {
        target[place(x, y, 0)] = source[next]
        target[place(x, y, 1)] = source[next + 1]
        target[place(x, y, 2)] = source[next + 2]
        next += 3
      }
    }
    return patch
  }
}
