import Foundation

/// An image on disk whose header has been read and whose pixels have not.
///
/// Coordinates are those of the picture as it is meant to be seen: an EXIF orientation is applied
/// to sizes, regions and pixels alike.
public struct ImageFile: Sendable, Hashable {
  /// The kinds of file that can be read.
  public enum Format: String, Sendable { case jpeg, png }

  /// Where the file lies.
  public let url: URL
  /// What its content says it is.
  public let format: Format
  /// Columns of full size, as seen.
  public let width: Int
  /// Rows of full size, as seen.
  public let height: Int
  /// The picture as the file has it.
  let stored: StoredPicture

  /// Reads the header of a JPEG or PNG, told apart by content.
  ///
  /// Sizes that the file's bytes cannot hold, more than 2³¹ pixels and sides above 300,000 are
  /// refused; the file is looked at again each time pixels are asked for.
  public init(opening url: URL) throws(ImageError) {
    let start = try FileStart(of: url)
    let kind = FileKind(firstBytes: start.bytes, name: url.lastPathComponent)
    guard case .image(let format) = kind else {
      throw ImageError(file: url, problem: Self.problem(of: kind, start))
    }
    self.url = url
    self.format = format
    switch format {
    case .jpeg: stored = try JPEGRows(opening: url, byteCount: start.byteCount).picture
    case .png: stored = try PNGRows(opening: url, byteCount: start.byteCount).picture
    }
    width = stored.orientation.swapsSides ? stored.height : stored.width
    height = stored.orientation.swapsSides ? stored.width : stored.height
  }

  private static func problem(of kind: FileKind, _ start: FileStart) -> String {
    switch kind {
    case .other(let name):
      "is \(name), which Eosin does not read yet; convert it to JPEG or PNG."
    case .noPicture(let name):
      "is \(name), not a picture; give a JPEG or PNG."
    case .spoiledPNG:
      "looks like a PNG whose first bytes were changed on the way; copy it again in binary mode."
    case .unknown where start.byteCount == 0:
      "is empty; copy or export it again."
    default:
      "is neither a JPEG nor a PNG (it starts with \(Self.hexadecimal(start.bytes.prefix(4)))); "
        + "convert it to one of them."
    }
  }

  private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
      .joined(separator: " ")
  }
}
