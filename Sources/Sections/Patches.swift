import Images

/// Squares of image around spots, in the order of bytes that the authors' loaders give.
///
/// The image is transposed before it is cut, so the first index runs along the image's x.
public struct Patches: Sendable, Hashable {
  /// The order of one patch's values.
  public enum Order: String, Sendable, Codable {
    /// `[x, y, channel]`: HisToGene, flattened.
    case channelLast
    /// `[channel, x, y]`: THItoGene and Hist2ST.
    case channelFirst
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
      values += order == .channelLast ? window.flatPatch() : window.channelFirstPatch()
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
  /// The window's bytes in `[x, y, channel]` order.
  public func flatPatch() -> [UInt8] {
    var patch: [UInt8] = []
    patch.reserveCapacity(pixels.count)
    for x in 0..<width {
      for y in 0..<height {
        let start = (y * width + x) * 3
        patch.append(pixels[start])
        patch.append(pixels[start + 1])
        patch.append(pixels[start + 2])
      }
    }
    return patch
  }

  /// The window's bytes in `[channel, x, y]` order.
  public func channelFirstPatch() -> [UInt8] {
    var patch: [UInt8] = []
    patch.reserveCapacity(pixels.count)
    for channel in 0..<3 {
      for x in 0..<width {
        for y in 0..<height {
          patch.append(pixels[(y * width + x) * 3 + channel])
        }
      }
    }
    return patch
  }
}

extension Section {
  /// The windows to cut around spots; all spots by default.
  ///
  /// - Throws: naming the first spot whose window is not wholly on the image. The authors' code
  ///   does not look: there the window wraps around or shrinks, and the network fails.
  public func patchWindows(
    ofSpots wanted: [Int]? = nil, side: Int = 112
  ) throws(SectionError) -> [PixelRectangle] {
    guard let image else { throw sectionHasNoImage }
    return try patchWindows(
      ofSpots: wanted, side: side, imageWidth: image.width, imageHeight: image.height)
  }

  func patchWindows(
    ofSpots wanted: [Int]?, side: Int, imageWidth: Int, imageHeight: Int
  ) throws(SectionError) -> [PixelRectangle] {
    var windows: [PixelRectangle] = []
    for index in wanted ?? Array(spots.indices) {
      let spot = spots[index]
      let window = Patches.window(around: spot, side: side)
      guard window.clipped(toWidth: imageWidth, height: imageHeight) == window else {
        throw SectionError(
          subject: "section \(name)",
          problem: "spot '\(spot.id)' at \(window.x + side / 2), \(window.y + side / 2) is too "
            + "near the border of the image, \(imageWidth) × \(imageHeight), for a patch of "
            + "\(side) pixels. Leave the spot out, or take the image the spots were placed on.")
      }
      windows.append(window)
    }
    return windows
  }

  private var sectionHasNoImage: SectionError {
    SectionError(
      subject: "section \(name)",
      problem: "has no image to cut patches from. Name its image with the section.")
  }
}
