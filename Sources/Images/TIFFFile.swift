import CTIFF
import Foundation

/// One open handle on a TIFF, at one of its pages.
final class TIFFFile {
  let url: URL
  private let tiff: OpaquePointer

  /// A page as its directory describes it.
  typealias Page = eosin_tiff_page

  /// Opens the file at its first page.
  init(opening url: URL) throws(ImageError) {
    eosin_tiff_be_quiet()
    guard let tiff = eosin_tiff_create() else {
      throw ImageError(file: url, problem: "cannot be opened: there is no memory left.")
    }
    self.url = url
    self.tiff = tiff
    guard eosin_tiff_open(tiff, url.path) == 0 else {
      throw ImageError(
        file: url,
        problem: "is a TIFF whose header is damaged (libtiff: \(message)); copy or export it again."
      )
    }
  }

  deinit { eosin_tiff_destroy(tiff) }

  /// What libtiff said last, without the control characters that a damaged file puts there.
  var message: String {
    // Safety: the shim keeps a text with its closing zero as long as the handle lives.
    let said = String(cString: eosin_tiff_message(tiff)).unicodeScalars
    return String(
      String.UnicodeScalarView(said.filter { $0.properties.generalCategory != .control }))
  }

  /// The page at hand, or nil where it has no sizes.
  var page: Page? {
    var page = Page()
    return eosin_tiff_describe(tiff, &page) == 0 ? page : nil
  }

  var description: String? {
    // Safety: libtiff's text has its closing zero and is copied at once.
    eosin_tiff_description(tiff).map { String(cString: $0) }
  }

  /// Where the reduced versions of the page lie.
  var subpages: [UInt64] {
    var offsets = [UInt64](repeating: 0, count: 32)
    let most = Int32(offsets.count)
    // Safety: the shim writes at most as many as the array holds.
    let count = offsets.withUnsafeMutableBufferPointer {
      eosin_tiff_subpages(tiff, $0.baseAddress, most)
    }
    return Array(offsets.prefix(Int(count)))
  }

  /// Goes on; false after the last page, and where the next one cannot be read.
  func goToNext() -> Bool { eosin_tiff_next(tiff) == 0 }

  /// Goes to a page by its place in the file; false where there is none.
  func goTo(_ offset: UInt64) -> Bool { eosin_tiff_go_to(tiff, offset) == 0 }

  /// Makes ready to read pixels; false where libtiff cannot turn them into colours.
  func begin() -> Bool { eosin_tiff_begin(tiff) == 0 }

  /// The numbers of the tile or strip at a place, `tile_width · tile_height` of them.
  func labels(x: Int, y: Int, of page: Page) throws(ImageError) -> [UInt16] {
    let most = Int(page.tile_width) * Int(page.tile_height)
    var result: Int32 = 0
    // Safety: the shim writes as many numbers as a tile or strip of the page has, always all.
    let labels = [UInt16](unsafeUninitializedCapacity: most) { numbers, count in
      result = eosin_tiff_read_labels(tiff, UInt32(x), UInt32(y), numbers.baseAddress)
      count = result == 0 ? most : 0
    }
    guard result == 0 else {
      throw ImageError(
        file: url,
        problem: "is damaged or ends early near pixel (\(x), \(y)) (libtiff: \(message)); copy or "
          + "export it again.")
    }
    return labels
  }

  /// Reads whole tiles or strips of the page, in the order of the file.
  func read(_ part: PixelRectangle) throws(ImageError) -> RGBImage {
    var result: Int32 = 0
    // Safety: the shim writes three bytes a pixel, all of them where it succeeds.
    let pixels = [UInt8](unsafeUninitializedCapacity: part.width * part.height * 3) {
      bytes, count in
      result = eosin_tiff_read(
        tiff, UInt32(part.x), UInt32(part.y), UInt32(part.width), UInt32(part.height),
        bytes.baseAddress)
      count = result == 0 ? part.width * part.height * 3 : 0
    }
    guard result == 0 else {
      throw ImageError(
        file: url,
        problem: "is damaged or ends early near pixel (\(part.x), \(part.y)) (libtiff: "
          + "\(message)); copy or export it again.")
    }
    return RGBImage(width: part.width, height: part.height, pixels: pixels)
  }
}
