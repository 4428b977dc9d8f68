import Foundation
import Sections
import TensorCore

/// Patches of several sections, to be looked at in many ways.
struct PatchPool: Sendable {
  private let sections: [Patches]
  /// The first patch of each section, counted over all.
  private let starts: [Int]
  /// How many patches there are.
  let count: Int
  /// Pixels along a patch's side.
  let sidePixels: Int

  /// Takes patches in `[channel, row, column]` order, all of one side; at least one section.
  init(_ sections: [Patches]) {
    precondition(
      Set(sections.map(\.sidePixels)).count == 1
        && sections.allSatisfy { $0.order == .channelRows },
      "patches of a pool are of one side, in the image's own orientation")
    self.sections = sections
    var next = 0
    starts = sections.map { section in
      defer { next += section.count }
      return next
    }
    count = next
    sidePixels = sections[0].sidePixels
  }

  /// One view of each patch named, `[patches, 3 · side²]`, 0...255: a square cut out of it and drawn
  /// to its size by the nearest pixel, turned or mirrored in one of eight ways, its stains stronger or
  /// weaker; all by chance, each patch its own.
  func views(
    of chosen: [Int], _ recipe: EncoderRecipe, using generator: inout SeededGenerator
  ) -> Tensor {
    let plane = sidePixels * sidePixels
    let symmetries = PatchSymmetry.all.map { $0.places(side: sidePixels) }
    var out = [Float](repeating: 0, count: chosen.count * 3 * plane)
    var target = out.mutableSpan
    for (place, patch) in chosen.enumerated() {
      let section = starts.lastIndex { $0 <= patch } ?? 0
      let values = sections[section].values
      let source = values.span
      let first = (patch - starts[section]) * 3 * plane
      let map = places(symmetries, recipe, using: &generator)
      let from = map.span
      let tables = ColourTables(jitter: recipe.colourJitter, using: &generator)
      for channel in 0..<3 {
        let own = tables.channels[channel]
        let table = own.span
        let (start, end) = (first + channel * plane, (place * 3 + channel) * plane)
        for pixel in 0..<plane {
          target[end + pixel] = table[Int(source[start + from[pixel]])]
        }
      }
    }
    return Tensor(shape: [chosen.count, 3 * plane], out)
  }

  /// Where each pixel of a view comes from.
  private func places(
    _ symmetries: [[Int]], _ recipe: EncoderRecipe, using generator: inout SeededGenerator
  ) -> [Int] {
    let symmetry = symmetries[generator.nextIndex(below: PatchSymmetry.count)]
    let share = recipe.smallestCut + (1 - recipe.smallestCut) * generator.nextUnit()
    let cut = max(1, Int((Double(sidePixels) * share).rounded()))
    let room = sidePixels - cut + 1
    let (top, left) = (generator.nextIndex(below: room), generator.nextIndex(below: room))
    let steps = (0..<sidePixels).map { (2 * $0 + 1) * cut / (2 * sidePixels) }
    return symmetry.map { place in
      (top + steps[place / sidePixels]) * sidePixels + left + steps[place % sidePixels]
    }
  }
}
