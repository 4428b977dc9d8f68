import Foundation
import Testing

@testable import Images

@Suite struct BadImageTests {
  private let picture = RGBImage.texture(width: 70, height: 50)

  private func problem(of bytes: some Sequence<UInt8>, reducedBy reduction: Int = 1) throws
    -> String?
  {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "file.bin")
      try Data(bytes).write(to: url)
      return ImagesTests.problem(of: url, reducedBy: reduction)
    }
  }

  @Test func `a missing file says so`() {
    let url = URL(filePath: "/no/such/folder/A1.jpg")
    #expect(
      throws: ImageError(file: url, problem: "there is no such file; check the path.")
    ) { try ImageFile(opening: url) }
    #expect(
      ImageError(file: url, problem: "there is no such file; check the path.").description
        == "/no/such/folder/A1.jpg: there is no such file; check the path.")
  }

  @Test func `a file of another kind is named`() throws {
    #expect(try problem(of: []) == "is empty; copy or export it again.")
    #expect(
      try problem(of: Array("GIF89a".utf8))
        == "is a GIF, which Eosin does not read; convert it to TIFF, JPEG or PNG.")
    #expect(
      try problem(of: Array("x\ty\n".utf8))
        == "is no JPEG, PNG, TIFF or whole slide (it starts with 78 09 79 0A); convert it to one of "
        + "them.")
    var png = try picture.pngData()
    png[1] ^= 0x20
    #expect(try problem(of: png)?.hasPrefix("looks like a PNG") == true)
  }

  @Test func `a name does not decide what a file is`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "really-a-png.jpg")
      try picture.writePNG(to: url)
      #expect(try ImageFile(opening: url).format == .png)
    }
  }

  @Test func `a header cut off says so`() throws {
    let jpeg = try picture.jpegData().prefix(100)
    #expect(
      try problem(of: jpeg)
        == "is a JPEG that ends within its header, after 100 bytes; copy or export it again.")
    let png = try picture.pngData().prefix(20)
    #expect(
      try problem(of: png)
        == "is a PNG that ends within its header, after 20 bytes; copy or export it again.")
  }

  @Test func `pixels cut off are counted`() throws {
    let jpeg = try picture.jpegData()
    let ofJPEG = try #require(try problem(of: jpeg.prefix(jpeg.count * 2 / 3)))
    #expect(ofJPEG.contains(/^ends early: (16|32) of 50 rows are there; copy or export it again.$/))
    let png = try picture.pngData()
    let ofPNG = try #require(try problem(of: png.prefix(png.count / 2)))
    #expect(ofPNG.contains(/^ends early: \d+ of 50 rows are there; copy or export it again.$/))
    let progressive = try picture.jpegData(
      quality: 90, subsampling: .init(2), isProgressive: true)
    let ofProgressive = try #require(try problem(of: progressive.prefix(progressive.count / 2)))
    #expect(ofProgressive.hasPrefix("ends early, in scan "))
  }

  @Test func `rows before the cut can still be read`() throws {
    try withTemporaryFolder { folder in
      let tall = RGBImage.texture(width: 64, height: 400)
      let url = folder.appending(path: "cut.jpg")
      let data = try tall.jpegData()
      try data.prefix(data.count * 2 / 3).write(to: url)
      let file = try ImageFile(opening: url)
      _ = try file.region(PixelRectangle(x: 0, y: 0, width: 64, height: 100))
      #expect(throws: ImageError.self) {
        try file.region(PixelRectangle(x: 0, y: 350, width: 64, height: 40))
      }
    }
  }

  @Test func `sizes that the bytes cannot hold are refused before decoding`() throws {
    var jpeg = try picture.jpegData()
    let frame = try #require(jpeg.firstRange(of: Data([0xFF, 0xC0]))).lowerBound
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0x40, 0x00, 0x40, 0x00])
    #expect(
      try problem(of: jpeg)
        == "claims 16384 × 16384 pixels, which its \(jpeg.count) bytes cannot hold; the file is "
        + "damaged, so copy or export it again.")
    let png = try claiming(width: 100_000, height: 100_000, picture.pngData())
    #expect(
      try problem(of: png)?
        .hasPrefix("claims 100000 × 100000 pixels, which its \(png.count) bytes cannot") == true)
  }

  @Test func `sides above the limit are refused`() throws {
    // One pixel high, so that the bytes could hold them.
    let png = try claiming(width: 400_000, height: 1, picture.pngData())
    #expect(
      try problem(of: png)
        == "claims 400000 × 1 pixels in \(png.count) bytes, and Eosin reads up to 2147483648 "
        + "pixels and 300000 a side; export it smaller.")
  }

  @Test func `an all-white picture is not taken for a false claim`() throws {
    let white = RGBImage(width: 3000, height: 2000)
    #expect(try problem(of: white.jpegData(quality: 1), reducedBy: 8) == nil)
    #expect(try problem(of: white.pngData(), reducedBy: 8) == nil)
  }

  @Test func `a file that changed after opening is refused`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "picture.png")
      try picture.writePNG(to: url)
      let file = try ImageFile(opening: url)
      try RGBImage(width: 3, height: 4).writePNG(to: url)
      do throws(ImageError) {
        _ = try file.decoded()
        Issue.record("the changed file was decoded")
      } catch {
        #expect(error.problem.hasPrefix("has changed since it was opened: it was 70 × 50 pixels"))
      }
    }
  }

  /// 256 seeds a format: up to eight bytes changed, or the end cut off.
  @Test(arguments: ["jpeg", "progressive", "png"])
  func `damaged bytes give an error or an image`(format: String) throws {
    let sound =
      switch format {
      case "jpeg": try picture.jpegData()
      case "progressive":
        try picture.jpegData(quality: 80, subsampling: .init(2), isProgressive: true)
      default: try picture.pngData()
      }
    var failures = 0
    for seed in 0..<256 {
      var numbers = SeededNumbers(seed: UInt64(seed))
      var bytes = Array(sound)
      // Half of the seeds look at the header only, where most ways to fail are.
      let end = seed.isMultiple(of: 2) ? bytes.count : min(bytes.count, 700)
      for _ in 0...Int.random(in: 0..<8, using: &numbers) {
        bytes[.random(in: 2..<end, using: &numbers)] = .random(in: 0...255, using: &numbers)
      }
      if seed.isMultiple(of: 5) {
        bytes.removeLast(.random(in: 0..<bytes.count, using: &numbers))
      }
      let reduction = [1, 2, 4, 8][seed % 4]
      if let problem = try problem(of: bytes, reducedBy: reduction) {
        failures += 1
        #expect(problem.hasSuffix("."), "\(problem)")
      }
    }
    #expect(failures > 64)
  }

  /// A PNG whose header says another size, with a right checksum.
  private func claiming(width: Int, height: Int, _ png: Data) -> Data {
    var bytes = Array(png)
    for (offset, value) in [(16, width), (20, height)] {
      for byte in 0..<4 {
        bytes[offset + byte] = UInt8(truncatingIfNeeded: value >> (24 - 8 * byte))
      }
    }
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes[12..<29] {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    for byte in 0..<4 { bytes[29 + byte] = UInt8(truncatingIfNeeded: ~crc >> (24 - 8 * byte)) }
    return Data(bytes)
  }
}
