import Foundation
import Images
import TestSupport
import Testing

@testable import Sections

@Suite struct PatchesTests {
  @Test func `a window is turned so that x comes first, or left as the image has it`() {
    // Two columns, two rows; a pixel's values are its number times ten plus the channel.
    let pixels: [UInt8] = [0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32]
    let window = RGBImage(width: 2, height: 2, pixels: pixels)
    #expect(window.flatPatch() == [0, 1, 2, 20, 21, 22, 10, 11, 12, 30, 31, 32])
    #expect(window.channelFirstPatch() == [0, 20, 10, 30, 1, 21, 11, 31, 2, 22, 12, 32])
    #expect(window.patch(in: .channelRows) == [0, 10, 20, 30, 1, 11, 21, 31, 2, 12, 22, 32])
    let patches = Patches(windows: [window, window], side: 2, order: .channelLast)
    #expect(patches.count == 2 && patches.values.count == 2 * patches.valuesPerPatch)
  }

  @Test func `windows begin half a side before the centre's pixel`() {
    let spot = Spot(id: "1x1", column: 1, row: 1, x: 56.9, y: 60.2)
    #expect(
      Patches.window(around: spot, side: 112)
        == PixelRectangle(x: 0, y: 4, width: 112, height: 112))
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
}
