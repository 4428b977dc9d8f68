import Foundation
import TestSupport
import Testing

@testable import Images

private let images = SharedFiles.data.appending(path: "images")

@Suite(.enabled(if: SharedFiles.hasData, "the shared images are not here"))
struct SharedImageTests {
  /// Means and pixels at (20, 10), the middle and the last corner, from Pillow 13.0.0.
  @Test(arguments: [
    ("baseline_420.jpg", 2048, 2048, [242.499, 239.879, 239.101], [239, 239, 239, 240, 238, 239]),
    ("cmyk.jpg", 2048, 2048, [242.548, 239.923, 239.144], [239, 239, 239, 239, 239, 239]),
    ("exif_6.jpg", 200, 320, [242.261, 239.877, 239.174], [244, 240, 241, 240, 238, 239]),
    ("gray.jpg", 2048, 2048, [240.501, 240.501, 240.501], [239, 239, 239, 239, 239, 239]),
    ("progressive.jpg", 2048, 2048, [242.499, 239.879, 239.101], [239, 239, 239, 240, 238, 239]),
  ])
  func `JPEGs of every kind decode as Pillow decodes them`(
    name: String, width: Int, height: Int, means: [Double], pixels: [Int]
  ) throws {
    let file = try ImageFile(opening: images.appending(path: name))
    #expect(file.width == width && file.height == height)
    #expect(file.format == .jpeg)
    let image = try file.decoded()
    for (found, expected) in zip(image.means, means) { #expect(abs(found - expected) < 0.5) }
    let found = image.color(20, 10) + image.color(width / 2, height / 2)
    for (found, expected) in zip(found, pixels) { #expect(abs(Int(found) - expected) <= 2) }
    for reduction in [2, 4, 8] {
      let small = try file.decoded(reducedBy: reduction)
      #expect(small.width == width / reduction && small.height == height / reduction)
      for (found, expected) in zip(small.means, means) { #expect(abs(found - expected) < 1) }
    }
  }

  /// Means and pixels at (20, 10), the middle and a quarter from the last corner, from tifffile
  /// 2026.3.3 (16 bits divided by 257 and rounded) and openslide-python 1.4.7. Tolerance: none in
  /// pixels but for the versions of libjpeg, 0.01 in means.
  @Test(arguments: [
    (
      "pyr_jpeg_rgb_bigtiff_subifd.tif", (9274, 9911), 8, [224.762, 219.021, 226.501],
      [242, 243, 238, 226, 200, 225, 120, 112, 159]
    ),
    (
      "pyr_jpeg_rgb_bigtiff_subifd.tif", (9274, 9911), 32, [224.659, 218.964, 226.412],
      [244, 240, 239, 252, 226, 255, 90, 80, 114]
    ),
    (
      "pyr_lzw.tif", (4096, 4096), 1, [242.143, 239.513, 238.481],
      [239, 239, 239, 243, 243, 241, 244, 240, 237]
    ),
    (
      "pyr_lzw.tif", (4096, 4096), 4, [242.167, 239.493, 238.526],
      [244, 240, 241, 243, 243, 241, 244, 240, 237]
    ),
    (
      "strips_16bit_rgb.tif", (2048, 2048), 1, [242.494, 239.874, 239.096],
      [239, 239, 239, 240, 238, 239, 244, 240, 241]
    ),
    (
      "cmu-1-small-region.svs", (2220, 2967), 1, [214.011, 194.81, 207.904],
      [246, 243, 243, 105, 44, 99, 228, 155, 172]
    ),
  ])
  func `TIFFs and slides decode as tifffile and OpenSlide decode them`(
    name: String, size: (Int, Int), reduction: Int, means: [Double], pixels: [Int]
  ) throws {
    let file = try ImageFile(opening: images.appending(path: name))
    #expect(file.width == size.0 && file.height == size.1)
    #expect(file.format == (name.hasSuffix(".svs") ? .slide : .tiff))
    let image = try file.decoded(reducedBy: reduction)
    for (found, expected) in zip(image.means, means) { #expect(abs(found - expected) < 0.01) }
    let (width, height) = (image.width, image.height)
    let found =
      image.color(20, 10) + image.color(width / 2, height / 2)
      + image.color(width * 3 / 4, height * 3 / 4)
    for (found, expected) in zip(found, pixels) { #expect(abs(Int(found) - expected) <= 1) }
  }

  @Test(arguments: [
    ("huge_dims.jpg", "claims 65500 × 65500 pixels, which its 101703 bytes cannot hold"),
    ("truncated.jpg", "ends early: "),
    ("../malformed/png_bomb_dims.png", "claims 2147483647 × 2147483647 pixels, which its 480343"),
    ("../malformed/truncated.png", "ends early: "),
    ("../malformed/not_hdf5.h5", "is a zip archive, not a picture; give a JPEG, PNG, TIFF"),
    ("../malformed/truncated_gzip.tsv.gz", "is a gzip file, not a picture; give a JPEG, PNG, TIFF"),
    ("pngsuite", "is a folder; give the image file inside it."),
  ])
  func `files that are no sound image say why`(name: String, beginning: String) throws {
    let found = ImagesTests.problem(of: images.appending(path: name))
    let problem = try #require(found)
    #expect(problem.hasPrefix(beginning), "\(problem)")
  }

  @Test(arguments: pngSuiteMeans)
  func `every sound file of PngSuite decodes`(
    name: String, width: Int, height: Int, means: [Double]
  ) throws {
    let file = try ImageFile(opening: images.appending(path: "pngsuite/\(name).png"))
    #expect(file.width == width && file.height == height)
    let image = try file.decoded()
    for (found, expected) in zip(image.means, means) {
      #expect(abs(found - expected) < 0.6, "\(image.means), expected \(means)")
    }
    let part = PixelRectangle(x: 3, y: 2, width: width - 5, height: height - 4)
    #expect(try file.region(part) == image.cut(part))
  }

  @Test func `every corrupt file of PngSuite is refused`() throws {
    let names = try FileManager.default.contentsOfDirectory(
      atPath: images.appending(path: "pngsuite").path
    ).filter { $0.hasPrefix("x") }
    #expect(names.count == 14)
    for name in names.sorted() {
      let problem = problem(of: images.appending(path: "pngsuite/\(name)"))
      #expect(problem != nil, "\(name) decoded")
    }
  }
}
