import CPNG
import Foundation

/// Rows of a grey PNG through libpng, as numbers.
final class PNGLabels {
  private let url: URL
  private let png: OpaquePointer
  let picture: StoredPicture

  /// Reads what comes before the pixels.
  init(opening url: URL, byteCount: Int) throws(ImageError) {
    // The same checks as those of a picture, by a handle of its own.
    picture = try PNGRows(opening: url, byteCount: byteCount).picture
    guard let png = eosin_png_create() else {
      throw ImageError(file: url, problem: "cannot be opened: there is no memory left.")
    }
    var header = eosin_png_header()
    guard eosin_png_open(png, url.path, &header) == 0, eosin_png_start_labels(png) == 0 else {
      // Safety: the shim keeps a text with its closing zero as long as the handle lives.
      let message = String(cString: eosin_png_message(png))
      eosin_png_destroy(png)
      throw ImageError(
        file: url,
        problem:
          "cannot be read as labels (libpng: \(message)); save them as a grey PNG of 16 bits "
          + "a pixel.")
    }
    self.url = url
    self.png = png
  }

  deinit { eosin_png_destroy(png) }

  func rows(_ body: (Int, [UInt16]) -> Bool) throws(ImageError) {
    var row = [UInt16](repeating: 0, count: picture.width)
    for y in 0..<picture.height {
      // Safety: the shim writes as many labels as the picture is wide, which is the row's length.
      let result = row.withUnsafeMutableBufferPointer {
        eosin_png_read_labels(png, $0.baseAddress)
      }
      guard result == 0 else {
        throw ImageError(
          file: url,
          problem: "is damaged or ends early near row \(y) of \(picture.height); copy or export it "
            + "again.")
      }
      if !body(y, row) { return }
    }
  }
}
