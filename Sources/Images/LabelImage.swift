import Foundation

/// An image of labels: a whole number of up to 16 bits a pixel, such as the nucleus it belongs to.
///
/// A PNG of 8 or 16 bits grey, or a TIFF of 8 or 16 bits with one sample a pixel, tiled or in strips.
/// Its numbers are taken as they are, where ``ImageFile`` makes colours of them.
public struct LabelImage: Sendable, Hashable {
  /// Where the file lies.
  public let url: URL
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  private let isPNG: Bool

  /// Reads the header.
  ///
  /// - Throws: for a file that is no PNG or TIFF, has colours, or claims sizes that its bytes cannot
  ///   hold.
  public init(opening url: URL) throws(ImageError) {
    let start = try FileStart(of: url)
    let picture: StoredPicture
    switch FileKind(firstBytes: start.bytes) {
    case .image(.png):
      picture = try PNGLabels(opening: url, byteCount: start.byteCount).picture
      isPNG = true
    case .image(.tiff):
      picture = try TIFFLabels(opening: url, byteCount: start.byteCount).picture
      isPNG = false
    default:
      throw ImageError(
        file: url, problem: "is no PNG or TIFF; save the labels as one of them, 16 bits a pixel.")
    }
    self.url = url
    (width, height) = (picture.width, picture.height)
  }

  /// Goes through the rows from the top.
  ///
  /// - Parameter body: called with each row's number and labels; it returns false to stop.
  public func rows(
    _ body: (_ y: Int, _ labels: [UInt16]) -> Bool
  ) throws(ImageError) {
    let byteCount = try FileStart(of: url).byteCount
    if isPNG {
      try PNGLabels(opening: url, byteCount: byteCount).rows(body)
    } else {
      try TIFFLabels(opening: url, byteCount: byteCount).rows(body)
    }
  }
}
