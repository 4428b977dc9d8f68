import Foundation

/// The rows of one stored picture, at a reduction, from the top.
///
/// Stored means before the EXIF orientation is applied. A source is read once.
protocol RowSource: AnyObject {
  /// The column of the reduced picture that each row starts with.
  var firstColumn: Int { get }
  /// The pixels in each row.
  var columnCount: Int { get }

  /// Passes over rows of the reduced picture.
  func skip(rows: Int) throws(ImageError)
  /// Reads `columnCount · 3` bytes of red, green and blue.
  func read(into row: inout [UInt8]) throws(ImageError)
  /// Checks the end of the file, after the last row of the picture.
  func finish() throws(ImageError)
}

/// What a header says of the stored picture.
struct StoredPicture: Sendable, Hashable {
  var width: Int
  var height: Int
  var orientation: Orientation
  /// Bytes that decoding has to keep for the whole picture, whatever part is asked for.
  var bytesHeldWhole: Int
}

extension StoredPicture {
  static let mostPixels = 1 << 31
  static let longestSide = 300_000
  /// For pictures of which no more is read than what is asked for.
  static let longestTiledSide = 4_000_000
  static let mostBytesHeldWhole = 1 << 30

  /// Refuses sizes that no file of this length can hold, and those Eosin cannot handle.
  ///
  /// - Parameter fewestBytes: the smallest file that could hold such a picture.
  func check(fewestBytes: Int, fileBytes: Int, of url: URL) throws(ImageError) {
    let claim = "claims \(width) × \(height) pixels"
    if fewestBytes > fileBytes {
      throw ImageError(
        file: url,
        problem: "\(claim), which its \(fileBytes) bytes cannot hold; the file is damaged, "
          + "so copy or export it again.")
    }
    let pixels = width.multipliedReportingOverflow(by: height)
    if pixels.overflow || pixels.partialValue > Self.mostPixels
      || max(width, height) > Self.longestSide
    {
      throw ImageError(
        file: url,
        problem: "\(claim) in \(fileBytes) bytes, and Eosin reads up to \(Self.mostPixels) "
          + "pixels and \(Self.longestSide) a side; export it smaller.")
    }
    if bytesHeldWhole > Self.mostBytesHeldWhole {
      throw ImageError(
        file: url,
        problem: "\(claim), progressive or interlaced, which would take "
          + "\(bytesHeldWhole >> 20) MB of memory to read; save it without interlacing.")
    }
  }
}
