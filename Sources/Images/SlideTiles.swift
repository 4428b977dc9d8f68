import COpenSlide
import CTIFF
import Foundation

/// Tiles of a whole slide through OpenSlide: Aperio, Hamamatsu, MIRAX, Leica, Ventana and others.
///
/// OpenSlide takes places in pixels of full size: where a stored size is not a whole fraction of
/// that, its tiles may be off by less than a pixel.
final class SlideTiles: TileSource {
  /// Of the slide's own tiles, which are mostly 256 to 1,024 pixels a side.
  private static let mostTilePixels = Double(1 << 24)

  private let url: URL
  private let vendor: String
  /// Nil after a failure: OpenSlide then answers nothing more, and the slide is opened anew.
  private var slide: OpaquePointer?
  let levels: [TileLevel]
  let pixelSizeMicrons: Double?
  let objectivePower: Double?

  /// The kind of slide that a file's content shows; nil for a plain TIFF and everything else.
  static func vendor(of url: URL) -> String? {
    eosin_tiff_be_quiet()
    _ = keepsGLibQuiet
    // Safety: OpenSlide gives a constant text with its closing zero.
    let name = openslide_detect_vendor(url.path).map { String(cString: $0) }
    return name == "generic-tiff" ? nil : name
  }

  /// GLib, which OpenSlide is made with, prints to standard error what it meets in damaged slides; the
  /// screen may be there. OpenSlide's own errors say what matters.
  private static let keepsGLibQuiet: Bool = {
    typealias Text = UnsafePointer<CChar>
    typealias Handler = @convention(c) (Text?, Int32, Text?, UnsafeMutableRawPointer?) -> Void
    typealias Setter = @convention(c) (Handler, UnsafeMutableRawPointer?) -> OpaquePointer?
    guard let setter = dlsym(nil, "g_log_set_default_handler") else { return false }
    // Safety: this is GLib's declaration of the function, unchanged since its version 2.6; the handler
    // touches nothing it is given.
    _ = unsafeBitCast(setter, to: Setter.self)({ _, _, _, _ in }, nil)
    return true
  }()

  /// Opens a slide whose vendor is known.
  init(opening url: URL, vendor: String) throws(ImageError) {
    let slide = try Self.open(url, vendor)
    let levels = Self.levels(of: slide)
    if let problem = Self.problem(of: slide, levels) {
      openslide_close(slide)
      throw ImageError(file: url, problem: "is a slide (\(vendor)) \(problem)")
    }
    self.url = url
    self.vendor = vendor
    self.slide = slide
    self.levels = levels
    let sides = [OPENSLIDE_PROPERTY_NAME_MPP_X, OPENSLIDE_PROPERTY_NAME_MPP_Y]
      .compactMap { Self.number($0, of: slide) }
    pixelSizeMicrons = sides.count == 2 ? PixelSize.plausible((sides[0] + sides[1]) / 2) : nil
    objectivePower = Self.number(OPENSLIDE_PROPERTY_NAME_OBJECTIVE_POWER, of: slide)
  }

  deinit { if let slide { openslide_close(slide) } }

  func read(_ place: TilePlace) throws(ImageError) -> RGBImage {
    let slide = try handle()
    let rectangle = levels[place.level].rectangle(column: place.column, row: place.row)
    let downsample = openslide_get_level_downsample(slide, Int32(place.level))
    let x = Int64((Double(rectangle.x) * downsample).rounded())
    let y = Int64((Double(rectangle.y) * downsample).rounded())
    var pixels = [UInt32](repeating: 0, count: rectangle.width * rectangle.height)
    // Safety: OpenSlide writes `width · height` pixels, and the array has that many.
    pixels.withUnsafeMutableBufferPointer {
      openslide_read_region(
        slide, $0.baseAddress, x, y, Int32(place.level), Int64(rectangle.width),
        Int64(rectangle.height))
    }
    if let message = Self.error(of: slide) {
      openslide_close(slide)
      self.slide = nil
      throw ImageError(
        file: url,
        problem: "cannot be decoded near pixel (\(x), \(y)) (OpenSlide: \(message)); copy or "
          + "export it again.")
    }
    return RGBImage(width: rectangle.width, height: rectangle.height, overWhite: pixels)
  }

