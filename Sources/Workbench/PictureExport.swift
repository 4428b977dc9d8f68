import Foundation
import Images
import Sections

/// A picture ready to be written.
public struct PictureExport: Sendable {
  private let picture: RGBImage

  /// Takes the picture as it is to be written.
  public init(_ picture: RGBImage) { self.picture = picture }

  /// Writes a PNG whole or not at all.
  ///
  /// - Throws: `ImageError` or `SectionError` when it cannot be made or written, or the file is
  ///   there and is not to be replaced.
  public func write(to file: URL, replacing: Bool) throws {
    try writeWhole(Array(try picture.pngData()), to: file, replacing: replacing)
  }
}
