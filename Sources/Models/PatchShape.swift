import Images
import Sections

/// How a network wants the square of image around a spot.
public struct PatchShape: Sendable {
  /// Values along a side, as the network reads them.
  public var side: Int
  /// The order of the values.
  public var order: Patches.Order
  /// How much the image is reduced before.
  public var reduction = ImageReduction.none
  /// The side of the square in pixels of the full image, where it is resized to ``side`` rather than
  /// reduced.
  public var windowPixels: Int?
  /// How a square that is smaller than ``side`` is drawn larger; a larger one is averaged.
  public var resampling = ImageResampling.bilinear

  /// The side of the square in pixels of the full image.
  public var sidePixels: Int { windowPixels ?? side * reduction.rawValue }

  /// How much the image is reduced as it is read.
  var readReduction: ImageReduction { windowPixels == nil ? reduction : .none }

  /// The square around a spot; where the image is reduced, moved by less than the reduction onto the
  /// reduced image's pixels.
  func window(around spot: Spot) -> PixelRectangle {
    var window = Patches.window(around: spot, side: sidePixels)
    let step = readReduction.rawValue
    window.x = Int((Double(window.x) / Double(step)).rounded(.down)) * step
    window.y = Int((Double(window.y) / Double(step)).rounded(.down)) * step
    return window
  }

  /// The square's pixels in the size that the network reads.
  func fitted(_ window: RGBImage) -> RGBImage {
    windowPixels == nil ? window : window.resized(toWidth: side, height: side, resampling)
  }
}

/// How much smaller than the image the picture is that patches are cut from: a network of the same
/// size then sees more of the tissue around a spot, less sharply.
///
/// 1 is what the released code of all models does: on HER2+ a patch is then the spot itself, less
/// than half the way to the next.
public enum ImageReduction: Int, Codable, Sendable, CaseIterable {
  case none = 1
  case half = 2
  case quarter = 4
  case eighth = 8
}
