import CTurboJPEG
import Foundation
import Testing

@testable import Images

@Suite struct RegionTests {
  static let samplings: [(name: String, subsampling: TJSAMP, isProgressive: Bool)] = [
    ("4:2:0", TJSAMP_420, false), ("4:2:2", TJSAMP_422, false), ("4:4:4", TJSAMP_444, false),
    ("4:4:0", TJSAMP_440, false), ("grey", TJSAMP_GRAY, false), ("progressive", TJSAMP_420, true),
  ]

  @Test(arguments: samplings.indices)
  func `a region of a JPEG is cut from the whole picture`(sampling index: Int) throws {
    let sampling = Self.samplings[index]
    let picture = RGBImage.texture(width: 237, height: 181)
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "picture.jpg")
      try picture.jpegData(
        quality: 85, subsampling: sampling.subsampling, isProgressive: sampling.isProgressive
      ).write(to: url)
      try expectRegionsMatch(ImageFile(opening: url), sampling.name)
    }
  }

  @Test func `a region of a PNG is cut from the whole picture`() throws {
    let picture = RGBImage.texture(width: 61, height: 47)
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "picture.png")
      try picture.writePNG(to: url)
      try expectRegionsMatch(ImageFile(opening: url), "PNG")
    }
  }

  @Test func `a reduced PNG holds averages, over fewer pixels at the edges`() throws {
    var picture = RGBImage(width: 5, height: 3, filledWith: (0, 0, 0))
    for x in 0..<5 { for y in 0..<3 { picture[x, y] = (UInt8(x * 10), UInt8(y * 10), 7) } }
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "picture.png")
      try picture.writePNG(to: url)
      let half = try ImageFile(opening: url).decoded(reducedBy: 2)
      #expect(half.width == 3 && half.height == 2)
      #expect(half.color(0, 0) == [5, 5, 7])
      #expect(half.color(2, 1) == [40, 20, 7])
      #expect(half.color(1, 1) == [25, 20, 7])
    }
  }

  @Test func `the pass over a file stops when the body says so`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "picture.png")
      try RGBImage.texture(width: 20, height: 20).writePNG(to: url)
      let rows = (0..<20).map { PixelRectangle(x: 0, y: $0, width: 20, height: 1) }
      var indices: [Int] = []
      try ImageFile(opening: url).regions(rows) { index, _ in
        indices.append(index)
        return index < 4
      }
      #expect(indices == [0, 1, 2, 3, 4])
    }
  }

  @Test func `a rectangle grows outwards to whole reduced pixels`() {
    let rectangle = PixelRectangle(x: -3, y: 5, width: 8, height: 3)
    #expect(rectangle.reduced(by: 1) == rectangle)
    #expect(rectangle.reduced(by: 4) == PixelRectangle(x: -1, y: 1, width: 3, height: 1))
    #expect(rectangle.reduced(by: 2) == PixelRectangle(x: -2, y: 2, width: 5, height: 2))
  }
}
