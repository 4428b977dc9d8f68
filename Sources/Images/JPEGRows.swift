import CJPEG
import Foundation

/// Rows of a JPEG through libjpeg, with its default transform and upsampling.
final class JPEGRows: RowSource {
  /// How far libjpeg reduces by itself.
  static let largestReduction = 8

  private let url: URL
  private let jpeg: OpaquePointer
  private let header: eosin_jpeg_header
  let picture: StoredPicture
  private(set) var firstColumn = 0
  private(set) var columnCount = 0

  /// Reads the header.
  init(opening url: URL, byteCount: Int) throws(ImageError) {
    guard let jpeg = eosin_jpeg_create() else {
      throw ImageError(file: url, problem: "cannot be opened: there is no memory left.")
    }
    var header = eosin_jpeg_header()
    let isOpen = eosin_jpeg_open(jpeg, url.path, &header) == 0
    if !isOpen || header.has_known_colors == 0 {
      let problem = Self.headerProblem(of: jpeg, isOpen: isOpen, byteCount: byteCount)
      eosin_jpeg_destroy(jpeg)
      throw ImageError(file: url, problem: problem)
    }
    self.url = url
    self.jpeg = jpeg
    self.header = header
    let blocks = Int(clamping: header.blocks)
    picture = StoredPicture(
      width: Int(header.width), height: Int(header.height),
      orientation: Orientation(exif: Self.exif(of: jpeg)),
      bytesHeldWhole: header.has_several_scans == 0 ? 0 : blocks * 128)
    try picture.check(fewestBytes: fewestBytes(blocks: blocks), fileBytes: byteCount, of: url)
  }

  deinit { eosin_jpeg_destroy(jpeg) }

  /// Starts decoding; each row then holds at least the given columns of the reduced picture.
  func start(reducedBy reduction: Int, columns: Range<Int>) throws(ImageError) {
    var left = UInt32(columns.lowerBound)
    var width = UInt32(columns.count)
    try check(eosin_jpeg_start(jpeg, Int32(reduction), &left, &width))
    firstColumn = Int(left)
    columnCount = Int(width)
  }

  func skip(rows: Int) throws(ImageError) {
    guard rows > 0 else { return }
    try check(eosin_jpeg_skip(jpeg, UInt32(rows)))
  }

  func read(into row: inout [UInt8]) throws(ImageError) {
    precondition(row.count == columnCount * 3)
    // Safety: libjpeg writes the columns it announced at the start, and the row has room for them.
    let result = row.withUnsafeMutableBufferPointer { eosin_jpeg_read(jpeg, $0.baseAddress) }
    try check(result)
  }

  func finish() {}

  /// A Huffman-coded block takes a bit for its mean and one to say that nothing follows, which
  /// progressive files may say for many blocks at once; arithmetic coding has no such floor.
  private func fewestBytes(blocks: Int) -> Int {
    if header.is_arithmetic != 0 { return 0 }
    return header.has_several_scans == 0 ? blocks / 4 : blocks / 8
  }

  private static func exif(of jpeg: OpaquePointer) -> [UInt8] {
    var length = 0
    guard let bytes = eosin_jpeg_exif(jpeg, &length) else { return [] }
    // Safety: the block is `length` bytes long and lives until decoding starts; it is copied here.
    return Array(UnsafeBufferPointer(start: bytes, count: length))
  }
}

// MARK: - Messages

extension JPEGRows {
  /// Turns libjpeg's failures, and warnings that mean lost pixels, into an error.
  private func check(_ result: Int32) throws(ImageError) {
    let state = Int(eosin_jpeg_state(jpeg))
    if result == 0 && state == eosin_jpeg_sound { return }
    let place = min(Int(eosin_jpeg_damaged_row(jpeg)), picture.height)
    let placeText =
      header.has_several_scans == 0 ? "\(place) of \(picture.height) rows" : "scan \(place)"
    switch state {
    case eosin_jpeg_ends_early:
      let problem =
        header.has_several_scans == 0
        ? "ends early: \(placeText) are there; copy or export it again."
        : "ends early, in \(placeText) of its progressive data; copy or export it again."
      throw ImageError(file: url, problem: problem)
    case eosin_jpeg_damaged:
      throw ImageError(
        file: url,
        problem: "is damaged near \(placeText) (\(Self.message(of: jpeg))); "
          + "copy or export it again.")
    default:
      throw ImageError(
        file: url,
        problem: "cannot be decoded (\(Self.message(of: jpeg))); convert it to PNG or a "
          + "baseline JPEG.")
    }
  }

  private static func headerProblem(
    of jpeg: OpaquePointer, isOpen: Bool, byteCount: Int
  ) -> String {
    if Int(eosin_jpeg_state(jpeg)) == eosin_jpeg_ends_early {
      return "is a JPEG that ends within its header, after \(byteCount) bytes; copy or export "
        + "it again."
    }
    let message = isOpen ? "unknown colours" : message(of: jpeg)
    return "is a JPEG whose header Eosin cannot read (\(message)); convert it to PNG or a "
      + "baseline JPEG."
  }

  private static func message(of jpeg: OpaquePointer) -> String {
    // Safety: the shim keeps a text with its closing zero as long as the handle lives.
    String(cString: eosin_jpeg_message(jpeg))
  }
}
