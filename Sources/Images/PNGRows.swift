import CPNG
import Foundation

/// Rows of a PNG through libpng: 8-bit RGB, over white where it is transparent.
final class PNGRows: RowSource {
  private let url: URL
  private let png: OpaquePointer
  let picture: StoredPicture
  let firstColumn = 0
  private(set) var columnCount = 0

  /// Reads what comes before the pixels.
  init(opening url: URL, byteCount: Int) throws(ImageError) {
    guard let png = eosin_png_create() else {
      throw ImageError(file: url, problem: "cannot be opened: there is no memory left.")
    }
    var header = eosin_png_header()
    guard eosin_png_open(png, url.path, &header) == 0 else {
      let problem =
        eosin_png_ends_early(png) != 0
        ? "is a PNG that ends within its header, after \(byteCount) bytes; copy or export it again."
        : "is a PNG whose header is damaged (libpng: \(Self.message(of: png))); copy or export it "
          + "again."
      eosin_png_destroy(png)
      throw ImageError(file: url, problem: problem)
    }
    self.url = url
    self.png = png
    let width = Int(header.width)
    let height = Int(header.height)
    let bytes = Int(clamping: header.row_bytes)
      .addingReportingOverflow(1).partialValue
      .multipliedReportingOverflow(by: height)
    picture = StoredPicture(
      width: width, height: height,
      orientation: Orientation(exif: Self.exif(of: png)),
      bytesHeldWhole: header.is_interlaced == 0 ? 0 : width.clampedProduct(height, 4))
    // Deflate makes at most 1,032 bytes of one.
    let fewest = bytes.overflow ? Int.max : bytes.partialValue / 1032
    try picture.check(fewestBytes: fewest, fileBytes: byteCount, of: url)
  }

  deinit { eosin_png_destroy(png) }

  /// Starts decoding at a reduction.
  func start(reducedBy reduction: Int) throws(ImageError) {
    try check(eosin_png_start(png, Int32(reduction)))
    columnCount = (picture.width + reduction - 1) / reduction
  }

  func skip(rows: Int) throws(ImageError) {
    guard rows > 0 else { return }
    try check(eosin_png_skip(png, UInt32(rows)))
  }

  func read(into row: inout [UInt8]) throws(ImageError) {
    precondition(row.count == columnCount * 3)
    // Safety: the shim writes the reduced width, which is `columnCount`, and the row has that room.
    let result = row.withUnsafeMutableBufferPointer { eosin_png_read(png, $0.baseAddress) }
    try check(result)
  }

  func finish() throws(ImageError) {
    try check(eosin_png_finish(png))
  }

  private func check(_ result: Int32) throws(ImageError) {
    if result == 0 { return }
    if eosin_png_ends_early(png) != 0 {
      throw ImageError(
        file: url,
        problem: "ends early: \(eosin_png_rows_read(png)) of \(picture.height) rows are there; "
          + "copy or export it again.")
    }
    throw ImageError(
      file: url,
      problem: "is damaged near row \(eosin_png_rows_read(png)) of \(picture.height) "
        + "(libpng: \(Self.message(of: png))); copy or export it again.")
  }

  private static func exif(of png: OpaquePointer) -> [UInt8] {
    var length = 0
    guard let bytes = eosin_png_exif(png, &length) else { return [] }
    // Safety: the block is `length` bytes long and lives as long as the handle; it is copied here.
    return Array(UnsafeBufferPointer(start: bytes, count: length))
  }

  private static func message(of png: OpaquePointer) -> String {
    // Safety: the shim keeps a text with its closing zero as long as the handle lives.
    String(cString: eosin_png_message(png))
  }
}

extension Int {
  /// The product of positive numbers, or the largest number when it does not fit.
  func clampedProduct(_ factors: Int...) -> Int {
    var product = self
    for factor in factors {
      let next = product.multipliedReportingOverflow(by: factor)
      if next.overflow { return .max }
      product = next.partialValue
    }
    return product
  }
}
