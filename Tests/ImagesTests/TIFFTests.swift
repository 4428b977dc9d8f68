import Foundation
import Testing

@testable import Images

@Suite struct TIFFTests {
  @Test(arguments: Golden.kinds)
  func `a file of any kind gives the pixels that other libraries read`(kind: Golden.Kind) throws {
    let file = try ImageFile(opening: kind.url)
    #expect(file.format == (kind.file.hasSuffix(".tif") ? .tiff : .jpeg))
    let expected = try kind.picture()
    #expect(file.width == expected.width && file.height == expected.height)
    let difference = try file.decoded().largestDifference(from: expected)
    #expect(difference <= kind.tolerance, "\(kind.file) differs by \(difference)")
  }

  @Test(arguments: [
    "strips-lzw", "strips-planar", "strips-jpeg-tables", "tiles-none", "tiles-16-planar",
    "tiles-jpeg-ycbcr", "tiles-rgba", "orientation-6", "orientation-7", "pyramid-subifd",
  ])
  func `a region of a TIFF is cut from the whole picture`(name: String) throws {
    try expectRegionsMatch(
      ImageFile(opening: Golden.folder.appending(path: "\(name).tif")), name)
  }

  @Test func `a TIFF without reduced versions holds averages, as a PNG does`() throws {
    let tiff = try ImageFile(opening: Golden.folder.appending(path: "tiles-lzw.tif"))
    let png = try ImageFile(opening: Golden.folder.appending(path: "expected/picture.png"))
    for reduction in ImageFile.reductions {
      #expect(try tiff.decoded(reducedBy: reduction) == png.decoded(reducedBy: reduction))
    }
  }

  @Test(arguments: ["pyramid-subifd.tif", "pyramid-pages.tif"])
  func `reduced versions are read where they are fine enough`(name: String) throws {
    let file = try ImageFile(opening: Golden.folder.appending(path: name))
    #expect(file.width == 51 && file.height == 38)
    let half = try file.decoded(reducedBy: 2)
    #expect(half == RGBImage(width: 26, height: 19, filledWith: (200, 30, 30)))
    for reduction in [4, 8, 16, 1024] {
      let image = try file.decoded(reducedBy: reduction)
      let size = (width: (51 + reduction - 1) / reduction, height: (38 + reduction - 1) / reduction)
      #expect(
        image == RGBImage(width: size.width, height: size.height, filledWith: (30, 200, 30)))
    }
  }

  @Test(arguments: [
    ("pyramid-subifd.tif", 0.5), ("imagej.tif", 0.5), ("ome.tif", 0.25), ("strips-lzw.tif", nil),
  ])
  func `the size of a pixel is read where the file tells it`(name: String, size: Double?) throws {
    let file = try ImageFile(opening: Golden.folder.appending(path: name))
    #expect(file.pixelSizeMicrons == size)
  }

  @Test func `a resolution for printers says nothing of the tissue`() {
    func size(_ resolution: Double, _ unit: Int) -> Double? {
      PixelSize.ofTIFF(description: nil, resolution: resolution, unit: unit)
    }
    #expect(size(72, 2) == nil)
    #expect(size(300, 2) == nil)
    #expect(size(0, 3) == nil)
    #expect(size(20_000, 1) == nil)
    #expect(size(.nan, 3) == nil)
    #expect(size(20_000, 3) == 0.5)
    #expect(size(50_800, 2) == 0.5)
    let nanometres = "<Pixels PhysicalSizeX=\"250\" PhysicalSizeXUnit=\"nm\"/>"
    #expect(PixelSize.ofTIFF(description: nanometres, resolution: 0, unit: 1) == 0.25)
    let parsecs = "<Pixels PhysicalSizeX=\"250\" PhysicalSizeXUnit=\"pc\"/>"
    #expect(PixelSize.ofTIFF(description: parsecs, resolution: 0, unit: 1) == nil)
  }

  @Test(arguments: [
    (
      "bad-float.tif",
      "is a TIFF of 32-bit floating-point samples, and Eosin reads up to 16 bits, whole numbers; "
        + "convert it to 8 bits."
    ),
    (
      "bad-32bit.tif",
      "is a TIFF of 32-bit samples, and Eosin reads up to 16 bits, whole numbers; convert it to 8 "
        + "bits."
    ),
    (
      "bad-jpeg2000.tif",
      "is a TIFF compressed in a way that libtiff cannot read here (number 34712); save it with "
        + "LZW or deflate."
    ),
  ])
  func `a TIFF that cannot be read says why`(name: String, sentence: String) {
    #expect(problem(of: Golden.folder.appending(path: name)) == sentence)
  }

  /// 48 seeds a file: up to eight bytes changed, or the end cut off.
  @Test(arguments: Golden.kinds.map(\.file).filter { $0.hasSuffix(".tif") })
  func `damaged bytes give an error or an image`(name: String) throws {
    let sound = Array(try Data(contentsOf: Golden.folder.appending(path: name)))
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "damaged.tif")
      for seed in 0..<48 {
        var numbers = SeededNumbers(seed: UInt64(seed))
        var bytes = sound
        // Half of the seeds look at the first bytes only, where the directory mostly is.
        let end = seed.isMultiple(of: 2) ? bytes.count : min(bytes.count, 400)
        for _ in 0...Int.random(in: 0..<8, using: &numbers) {
          bytes[.random(in: 4..<end, using: &numbers)] = .random(in: 0...255, using: &numbers)
        }
        if seed.isMultiple(of: 5) {
          bytes.removeLast(.random(in: 0..<bytes.count, using: &numbers))
        }
        try Data(bytes).write(to: url)
        do throws(ImageError) {
          let file = try ImageFile(opening: url)
          _ = try file.overview(reducedBy: 16)
          _ = try file.region(PixelRectangle(x: -9, y: -9, width: 99, height: 99), reducedBy: 1)
        } catch {
          #expect(error.problem.hasSuffix("."), "\(error)")
        }
      }
    }
  }
}
