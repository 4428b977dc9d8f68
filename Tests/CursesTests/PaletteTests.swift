import Drawing
import Testing

@testable import Curses

@Test func `every colour of the cube and the greys is nearest to itself`() {
  let palette = Palette(depth: .colors256)
  for index in 16...255 {
    let color = Palette.color(ofIndex: index)
    #expect(Palette.color(ofIndex: palette.exactIndex(near: color)) == color, "\(index)")
  }
}

@Test func `the table's answer is close to the best of all 240`() {
  var palette = Palette(depth: .colors256)
  var generator = SystemRandomNumberGenerator()
  func distance(_ a: Color, _ b: Color) -> Int {
    let (red, green, blue) = (
      Int(a.red) - Int(b.red), Int(a.green) - Int(b.green), Int(a.blue) - Int(b.blue)
    )
    return 2 * red * red + 4 * green * green + 3 * blue * blue
  }
  for _ in 0..<64 {
    let color = Color(UInt32.random(in: 0...0xFF_FFFF, using: &generator))
    let best = (16...255).map { distance(color, Palette.color(ofIndex: $0)) }.min()!
    let found = distance(color, Palette.color(ofIndex: palette.index(near: color)))
    // The table looks at five bits a channel: half a step of 8 off, in each.
    let slack = 9.0 * 4 * 4
    #expect(Double(found).squareRoot() <= Double(best).squareRoot() + 2 * slack.squareRoot())
  }
}

@Test(arguments: [
  (0x000000, 0), (0xFFFFFF, 15), (0xF80000, 9), (0xC00000, 1), (0xFDE725, 11), (0x808080, 8),
  (0x00D000, 2), (0x00FFFF, 14), (0x101014, 0),
])
func `the nearest of sixteen is what the eye would choose`(value: UInt32, expected: Int) {
  #expect(Palette(depth: .colors16).exactIndex(near: Color(value)) == expected)
}

@Test func `a colour ramp goes through the sixteen colours in order and never back`() {
  var palette = Palette(depth: .colors16)
  let indices = ColorRamp.viridis.colors.map { palette.index(near: $0) }
  let steps = indices.reduce(into: [Int]()) { if $0.last != $1 { $0.append($1) } }
  #expect(Set(steps).count == steps.count, "\(steps)")
  #expect(steps.count >= 5)
  #expect(Set(steps).isDisjoint(with: [0, 7, 8, 15]))
}

@Test(arguments: [ColorDepth.colors256, .colors16])
func `differences below and above zero never take the same colour`(depth: ColorDepth) {
  var palette = Palette(depth: depth)
  let indices = ColorRamp.difference.colors.map { palette.index(near: $0) }
  // The middle quarter may be one colour, the ends must not.
  let (below, above) = (Set(indices.prefix(96)), Set(indices.suffix(96)))
  #expect(below.isDisjoint(with: above), "\(below) \(above)")
  guard depth == .colors16 else { return }
  let steps = indices.reduce(into: [Int]()) { if $0.last != $1 { $0.append($1) } }
  #expect(steps == [4, 12, 7, 15, 7, 9, 1])
}