  private func handle() throws(ImageError) -> OpaquePointer {
    if let slide { return slide }
    let opened = try Self.open(url, vendor)
    slide = opened
    return opened
  }

  private static func open(_ url: URL, _ vendor: String) throws(ImageError) -> OpaquePointer {
    guard let slide = openslide_open(url.path) else {
      throw ImageError(
        file: url,
        problem: "looks like a slide (\(vendor)) and is not one that OpenSlide opens; copy or "
          + "export it again.")
    }
    guard let message = error(of: slide) else { return slide }
    openslide_close(slide)
    throw ImageError(
      file: url,
      problem: "is a slide (\(vendor)) that OpenSlide cannot open (\(message)); copy it again "
        + "with the files that belong to it, or export it as a tiled TIFF.")
  }

  /// Why its pixels are not asked for. OpenSlide ends the program where there is no memory for a tile,
  /// so what a damaged slide claims is looked at before.
  private static func problem(of slide: OpaquePointer, _ levels: [TileLevel]) -> String? {
    if levels.isEmpty { return "without pixels; export it again." }
    for index in levels.indices {
      let sides = ["width", "height"].map {
        number("openslide.level[\(index)].tile-\($0)", of: slide) ?? 0
      }
      if sides[0] * sides[1] > mostTilePixels {
        let claim = sides.map { String(format: "%.0f", $0) }.joined(separator: " × ")
        return
          "that claims tiles of \(claim) pixels; the file is damaged, so copy or export it again."
      }
    }
    return nil
  }

  /// Sizes in OpenSlide's order, which is by size, up to the first that Eosin cannot handle.
  private static func levels(of slide: OpaquePointer) -> [TileLevel] {
    var levels: [TileLevel] = []
    for index in 0..<max(0, openslide_get_level_count(slide)) {
      var (width, height) = (Int64(0), Int64(0))
      openslide_get_level_dimensions(slide, index, &width, &height)
      let sides = 1...Int64(StoredPicture.longestTiledSide)
      guard sides.contains(width), sides.contains(height) else { break }
      levels.append(
        TileLevel(
          width: Int(width), height: Int(height),
          tileWidth: tileSide("width", slide, index), tileHeight: tileSide("height", slide, index),
          ofWidth: levels.first?.width ?? Int(width),
          height: levels.first?.height ?? Int(height)))
    }
    return levels
  }

  /// The slide's own tiles where it tells their size, so that each is decoded once.
  private static func tileSide(_ side: String, _ slide: OpaquePointer, _ level: Int32) -> Int {
    let told = number("openslide.level[\(level)].tile-\(side)", of: slide) ?? 0
    return (64...2048).contains(told) ? Int(told) : 512
  }

  private static func number(_ property: String, of slide: OpaquePointer) -> Double? {
    // Safety: OpenSlide gives a text with its closing zero that lives as long as the slide.
    guard let text = openslide_get_property_value(slide, property) else { return nil }
    return Double(String(cString: text)).flatMap { $0.isFinite ? $0 : nil }
  }

  private static func error(of slide: OpaquePointer) -> String? {
    // Safety: OpenSlide keeps a text with its closing zero as long as the slide lives.
    openslide_get_error(slide).map { String(cString: $0) }
  }
}

extension RGBImage {
  /// Puts pixels over white: alpha, red, green and blue from the highest byte on, the colours
  /// multiplied by alpha.
  fileprivate init(width: Int, height: Int, overWhite pixels: [UInt32]) {
    let source = pixels.span
    // Safety: every byte is written before the count is set.
    let bytes = [UInt8](unsafeUninitializedCapacity: pixels.count * 3) { target, count in
      for index in source.indices {
        let pixel = source[index]
        let light = 255 - pixel >> 24
        target[index &* 3] = UInt8(min(255, (pixel >> 16 & 255) + light))
        target[index &* 3 &+ 1] = UInt8(min(255, (pixel >> 8 & 255) + light))
        target[index &* 3 &+ 2] = UInt8(min(255, (pixel & 255) + light))
      }
      count = pixels.count * 3
    }
    self.init(width: width, height: height, pixels: bytes)
  }
}
