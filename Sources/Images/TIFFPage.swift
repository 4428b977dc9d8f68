import CTIFF
import Foundation

/// What Eosin makes of a page's directory.
extension TIFFFile.Page {
  /// The most bytes of one tile that are decoded whatever the file's own length.
  private static let modestTile = 1 << 26
  static let mostTileBytes = 1 << 30
  /// About as far as deflate, and more than LZW mostly does, makes bytes grow.
  private static let expansion = 1100
  /// Low strips are read together up to so many bytes.
  private static let bandBytes = 4 << 20

  var area: Int { Int(width).clampedProduct(Int(height)) }
  var isMask: Bool { subfile & 4 != 0 }

  /// The page as a stored size of another.
  func level(of main: TIFFFile.Page) -> TileLevel {
    TileLevel(
      width: Int(width), height: Int(height), tileWidth: Int(tile_width),
      tileHeight: is_tiled != 0 ? Int(tile_height) : bandHeight, ofWidth: Int(main.width),
      height: Int(main.height))
  }

  /// Rows of as many whole strips as are read at once.
  private var bandHeight: Int {
    let strip = Int(tile_height)
    let strips = max(1, Self.bandBytes / 4 / Int(width).clampedProduct(strip))
    return min(strips * strip, (Int(height) + strip - 1) / strip * strip)
  }

  /// Bytes that one tile takes when it is decoded, as samples and as pixels of four bytes.
  private var tileBytes: Int {
    Int(tile_width).clampedProduct(Int(tile_height), max(4, Int(samples) * Int(bits) / 8))
  }

  func isReadable(fileBytes: Int) -> Bool {
    bits <= 16 && sample_format < 3 && is_codec_missing == 0
      && tileBytes
        <= max(Self.modestTile, min(fileBytes.clampedProduct(Self.expansion), Self.mostTileBytes))
  }

  /// Refuses sizes that Eosin cannot handle or the file cannot hold.
  func check(fileBytes: Int, of url: URL) throws(ImageError) {
    guard max(width, height) <= StoredPicture.longestTiledSide else {
      throw ImageError(
        file: url,
        problem: "claims \(width) × \(height) pixels, and Eosin reads up to "
          + "\(StoredPicture.longestTiledSide) a side; export it smaller.")
    }
    if isReadable(fileBytes: fileBytes) { return }
    if isReadable(fileBytes: .max) {
      throw ImageError(
        file: url,
        problem: "claims \(is_tiled != 0 ? "tiles" : "strips") of \(tile_width) × \(tile_height) "
          + "pixels, which its \(fileBytes) bytes cannot hold; the file is damaged, so copy or "
          + "export it again.")
    }
    throw ImageError(file: url, problem: problem(""))
  }

  /// Why the page's pixels cannot be read.
  func problem(_ message: String) -> String {
    if is_codec_missing != 0 {
      return "is a TIFF compressed in a way that libtiff cannot read here (number \(compression)); "
        + "save it with LZW or deflate."
    }
    if bits > 16 || sample_format == 3 {
      return "is a TIFF of \(bits)-bit \(sample_format == 3 ? "floating-point " : "")samples, and "
        + "Eosin reads up to 16 bits, whole numbers; convert it to 8 bits."
    }
    if !isReadable(fileBytes: .max) {
      return "is a TIFF with \(is_tiled != 0 ? "tiles" : "strips") of \(tile_width) × "
        + "\(tile_height) pixels, too many to hold at once; save it in tiles of 256 × 256."
    }
    return "is a TIFF that Eosin cannot read (libtiff: \(message)); save it as 8-bit RGB."
  }
}
