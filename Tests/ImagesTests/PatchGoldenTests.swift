import Foundation
import TestSupport
import Testing

@testable import Images

/// Patches of section C2 of HER2+ as the authors' loader cuts them, read by Pillow 13.0.0.
///
/// Tolerance: 2 grey levels a pixel, 0.05 in the mean of a patch; decoders of other versions of
/// libjpeg-turbo differ by that much.
@Suite(.enabled(if: SharedFiles.hasData && SharedFiles.hasFixtures, "the goldens are not here"))
struct PatchGoldenTests {
  private let image = SharedFiles.data
    .appending(path: "her2st/data/ST-imgs/C/C2/5714_HE_BT_C2.jpg")
  private let folder = SharedFiles.fixtures.appending(path: "preprocessing")

  @Test func `a patch of the full image is the authors' patch`() throws {
    let centres = try tensor("pixel_centres_floor", in: "c2.safetensors", as: Int64.self)
    let expected = try tensor(
      "image_rows_cols_rgb_around_spot0", in: "c2_patches.safetensors", as: UInt8.self)
    let patch = try ImageFile(opening: image)
      .region(rectangle(Int(centres[0]), Int(centres[1])))
    let golden = RGBImage(width: 112, height: 112, pixels: expected)
    #expect(patch.largestDifference(from: golden) <= 2)
  }

  @Test func `all patches of a section come from one pass`() throws {
    let centres = try tensor("pixel_centres_floor", in: "c2.safetensors", as: Int64.self)
    let means = try tensor(
      "patch_channel_means_all187", in: "c2_patches.safetensors", as: Float.self)
    let rectangles = (0..<187).map {
      rectangle(Int(centres[$0 * 2]), Int(centres[$0 * 2 + 1]))
    }
    var seen: Set<Int> = []
    var largest = 0.0
    try ImageFile(opening: image).regions(rectangles) { index, patch in
      #expect(seen.insert(index).inserted)
      for (channel, mean) in patch.means.enumerated() {
        largest = max(largest, abs(mean - Double(means[index * 3 + channel])))
      }
      return true
    }
    #expect(seen.count == 187)
    #expect(largest < 0.05)
  }

  private func rectangle(_ x: Int, _ y: Int) -> PixelRectangle {
    PixelRectangle(x: x - 56, y: y - 56, width: 112, height: 112)
  }

  private func tensor<Value>(_ name: String, in file: String, as type: Value.Type) throws -> [Value]
  {
    let data = try Data(contentsOf: folder.appending(path: file))
    let headerLength = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try #require(
      JSONSerialization.jsonObject(with: data[8..<8 + headerLength]) as? [String: Any])
    let entry = try #require(header[name] as? [String: Any])
    let offsets = try #require(entry["data_offsets"] as? [Int])
    let bytes = data[(8 + headerLength + offsets[0])..<(8 + headerLength + offsets[1])]
    // Safety: the bytes are copied to an array of numbers, which have no invalid patterns.
    return bytes.withUnsafeBytes { raw in
      (0..<raw.count / MemoryLayout<Value>.stride).map {
        raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Value>.stride, as: type)
      }
    }
  }
}
