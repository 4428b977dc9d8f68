import Drawing

/// The colours that terminals number, and which of them comes nearest to another colour.
///
/// Indices 0...15 are the user's own: the values here are xterm's, and are only used to guess.
struct Palette {
  /// What xterm shows for 0...15.
  static let standard: [Color] = [
    0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
    0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
  ].map { Color($0) }

  static let cubeLevels = [0, 95, 135, 175, 215, 255]

  /// The colour of an index 16...255: a cube of 6 x 6 x 6, then a ramp of 24 greys.
  static func color(ofIndex index: Int) -> Color {
    if index < 16 { return standard[index] }
    if index >= 232 {
      let grey = UInt8(8 + 10 * (index - 232))
      return Color(red: grey, green: grey, blue: grey)
    }
    let position = index - 16
    return Color(
      red: UInt8(cubeLevels[position / 36]), green: UInt8(cubeLevels[position / 6 % 6]),
      blue: UInt8(cubeLevels[position % 6]))
  }

  private let depth: ColorDepth
  /// Answers by the upper five bits of each channel, filled in as they are asked for; -1 is open.
  private var answers = [Int16](repeating: -1, count: 1 << 15)

  init(depth: ColorDepth) { self.depth = depth }

  /// The index nearest to a colour that carries data: one look in a table from the second time on.
  mutating func index(near color: Color) -> Int {
    let (red, green, blue) = (Int(color.red) >> 3, Int(color.green) >> 3, Int(color.blue) >> 3)
    let key = red << 10 | green << 5 | blue
    if answers[key] < 0 {
      // The middle of what falls under the same key, so that the answer does not depend on who
      // asked first.
      let middle = Color(color.value & 0xF8F8F8 | 0x040404)
      answers[key] = Int16(exactIndex(near: middle))
    }
    return Int(answers[key])
  }

  /// The index nearest to one colour, all 24 bits looked at.
  func exactIndex(near color: Color) -> Int {
    depth == .colors256
      ? Palette.extendedIndex(near: color)
      : Palette.standardIndex(near: color, among: depth.colors)
  }

  /// The nearest of 16...255: the first sixteen belong to the user and may be anything.
  private static func extendedIndex(near color: Color) -> Int {
    func level(_ channel: UInt8) -> Int {
      channel < 48 ? 0 : channel < 115 ? 1 : (Int(channel) - 35) / 40
    }
    let cube = 16 + 36 * level(color.red) + 6 * level(color.green) + level(color.blue)
    let grey = 232 + min(23, max(0, (color.brightness - 3) / 10))
    let distances = [cube, grey].map { distance(color, Palette.color(ofIndex: $0)) }
    return distances[0] <= distances[1] ? cube : grey
  }

  private static func distance(_ a: Color, _ b: Color) -> Int {
    let (red, green, blue) = (
      Int(a.red) - Int(b.red), Int(a.green) - Int(b.green), Int(a.blue) - Int(b.blue)
    )
    return 2 * red * red + 4 * green * green + 3 * blue * blue
  }

  /// The nearest of the first 8 or 16: greys for what is nearly grey, and for the rest the colour
  /// of like hue and lightness.
  ///
  /// Plain distances would not do: the sixteen are so saturated that most of a colour ramp, and
  /// all of a stained tissue, would come out grey and out of order.
  private static func standardIndex(near color: Color, among count: Int) -> Int {
    let target = Oklab(color)
    let isGrey = target.chroma < 0.03 || target.lightness < 0.15
    return (0..<count).filter { (oklabs[$0].chroma < 0.03) == isGrey }.min {
      difference(target, oklabs[$0], isGrey) < difference(target, oklabs[$1], isGrey)
    }!  // both 8 and 16 have greys and colours
  }

  private static func difference(_ a: Oklab, _ b: Oklab, _ isGrey: Bool) -> Double {
    let lightness = a.lightness - b.lightness
    guard !isGrey else { return lightness * lightness }
    let cosine = (a.a * b.a + a.b * b.b) / (a.chroma * b.chroma)
    return lightness * lightness + 0.3 * (1 - cosine)
  }

  private static let oklabs = standard.map { Oklab($0) }
}
