import Foundation

/// An image on disk whose header has been read and whose pixels have not, or one held in memory.
///
/// Coordinates are those of the picture as it is meant to be seen: an orientation that the file
/// tells is applied to sizes, regions and pixels alike.
public struct ImageFile: Sendable, Hashable {
  /// The kinds of image that can be read; `pixels` are held in memory.
  public enum Format: String, Sendable { case jpeg, png, tiff, slide, pixels }

  /// The endings of names under which images mostly come, in lower case; what a file is, its content
  /// alone tells.
  public static let usualEndings = [
    ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".btf", ".svs", ".ndpi", ".mrxs", ".scn", ".bif",
    ".vms", ".vmu", ".svslide",
  ]

  /// Where the file lies; for pixels in memory, what they are called in messages.
  public let url: URL
  /// What its content says it is.
  public let format: Format
  /// Columns of full size, as seen.
  public let width: Int
  /// Rows of full size, as seen.
  public let height: Int
  /// The length of a pixel's side on the tissue, where the file tells it.
  public let pixelSizeMicrons: Double?
  /// The magnification of the objective, such as 20 or 40, where a slide tells it.
  public let objectivePower: Double?
  /// Rectangles that are white whatever the file has there, as ``whitening(_:)`` made them.
  public private(set) var whitened: [PixelRectangle] = []
  /// The picture as the file has it.
  let stored: StoredPicture
  /// How pixels are come by.
  let source: Source

  enum Source: Sendable, Hashable {
    /// From the top, row by row.
    case rows(RowOrigin)
    case tiles(TiledPicture)
  }

  enum RowOrigin: Sendable, Hashable {
    case jpeg, png
    case held(HeldPicture)
  }

  /// Reads the header of a JPEG, PNG, TIFF or whole slide, told apart by content.
  ///
  /// Sizes that the file's bytes cannot hold are refused. So are more than 2³¹ pixels and sides
  /// above 300,000 of a JPEG or PNG, which are read row by row from the top; TIFFs and slides are
  /// read tile by tile, with at most 64 MB of tiles kept, and may have up to 4,000,000 pixels a
  /// side. A JPEG or PNG is looked at again each time pixels are asked for, a TIFF or slide stays
  /// open as long as this value or a copy of it is held.
  public init(opening url: URL) throws(ImageError) {
    let start = try FileStart(of: url)
    let kind = FileKind(firstBytes: start.bytes)
    if kind != .image(.png), let vendor = SlideTiles.vendor(of: url) {
      try self.init(slide: url, vendor, start)
      return
    }
    switch kind {
    case .image(.jpeg):
      let picture = try JPEGRows(opening: url, byteCount: start.byteCount).picture
      self.init(url, .jpeg, picture, .rows(.jpeg))
    case .image(.png):
      let picture = try PNGRows(opening: url, byteCount: start.byteCount).picture
      self.init(url, .png, picture, .rows(.png))
    case .image(.tiff): try self.init(tiff: url, start)
    default: throw ImageError(file: url, problem: Self.problem(of: kind, start))
    }
  }

  /// Takes a picture that is in memory already, such as one stored as an array inside of a file.
  ///
  /// - Parameter url: what messages call it, such as the file with the array's key appended; it
  ///   is never opened.
  public init(named url: URL, holding image: RGBImage, pixelSizeMicrons: Double? = nil) {
    let picture = StoredPicture(
      width: image.width, height: image.height, orientation: .upright, bytesHeldWhole: 0)
    self.init(
      url, .pixels, picture, .rows(.held(HeldPicture(image))),
      pixelSizeMicrons: pixelSizeMicrons)
  }

  /// Takes a picture of known size that is read when its pixels are first asked for, and kept then.
  ///
  /// - Parameters:
  ///   - url: what messages call it; it is never opened.
  ///   - read: gives the picture, of that size; what it throws is thrown where pixels are asked for.
  public init(
    named url: URL, width: Int, height: Int,
    read: @escaping @Sendable () throws(ImageError) -> RGBImage
  ) {
    let picture = StoredPicture(
      width: width, height: height, orientation: .upright, bytesHeldWhole: 0)
    self.init(
      url, .pixels, picture,
      .rows(.held(HeldPicture(width: width, height: height, read: read))))
  }

  /// The same picture, white within rectangles; where it is reduced, so are pixels that these touch.
  ///
  /// Nothing is read or copied: each part is painted as it is asked for. An overview made of single
  /// tiles is not.
  public func whitening(_ rectangles: [PixelRectangle]) -> ImageFile {
    var image = self
    image.whitened += rectangles
    return image
  }

  private init(slide url: URL, _ vendor: String, _ start: FileStart) throws(ImageError) {
    let tiles = try SlideTiles(opening: url, vendor: vendor)
    let (size, power) = (tiles.pixelSizeMicrons, tiles.objectivePower)
    let picture = TiledPicture(tiles, of: url, start.stamp)
    self.init(
      url, .slide, picture.stored(.upright), .tiles(picture), pixelSizeMicrons: size,
      objectivePower: power)
  }

  private init(tiff url: URL, _ start: FileStart) throws(ImageError) {
    let tiles = try TIFFTiles(opening: url, byteCount: start.byteCount)
    let (size, orientation) = (tiles.pixelSizeMicrons, tiles.orientation)
    let picture = TiledPicture(tiles, of: url, start.stamp)
    self.init(
      url, .tiff, picture.stored(orientation), .tiles(picture), pixelSizeMicrons: size)
  }

  private init(
    _ url: URL, _ format: Format, _ stored: StoredPicture, _ source: Source,
    pixelSizeMicrons: Double? = nil, objectivePower: Double? = nil
  ) {
    self.url = url
    self.format = format
    self.stored = stored
    self.source = source
    self.pixelSizeMicrons = pixelSizeMicrons
    self.objectivePower = objectivePower
    width = stored.orientation.swapsSides ? stored.height : stored.width
    height = stored.orientation.swapsSides ? stored.width : stored.height
  }

  private static func problem(of kind: FileKind, _ start: FileStart) -> String {
    switch kind {
    case .other(let name):
      "is \(name), which Eosin does not read; convert it to TIFF, JPEG or PNG."
    case .noPicture(let name):
      "is \(name), not a picture; give a JPEG, PNG, TIFF or whole slide."
    case .spoiledPNG:
      "looks like a PNG whose first bytes were changed on the way; copy it again in binary mode."
    case .unknown where start.byteCount == 0:
      "is empty; copy or export it again."
    default:
      "is no JPEG, PNG, TIFF or whole slide (it starts with "
        + "\(Self.hexadecimal(start.bytes.prefix(4)))); convert it to one of them."
    }
  }

  private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
      .joined(separator: " ")
  }
}
