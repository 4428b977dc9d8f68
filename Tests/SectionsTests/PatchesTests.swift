import Foundation
import Images
import TestSupport
import Testing

@testable import Sections

@Suite struct PatchesTests {
  @Test func `a window is turned so that x comes first`() {
    // Two columns, two rows; a pixel's values are its number times ten plus the channel.
    let pixels: [UInt8] = [0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32]
    let window = RGBImage(width: 2, height: 2, pixels: pixels)
    #expect(window.flatPatch() == [0, 1, 2, 20, 21, 22, 10, 11, 12, 30, 31, 32])
    #expect(window.channelFirstPatch() == [0, 20, 10, 30, 1, 21, 11, 31, 2, 22, 12, 32])
    let patches = Patches(windows: [window, window], side: 2, order: .channelLast)
    #expect(patches.count == 2 && patches.values.count == 2 * patches.valuesPerPatch)
  }

  @Test func `windows begin half a side before the centre and stay on the image`() throws {
    let spots = [
      Spot(id: "1x1", column: 1, row: 1, x: 56.9, y: 60.2),
      Spot(id: "1x2", column: 1, row: 2, x: 55.9, y: 60.2),
    ]
    let section = Section(
      name: "C2", patient: "C", platform: "ST", spots: spots, genes: [],
      counts: SparseMatrix(spotCount: 2, starts: [0], spots: [], values: []))
    func windows(_ wanted: [Int]?, width: Int) throws -> [PixelRectangle] {
      try section.patchWindows(ofSpots: wanted, side: 112, imageWidth: width, imageHeight: 200)
    }
    #expect(try windows([0], width: 112) == [PixelRectangle(x: 0, y: 4, width: 112, height: 112)])
    #expect(message { _ = try windows([0], width: 111) } != nil)
    #expect(
      message { _ = try windows(nil, width: 200) }?.hasPrefix(
        "section C2: spot '1x2' at 55, 60 is too near the border of the image, 200 × 200, for a "
          + "patch of 112 pixels.") == true)
    #expect(message { _ = try section.patchWindows() }?.contains("has no image") == true)
  }

  /// Needs the large goldens, which are not part of the project.
  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `the authors' patches come out`() throws {
    let file = try SafetensorsFile(
      SharedFiles.fixtures.appending(path: "preprocessing/c2_patches.safetensors"))
    let window = RGBImage(
      width: 112, height: 112,
      pixels: file.array("image_rows_cols_rgb_around_spot0", as: UInt8.self))
    let size = 112 * 112 * 3
    #expect(
      window.channelFirstPatch() == Array(file.array("patches_first3", as: UInt8.self)[..<size]))
    #expect(
      window.flatPatch() == Array(file.array("histogene_flat_first3", as: UInt8.self)[..<size]))
  }

  /// Needs a real section with its image, which is not part of the project.
  @Test(.enabled(if: SharedFiles.hasData && SharedFiles.hasFixtures))
  func `patches cut from the section's image are the authors'`() throws {
    let set = try DataSet(opening: SharedFiles.data.appending(path: "her2st"))
    let section = try set.read(set.reference(named: "C2"))
    #expect(section.spotsOutsideImage == 0)
    let file = try SafetensorsFile(
      SharedFiles.fixtures.appending(path: "preprocessing/c2_patches.safetensors"))
    let patches = try section.patches(ofSpots: [0, 1, 2])
    let expected = file.array("patches_first3", as: UInt8.self)
    // Decoders differ by a grey level or two.
    let largest = zip(patches.values, expected).map { abs(Int($0) - Int($1)) }.max() ?? 255
    #expect(patches.values.count == expected.count && largest <= 2, "by \(largest)")
  }
}
