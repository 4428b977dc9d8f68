import Foundation
import TestSupport
import Testing

@testable import Images

/// Pictures of 100,000 × 100,000 pixels, in files of a few megabytes.
@Suite struct TiledPictureTests {
  private static let side = 100_000
  private static let tile = 256
  private static let tileColors: [(UInt8, UInt8, UInt8)] = [
    (200, 150, 180), (240, 230, 235), (120, 80, 140), (90, 60, 120), (220, 180, 200),
  ]

  /// Which of the tiles lies at a place.
  private static func picture(_ column: Int, _ row: Int) -> Int {
    (column * 3 + row * 7) % tileColors.count
  }

  private func withSlide(
    reduced reductions: [Int] = [], _ body: (ImageFile, TiledPicture) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "slide.tif")
      let pictures = Self.tileColors.enumerated().map { index, color in
        var picture = RGBImage(width: Self.tile, height: Self.tile, filledWith: color)
        // A corner that tells where a tile begins.
        for place in 0..<9 { picture[place, place / 2] = (UInt8(index), 1, 2) }
        return picture
      }
      let sizes = ([1] + reductions).map { reduction in
        BigTIFF.Size(
          width: Self.side / reduction, height: Self.side / reduction,
          tile: { reduction == 1 ? Self.picture($0, $1) : reductions.firstIndex(of: reduction)! })
      }
      try BigTIFF(side: Self.tile, pictures: pictures.map(\.pixels), sizes: sizes).write(to: url)
      let file = try ImageFile(opening: url)
      #expect(file.width == Self.side && file.height == Self.side)
      guard case .tiles(let picture) = file.source else {
        Issue.record("it is not tiled")
        return
      }
      try body(file, picture)
    }
  }

  /// What a pixel of the full picture is.
  private func color(_ x: Int, _ y: Int) -> [UInt8] {
    let index = Self.picture(x / Self.tile, y / Self.tile)
    let (left, top) = (x % Self.tile, y % Self.tile)
    if left < 9, top == left / 2 { return [UInt8(index), 1, 2] }
    let color = Self.tileColors[index]
    return [color.0, color.1, color.2]
  }

  @Test func `patches anywhere on a slide have its pixels, each tile decoded once`() throws {
    try withSlide { file, picture in
      var numbers = SeededNumbers(seed: 3)
      let rectangles = (0..<64).map { _ in
        PixelRectangle(
          x: .random(in: -100..<Self.side, using: &numbers),
          y: .random(in: -100..<Self.side, using: &numbers), width: 224, height: 224)
      }
      var seen: Set<Int> = []
      try file.regions(rectangles) { index, patch in
        #expect(seen.insert(index).inserted)
        for _ in 0..<40 {
          let x = Int.random(in: 0..<224, using: &numbers)
          let y = Int.random(in: 0..<224, using: &numbers)
          let place = (x: rectangles[index].x + x, y: rectangles[index].y + y)
          let isInside = 0..<Self.side ~= place.x && 0..<Self.side ~= place.y
          #expect(patch.color(x, y) == (isInside ? color(place.x, place.y) : [255, 255, 255]))
        }
        return true
      }
      #expect(seen.count == 64)
      let touched = Set(rectangles.flatMap(Self.tiles))
      #expect(picture.decodedCount == touched.count)
    }
  }

  @Test func `neighbouring patches share tiles`() throws {
    try withSlide { file, picture in
      // 40 × 40 spots, one a tile and a quarter from the next, in rows.
      let rectangles = (0..<1600).map {
        PixelRectangle(
          x: 50_000 + $0 % 40 * 320, y: 30_000 + $0 / 40 * 320, width: 224, height: 224)
      }
      var count = 0
      try file.regions(rectangles) { _, _ in
        count += 1
        return true
      }
      #expect(count == 1600)
      let touched = Set(rectangles.flatMap(Self.tiles)).count
      #expect(picture.decodedCount < touched * 5 / 4, "\(picture.decodedCount) of \(touched)")
    }
  }

  private static func tiles(of rectangle: PixelRectangle) -> [TilePlace] {
    guard let visible = rectangle.clipped(toWidth: side, height: side) else { return [] }
    return (visible.y / tile...(visible.maxY - 1) / tile).flatMap { row in
      (visible.x / tile...(visible.maxX - 1) / tile).map {
        TilePlace(level: 0, column: $0, row: row)
      }
    }
  }

  @Test func `reduced parts of a slide without reduced versions are averages`() throws {
    try withSlide { file, _ in
      let part = PixelRectangle(x: 70_000, y: 20_000, width: 1_500, height: 1_100)
      let image = try file.region(part, reducedBy: 32)
      let first = part.reduced(by: 32)
      #expect(image.width == first.width && image.height == first.height)
      for y in 0..<image.height {
        for x in 0..<image.width where (first.x + x) % 8 != 0 || (first.y + y) % 8 != 0 {
          #expect(image.color(x, y) == color((first.x + x) * 32 + 16, (first.y + y) * 32 + 16))
        }
      }
    }
  }

  @Test func `the overview of a slide without reduced versions is a mosaic of few tiles`() throws {
    try withSlide { file, picture in
      let image = try file.overview(reducedBy: 64)
      #expect(image.width == 1563 && image.height == 1563)
      #expect(picture.decodedCount <= ImageFile.mostTilesOfOverview)
      // Each pixel has one of the tiles' colours, a little darker for their corners.
      for place in stride(from: 0, to: 1563, by: 71) {
        let found = image.color(place, place)
        #expect(
          Self.tileColors.contains { color in
            abs(Int(color.0) - Int(found[0])) <= 1 && abs(Int(color.1) - Int(found[1])) <= 1
          })
      }
    }
  }

  @Test func `reduced versions of a slide are read at the size next to what is asked for`() throws {
    try withSlide(reduced: [4, 16, 64]) { file, picture in
      for (reduction, level) in [(4, 0), (8, 0), (16, 1), (32, 1), (64, 2), (1024, 2)] {
        let part = PixelRectangle(x: 45_056, y: 45_056, width: 4_096, height: 4_096)
        let found = try file.region(part, reducedBy: reduction).color(3, 3)
        let color = Self.tileColors[level]
        #expect(abs(Int(found[0]) - Int(color.0)) <= 2, "1/\(reduction): \(found)")
      }
      let before = picture.decodedCount
      let whole = try file.overview(reducedBy: 64)
      #expect(whole == (try file.decoded(reducedBy: 64)))
      #expect(picture.decodedCount - before <= 49)
    }
  }

  @Test func `a slide changed after opening is refused`() throws {
    try withSlide { file, _ in
      let handle = try FileHandle(forWritingTo: file.url)
      try handle.seekToEnd()
      try handle.write(contentsOf: Data([0]))
      try handle.close()
      do throws(ImageError) {
        _ = try file.region(PixelRectangle(x: 0, y: 0, width: 1, height: 1))
        Issue.record("the changed slide was read")
      } catch {
        #expect(error.problem == "has changed since it was opened; open it again.")
      }
    }
  }

  @Test func `tiles that no file could hold are refused before decoding`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "bomb.tif")
      let slide = BigTIFF(
        side: 16, pictures: [RGBImage(width: 16, height: 16).pixels],
        sizes: [.init(width: 16, height: 16, tile: { _, _ in 0 })])
      try slide.write(to: url)
      #expect(problem(of: url) == nil)
      var bytes = Array(try Data(contentsOf: url))
      // The sides of the picture and of its tile become 16,384 and 160,000.
      for (claim, sentence) in [
        (16_384, "claims tiles of 16384 × 16384 pixels, which its \(bytes.count) bytes cannot"),
        (160_000, "is a TIFF with tiles of 160000 × 160000 pixels, too many to hold at once"),
      ] {
        for tag in [256, 257, 322, 323] {
          let entry = [UInt8(tag & 255), UInt8(tag >> 8), 4, 0, 1, 0, 0, 0, 0, 0, 0, 0]
          let place = try #require(bytes.firstRange(of: entry)).upperBound
          for byte in 0..<4 { bytes[place + byte] = UInt8(truncatingIfNeeded: claim >> (8 * byte)) }
        }
        try Data(bytes).write(to: url)
        let found = problem(of: url)
        #expect(found?.hasPrefix(sentence) == true, "\(found ?? "it was read")")
      }
    }
  }
}
