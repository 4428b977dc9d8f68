import Foundation

/// An image on disk whose header has been read and whose pixels have not.
///
/// Coordinates are those of the picture as it is meant to be seen: an EXIF orientation is applied
/// to sizes, regions and pixels alike.
public struct ImageFile: Sendable, Hashable {
  public enum Format: String, Sendable { case jpeg, png }

  public let url: URL
  public let format: Format
  /// Full size in pixels, as seen.
  public let width: Int
  public let height: Int
}
