import Foundation
import Images
import Sections
import TensorCore
import Testing

@testable import Models

@Suite struct PatchChangesTests {
  private func patches(_ order: Patches.Order) -> Patches {
    var window = RGBImage(width: 6, height: 6)
    for y in 0..<6 {
      for x in 0..<6 { window[x, y] = (UInt8(x * 40), UInt8(y * 40), UInt8(x + y)) }
    }
    return Patches(windows: [window, window], side: 6, order: order)
  }

  @Test(arguments: [Patches.Order.channelFirst, .channelLast, .channelRows])
  func `a plain recipe changes nothing, whatever the seed`(order: Patches.Order) {
    var generator = SeededGenerator(seed: 5)
    let patches = patches(order)
    #expect(patches.tensor(using: &generator).array == patches.values.map(Float.init))
  }

  @Test func `the eight symmetries are eight different ways to order the same places`() {
    let ways = (0..<PatchSymmetry.count).map { PatchSymmetry(number: $0).places(side: 4) }
    #expect(Set(ways).count == 8)
    #expect(ways[0] == Array(0..<16))
    for way in ways { #expect(way.sorted() == Array(0..<16)) }
  }

  @Test func `both orders of a patch are turned alike`() {
    var recipe = TrainingRecipe()
    recipe.symmetries = true
    recipe.colourJitter = 0.3
    for seed in 0..<64 {
      var (one, other) = (SeededGenerator(seed: UInt64(seed)), SeededGenerator(seed: UInt64(seed)))
      let first = patches(.channelFirst).tensor(recipe, using: &one).array
      let last = patches(.channelLast).tensor(recipe, using: &other).array
      for patch in 0..<2 {
        for channel in 0..<3 {
          for place in 0..<36 {
            #expect(
              first[patch * 108 + channel * 36 + place] == last[patch * 108 + place * 3 + channel])
          }
        }
      }
    }
  }

  @Test func `a stronger stain keeps white white and stays within the image's values`() {
    var recipe = TrainingRecipe()
    recipe.colourJitter = 0.5
    let white = Patches(
      windows: [RGBImage(width: 2, height: 2, pixels: Array(repeating: 255, count: 12))], side: 2,
      order: .channelFirst)
    for seed in 0..<64 {
      var generator = SeededGenerator(seed: UInt64(seed))
      #expect(white.tensor(recipe, using: &generator).array.allSatisfy { abs($0 - 255) < 1e-3 })
      let changed = patches(.channelFirst).tensor(recipe, using: &generator).array
      #expect(changed.allSatisfy { $0 >= -1 && $0 <= 255 })
    }
  }

  @Test func `Hist2ST's quarter turn and mirror are those of the authors' fixture`() throws {
    let golden = try Golden("hist2st")
    let patches = golden.patches([16, 3 * 112 * 112])
    func change(_ angle: Double, mirrored: Bool) -> [Float] {
      SectionChange(isGrey: false, angle: angle, isMirrored: mirrored)(patches, side: 112).array
    }
    let (values, side) = (patches.array, 112)
    func expected(_ source: (_ i: Int, _ j: Int) -> Int) -> [Float] {
      let map = (0..<side * side).map { source($0 / side, $0 % side) }
      return (0..<48).flatMap { plane in map.map { values[plane * map.count + $0] } }
    }
    #expect(change(0, mirrored: true) == expected { i, j in i * side + side - 1 - j })
    let turned = [Double.pi / 2, -Double.pi / 2].map { change($0, mirrored: false) }
    #expect(turned.contains(expected { i, j in j * side + side - 1 - i }))
  }

  @Test func `grey has the three colours' luminance, and what turns in from outside is black`() {
    let patches = Tensor(
      shape: [1, 12], [200, 200, 200, 200, 100, 100, 100, 100, 50, 50, 50, 50])
    let grey = SectionChange(isGrey: true, angle: 0, isMirrored: false)(patches, side: 2).array
    #expect(grey.allSatisfy { abs($0 - (0.2989 * 200 + 58.7 + 5.7)) < 1e-3 })
    let large = Tensor(shape: [1, 3 * 64], repeating: 9)
    let turned = SectionChange(isGrey: false, angle: .pi / 4, isMirrored: false)(large, side: 8)
    #expect(turned[0, 0] == 0 && turned[0, 8 * 4 + 4] == 9)
  }
}

@Suite struct PatchScalingTests {
  @Test func `white is nothing in optical density, and one in unit`() {
    let patches = Tensor(shape: [2], [255, 0])
    #expect(PatchScaling.raw(patches).array == [255, 0])
    #expect(PatchScaling.unit(patches).array == [1, 0])
    let density = PatchScaling.opticalDensity(patches).array
    #expect(density[0] == 0 && abs(density[1] - 5.5451774) < 1e-5)
  }
}

@Suite struct PatchShapeTests {
  private func shape(_ reduction: ImageReduction) -> PatchShape {
    PatchShape(side: 4, order: .channelFirst, reduction: reduction)
  }

  @Test func `without a reduction the square is the authors'`() {
    let spot = Spot(id: "s", column: 0, row: 0, x: 37.8, y: 51.2)
    #expect(shape(.none).window(around: spot) == Patches.window(around: spot, side: 4))
  }

  @Test(arguments: ImageReduction.allCases)
  func `a reduced image gives as many pixels, around the spot`(reduction: ImageReduction) {
    for offset in 0..<17 {
      let spot = Spot(
        id: "s", column: 0, row: 0, x: Double(offset) - 8, y: 40 + Double(offset) / 3)
      let window = shape(reduction).window(around: spot)
      let seen = window.reduced(by: reduction.rawValue)
      #expect(seen.width == 4 && seen.height == 4, "\(window)")
      let centre = Double(window.x) + Double(window.width) / 2
      #expect(abs(centre - spot.x) <= Double(reduction.rawValue))
    }
  }
}
