import Foundation

@testable import Images

/// Numbers that look random and are the same in every run.
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64 (Steele et al., 2014).
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// A folder of its own for the files of one test.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "eosin-images-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

extension RGBImage {
  /// Waves, edges and some noise in every channel.
  static func texture(width: Int, height: Int, seed: UInt64 = 1) -> RGBImage {
    var numbers = SeededNumbers(seed: seed)
    var image = RGBImage(width: width, height: height, filledWith: (0, 0, 0))
    for y in 0..<height {
      for x in 0..<width {
        let noise = UInt8(truncatingIfNeeded: numbers.next() & 31)
        let isInside = (x / 13 + y / 9).isMultiple(of: 3)
        image[x, y] = (
          UInt8(100 + 60 * sin(Double(x) / 7)) + noise,
          UInt8(100 + 60 * cos(Double(y) / 11)) + noise / 2, isInside ? 210 : 40 + noise
        )
      }
    }
    return image
  }

  /// The part that a region of this picture should be, white outside.
  func cut(_ rectangle: PixelRectangle) -> RGBImage {
    var part = RGBImage(width: rectangle.width, height: rectangle.height)
    for y in 0..<rectangle.height {
      for x in 0..<rectangle.width {
        let from = (x: rectangle.x + x, y: rectangle.y + y)
        if (0..<width).contains(from.x), (0..<height).contains(from.y) {
          part[x, y] = self[from.x, from.y]
        }
      }
    }
    return part
  }

  var means: [Double] {
    // Safety: every index is below `height · width · 3`; plain loops keep debug runs short.
    pixels.withUnsafeBufferPointer { values in
      (0..<3).map { channel in
        var sum = 0
        var index = channel
        while index < values.count {
          sum += Int(values[index])
          index += 3
        }
        return Double(sum) / Double(width * height)
      }
    }
  }

  func color(_ x: Int, _ y: Int) -> [UInt8] {
    let pixel = self[x, y]
    return [pixel.red, pixel.green, pixel.blue]
  }

  func largestDifference(from other: RGBImage) -> Int {
    guard width == other.width, height == other.height else { return 256 }
    return zip(pixels, other.pixels).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
  }
}

/// The sentence with which opening or decoding a file fails, or nil when it does not.
func problem(of url: URL, reducedBy reduction: Int = 1) -> String? {
  do throws(ImageError) {
    _ = try ImageFile(opening: url).decoded(reducedBy: reduction)
    return nil
  } catch {
    return error.problem
  }
}
