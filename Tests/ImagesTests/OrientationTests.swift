import Foundation
import Testing

@testable import Images

@Suite struct OrientationTests {
  /// The colours seen at top left, top right, bottom left and bottom right, when the stored
  /// picture has red, green, blue and black there in that order.
  static let corners = ["rgbk", "grkb", "kbgr", "bkrg", "rbgk", "brkg", "kgbr", "gkrb"]
  static let colors: [Character: (UInt8, UInt8, UInt8)] = [
    "r": (255, 0, 0), "g": (0, 255, 0), "b": (0, 0, 255), "k": (0, 0, 0),
  ]

  @Test(arguments: 1...8, [true, false])
  func `a JPEG and its regions are turned as EXIF says`(number: Int, isLittle: Bool) throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "turned.jpg")
      try jpeg(orientation: number, isLittle: isLittle).write(to: url)
      let file = try ImageFile(opening: url)
      #expect(file.width == (number >= 5 ? 32 : 48))
      #expect(file.height == (number >= 5 ? 48 : 32))
      let image = try file.decoded()
      let corners =
        [(0, 0), (image.width - 1, 0), (0, image.height - 1)]
        + [(image.width - 1, image.height - 1)]
      for (corner, name) in zip(corners, Self.corners[number - 1]) {
        let color = Self.colors[name]!
        let found = image[corner.0, corner.1]
        #expect(abs(Int(found.red) - Int(color.0)) < 8)
        #expect(abs(Int(found.green) - Int(color.1)) < 8)
        #expect(abs(Int(found.blue) - Int(color.2)) < 8)
      }
      let part = PixelRectangle(x: -2, y: 7, width: 21, height: 40)
      #expect(try file.region(part) == image.cut(part))
      let small = try file.decoded(reducedBy: 4)
      #expect(try file.region(part, reducedBy: 4) == small.cut(part.reduced(by: 4)))
    }
  }

  @Test(arguments: [[], [0x49], Array(repeating: 0xFF, count: 40)])
  func `an EXIF block that cannot be read leaves the picture upright`(exif: [UInt8]) {
    #expect(Orientation(exif: exif) == .upright)
  }

  @Test func `mutated EXIF blocks are read or ignored`() {
    var numbers = SeededNumbers(seed: 5)
    for _ in 0..<2000 {
      var exif = Self.exif(orientation: 6, isLittle: true)
      for _ in 0..<3 {
        exif[.random(in: 0..<exif.count, using: &numbers)] = .random(in: 0...255, using: &numbers)
      }
      exif.removeLast(.random(in: 0..<exif.count, using: &numbers))
      _ = Orientation(exif: exif)
    }
  }

  /// A directory with one entry: tag 0x0112, a short.
  static func exif(orientation: Int, isLittle: Bool) -> [UInt8] {
    func number(_ value: Int, _ bytes: Int) -> [UInt8] {
      let big = (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return isLittle ? big.reversed() : big
    }
    return Array((isLittle ? "II" : "MM").utf8) + number(42, 2) + number(8, 4) + number(1, 2)
      + number(0x0112, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + number(0, 2)
      + number(0, 4)
  }

  private func jpeg(orientation: Int, isLittle: Bool) throws -> Data {
    var picture = RGBImage(width: 48, height: 32)
    for y in 0..<32 {
      for x in 0..<48 {
        let name = Array("rgbk")[(y < 16 ? 0 : 2) + (x < 24 ? 0 : 1)]
        picture[x, y] = Self.colors[name]!
      }
    }
    let block = Array("Exif\0\0".utf8) + Self.exif(orientation: orientation, isLittle: isLittle)
    var data = try picture.jpegData(quality: 100)
    data.insert(
      contentsOf: [0xFF, 0xE1, 0, UInt8(block.count + 2)] + block, at: data.startIndex + 2)
    return data
  }
}
