import Foundation
import Testing

@testable import Images

@Suite struct HeldPictureTests {
  private let picture = RGBImage.texture(width: 61, height: 47)
  private let name = URL(filePath: "/data/A1.h5ad/uns/spatial/A1/images/hires")

  @Test func `a picture in memory is an image file without a file`() throws {
    let file = ImageFile(named: name, holding: picture, pixelSizeMicrons: 0.5)
    #expect(file.width == 61 && file.height == 47)
    #expect(file.format == .pixels && file.url == name && file.pixelSizeMicrons == 0.5)
    #expect(try file.decoded() == picture)
    #expect(file == ImageFile(named: name, holding: picture, pixelSizeMicrons: 0.5))
    #expect(file != ImageFile(named: name, holding: .texture(width: 61, height: 47, seed: 2)))
  }

  @Test func `a picture in memory reduces as its PNG does`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "picture.png")
      try picture.writePNG(to: url)
      let png = try ImageFile(opening: url)
      let held = ImageFile(named: name, holding: picture)
      for reduction in ImageFile.reductions {
        #expect(try held.decoded(reducedBy: reduction) == png.decoded(reducedBy: reduction))
      }
    }
  }

  @Test func `regions of a picture in memory are cut from the whole`() throws {
    try expectRegionsMatch(ImageFile(named: name, holding: picture), "pixels")
  }

  @Test func `an empty picture gives white`() throws {
    let empty = ImageFile(named: name, holding: RGBImage(width: 0, height: 0, pixels: []))
    #expect(try empty.decoded() == RGBImage(width: 0, height: 0, pixels: []))
    let part = PixelRectangle(x: -1, y: 3, width: 2, height: 2)
    #expect(try empty.region(part, reducedBy: 1) == RGBImage(width: 2, height: 2))
  }
}
