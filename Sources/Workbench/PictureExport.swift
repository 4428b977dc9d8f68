import Drawing
import Foundation
import Images
import Sections

/// A picture ready to be written.
public struct PictureExport: Sendable {
  private enum Content {
    case pixels(RGBImage)
    case shapes(VectorPicture, theme: Theme, scale: Double)
  }

  private let content: Content

  /// Takes the picture as it is to be written.
  public init(_ picture: RGBImage) { content = .pixels(picture) }

  /// Takes a picture that can be written in either way.
  ///
  /// - Parameters:
  ///   - theme: the colours of pixels; an SVG follows what surrounds it.
  ///   - scale: pixels to a point.
  public init(_ picture: VectorPicture, theme: Theme, scale: Double = 2) {
    content = .shapes(picture, theme: theme, scale: scale)
  }

  /// Whether a file's name asks for shapes rather than pixels.
  public static func isVector(_ file: URL) -> Bool { file.pathExtension.lowercased() == "svg" }

  /// Writes a PNG, or shapes as SVG where the name ends in `.svg`; whole or not at all.
  ///
  /// - Returns: the width and height, in pixels or points.
  /// - Throws: `ImageError` or `SectionError` when it cannot be made or written, or the file is
  ///   there and is not to be replaced.
  @discardableResult
  public func write(to file: URL, replacing: Bool) throws -> (width: Int, height: Int) {
    let pixels: RGBImage
    switch content {
    case .shapes(let picture, _, _) where Self.isVector(file):
      try writeWhole(Array(picture.svg().utf8), to: file, replacing: replacing)
      return (Int(picture.width.rounded()), Int(picture.height.rounded()))
    case .shapes(let picture, let theme, let scale):
      pixels = picture.raster(scale: scale, theme: theme)
    case .pixels(let image): pixels = image
    }
    try writeWhole(Array(try pixels.pngData()), to: file, replacing: replacing)
    return (pixels.width, pixels.height)
  }
}
