import Foundation
import Sections
import TensorCore

// How patches are changed by chance, so that a network does not learn them by heart.

extension Patches {
  /// The values as a network's input, `[count, 3 · side²]`, 0...255, changed by chance as the recipe
  /// says.
  func tensor(
    _ recipe: TrainingRecipe = TrainingRecipe(), using generator: inout SeededGenerator
  ) -> Tensor {
    let tables = ColourTables(jitter: recipe.colourJitter, using: &generator)
    let symmetries = (0..<count).map { _ in
      recipe.symmetries ? generator.nextIndex(below: PatchSymmetry.count) : 0
    }
    let places = PatchSymmetry.all.map { $0.places(side: sidePixels) }
    let (plane, size) = (sidePixels * sidePixels, valuesPerPatch)
    var out = [Float](repeating: 0, count: values.count)
    var target = out.mutableSpan
    let source = values.span
    for patch in 0..<count {
      let ownPlaces = places[symmetries[patch]]
      let map = ownPlaces.span
      let start = patch * size
      for channel in 0..<3 {
        let ownTable = tables.channels[channel]
        let table = ownTable.span
        switch order {
        case .channelFirst, .channelRows:
          let first = start + channel * plane
          for place in 0..<plane {
            target[first + place] = table[Int(source[first + map[place]])]
          }
        case .channelLast:
          for place in 0..<plane {
            target[start + place * 3 + channel] =
              table[Int(source[start + map[place] * 3 + channel])]
          }
        }
      }
    }
    return Tensor(shape: [count, size], out)
  }

  /// The values as they are, `[count, 3 · side²]`, 0...255.
  var tensor: Tensor { Tensor(shape: [count, valuesPerPatch], values.map(Float.init)) }
}

/// One of the eight ways to lay a square on itself.
struct PatchSymmetry {
  static let count = 8
  static let all = (0..<count).map(PatchSymmetry.init(number:))
  /// 0 leaves everything as it is; bits mirror along the first axis, along the second, and swap them.
  let number: Int

  /// Where each place's value comes from, row by row.
  func places(side: Int) -> [Int] {
    (0..<side * side).map { place in
      let (first, second) = (place / side, place % side)
      let i = number & 1 == 0 ? first : side - 1 - first
      let j = number & 2 == 0 ? second : side - 1 - second
      return number & 4 == 0 ? i * side + j : j * side + i
    }
  }
}

/// What each of the 256 values of a channel becomes when its stain is stronger or weaker: optical
/// densities times a factor of `1 ± jitter`, each channel its own.
struct ColourTables {
  let channels: [[Float]]

  init(jitter: Double, using generator: inout SeededGenerator) {
    channels = (0..<3).map { _ in
      guard jitter > 0 else { return (0..<256).map(Float.init) }
      let factor = 1 + jitter * (2 * generator.nextUnit() - 1)
      return (0..<256).map { Float(256 * pow((Double($0) + 1) / 256, factor) - 1) }
    }
  }
}

/// The changes that Hist2ST's distillation draws for a whole section at once: grey with probability
/// 0.1, turned by an angle uniform in ±90°, mirrored with probability 0.2.
///
/// Source: Hist2ST's released code, whose transforms are torchvision's: grey is 0.2989 red + 0.587
/// green + 0.114 blue; a turned place takes the nearest pixel, and black beyond the patch.
struct SectionChange {
  private let isGrey: Bool
  private let angle: Double
  private let isMirrored: Bool

  init(using generator: inout SeededGenerator) {
    isGrey = generator.nextUnit() < 0.1
    angle = (2 * generator.nextUnit() - 1) * Double.pi / 2
    isMirrored = generator.nextUnit() < 0.2
  }

  init(isGrey: Bool, angle: Double, isMirrored: Bool) {
    (self.isGrey, self.angle, self.isMirrored) = (isGrey, angle, isMirrored)
  }

  /// Changes `[spots, 3 · side²]` in channel, x, y order.
  func callAsFunction(_ patches: Tensor, side: Int) -> Tensor {
    let map = places(side: side)
    let (plane, count) = (side * side, patches.shape[0])
    let values = patches.array
    var out = [Float](repeating: 0, count: values.count)
    var target = out.mutableSpan
    let (source, places) = (values.span, map.span)
    for patch in 0..<count {
      let start = patch * 3 * plane
      for place in 0..<plane {
        let from = places[place]
        guard from >= 0 else { continue }
        var (red, green, blue) = (
          source[start + from], source[start + plane + from], source[start + 2 * plane + from]
        )
        if isGrey {
          let grey = 0.2989 * red + 0.587 * green + 0.114 * blue
          (red, green, blue) = (grey, grey, grey)
        }
        target[start + place] = red
        target[start + plane + place] = green
        target[start + 2 * plane + place] = blue
      }
    }
    return Tensor(shape: patches.shape, out)
  }

  /// Where each place's value comes from; −1 for beyond the patch.
  private func places(side: Int) -> [Int] {
    let centre = Double(side - 1) / 2
    let (cosine, sine) = (cos(angle), sin(angle))
    return (0..<side * side).map { place in
      let first = Double(place / side) - centre
      let column = isMirrored ? side - 1 - place % side : place % side
      let second = Double(column) - centre
      let i = (cosine * first - sine * second + centre).rounded(.toNearestOrEven)
      let j = (sine * first + cosine * second + centre).rounded(.toNearestOrEven)
      let last = Double(side - 1)
      return 0...last ~= i && 0...last ~= j ? Int(i) * side + Int(j) : -1
    }
  }
}
