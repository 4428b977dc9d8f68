import Foundation

/// Tiles of a TIFF or BigTIFF through libtiff: its largest page, and pages or SubIFDs that are
/// reduced versions of it.
///
/// Strips are taken as tiles as wide as the page, several at once where they are low.
final class TIFFTiles: TileSource {
  private let url: URL
  private let pages: [TIFFFile.Page]
  /// A handle for each size that was asked for.
  private var files: [TIFFFile?]
  let levels: [TileLevel]
  let orientation: Orientation
  let pixelSizeMicrons: Double?

  /// How many pages are looked at for the picture and its reduced versions.
  static let mostPages = 64

  init(opening url: URL, byteCount: Int) throws(ImageError) {
    let file = try TIFFFile(opening: url)
    let pages = Self.pages(of: file)
    // A page that is a mask or has no pixels is left out; the first of the largest is taken.
    guard let index = pages.indices.max(by: { pages[$0].area < pages[$1].area }) else {
      throw ImageError(
        file: url, problem: "is a TIFF without a picture in it; copy or export it again.")
    }
    let main = pages[pages.indices.first { pages[$0].area == pages[index].area } ?? index]
    guard file.goTo(main.offset), let page = file.page, page.offset == main.offset else {
      throw ImageError(
        file: url,
        problem: "is a TIFF whose page cannot be read (libtiff: \(file.message)); copy or export "
          + "it again.")
    }
    try page.check(fileBytes: byteCount, of: url)
    pixelSizeMicrons = PixelSize.ofTIFF(
      description: file.description, resolution: Double(page.resolution),
      unit: Int(page.resolution_unit))
    orientation = Orientation(rawValue: Int(page.orientation)) ?? .upright
    let reduced = file.subpages.compactMap { file.goTo($0) ? file.page : nil } + pages
    guard file.goTo(page.offset), file.begin() else {
      throw ImageError(file: url, problem: page.problem(file.message))
    }
    self.url = url
    (self.pages, levels) = Self.sizes(page, reduced, fileBytes: byteCount)
    files = [file] + Array(repeating: nil, count: levels.count - 1)
  }

  func read(_ place: TilePlace) throws(ImageError) -> RGBImage {
    try file(place.level).read(
      levels[place.level].rectangle(column: place.column, row: place.row))
  }

  private func file(_ level: Int) throws(ImageError) -> TIFFFile {
    if let file = files[level] { return file }
    let file = try TIFFFile(opening: url)
    guard file.goTo(pages[level].offset), let page = file.page,
      page.width == pages[level].width, page.height == pages[level].height, file.begin()
    else {
      throw ImageError(
        file: url,
        problem: "has a reduced size that cannot be read (libtiff: \(file.message)); export it "
          + "again.")
    }
    files[level] = file
    return file
  }

  /// The pages of the file that hold pictures, as far as they can be read.
  private static func pages(of file: TIFFFile) -> [TIFFFile.Page] {
    var pages: [TIFFFile.Page] = []
    for _ in 0..<mostPages {
      if let page = file.page, !page.isMask { pages.append(page) }
      guard file.goToNext() else { break }
    }
    return pages
  }

  /// The full size and those reduced versions of it that can be read, by size.
  private static func sizes(
    _ main: TIFFFile.Page, _ others: [TIFFFile.Page], fileBytes: Int
  ) -> ([TIFFFile.Page], [TileLevel]) {
    let full = (width: Int(main.width), height: Int(main.height))
    var sizes = others.filter { page in
      page.offset != main.offset && page.samples == main.samples && page.bits == main.bits
        && page.orientation == main.orientation
        && page.level(of: main).isReduced(ofWidth: full.width, height: full.height)
        && page.isReadable(fileBytes: fileBytes)
    }
    sizes.sort { $0.width > $1.width }
    sizes = [main] + sizes
    // Of two of the same size one is enough.
    let distinct = sizes.indices.filter { $0 == 0 || sizes[$0].width < sizes[$0 - 1].width }
      .map { sizes[$0] }
    return (distinct, distinct.map { $0.level(of: main) })
  }
}
