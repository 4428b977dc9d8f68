import Drawing
import Images
import Testing

@Suite struct CanvasTests {
  @Test func `text is cut at the width and at the edge`() {
    var canvas = Canvas(columns: 6, rows: 2)
    canvas.write("abcdefgh", column: 0, row: 0)
    canvas.write("abcdefgh", column: 1, row: 1, width: 3)
    canvas.write("off", column: 0, row: 9)
    #expect(canvas.lines == ["abcdef", " abc  "])
  }

  @Test func `a wide character takes two cells and a combining one none`() {
    var canvas = Canvas(columns: 5, rows: 1)
    let end = canvas.write("日e\u{301}\u{7}x", column: 0, row: 0)
    #expect(end == 4)
    #expect(canvas.lines == ["日ex "])
  }

  @Test func `long names shorten in the middle`() {
    #expect("MT-ND4L-overlap".shortened(to: 9) == "MT-N…rlap")
    #expect("GNAS".shortened(to: 4) == "GNAS")
    #expect("GNAS".shortened(to: 2) == "G…")
    #expect("GNAS".fitted(to: 6, alignedRight: true) == "  GNAS")
    #expect("GNAS".shortened(to: 0) == "")
  }

  @Test func `two points share a cell as half blocks`() {
    let red = Ink.color(Color(0xFF0000))
    let blue = Ink.color(Color(0x0000FF))
    var canvas = Canvas(columns: 4, rows: 1)
    canvas.draw(
      points: [red, red, nil, nil, blue, red, blue, nil],
      in: Rectangle(column: 0, row: 0, columns: 4, rows: 1))
    #expect(canvas.lines == ["▀ ▄ "])
    #expect(canvas[0, 0] == Cell("▀", ink: red, ground: blue))
    #expect(canvas[1, 0] == Cell(" ", ink: red, ground: red))
    #expect(canvas[2, 0].ink == blue && canvas[2, 0].ground == .role(.background))
  }

  @Test func `limits follow the percentiles unless they coincide`() {
    let values = (0...100).map(Float.init)
    #expect(ValueLimits.percentiles.limits(of: values) == (1, 99))
    #expect(ValueLimits.full.limits(of: values) == (0, 100))
    #expect(ValueLimits.zero.limits(of: values.map { $0 + 5 }) == (0, 104))
    let rare = [Float](repeating: 0, count: 500) + [3]
    #expect(ValueLimits.percentiles.limits(of: rare) == (0, 3))
    #expect(ValueLimits.percentiles.limits(of: []) == (0, 1))
    #expect(ValueLimits.percentiles.limits(of: [.nan, 2, .infinity]) == (2, 2))
  }

  @Test func `every ramp runs from dark to light and NaN has no colour`() {
    for ramp in ColorRamp.all {
      let brightness = ramp.colors.map(\.brightness)
      #expect(brightness.last! > brightness.first! + 100)
      #expect(zip(brightness, brightness.dropFirst()).allSatisfy { $1 >= $0 - 1 })
      #expect(ramp.color(at: .nan) == nil)
      #expect(ramp.color(at: -3) == ramp.colors[0] && ramp.color(at: 9) == ramp.colors[255])
    }
    #expect(ColorRamp.viridis.colors[0] == Color(0x440154))
    #expect(ColorRamp.viridis.colors[255] == Color(0xFDE725))
  }

  @Test func `numbers on a scale stay short`() {
    let numbers: [Float] = [0, 0.0421, 0.4213, 4.2134, 42.134, 421.34, 4213.4, 1.5e7, -0.5, .nan]
    #expect(
      numbers.map(shortNumber) == [
        "0", "0.042", "0.42", "4.21", "42.1", "421", "4213", "1.5e+07", "-0.50", "–",
      ])
  }

  @Test func `a picture far away is averaged, one outside is nothing`() {
    var image = RGBImage(width: 64, height: 64, filledWith: (0, 0, 0))
    for y in 0..<64 {
      for x in 0..<64 where (x + y).isMultiple(of: 2) { image[x, y] = (255, 255, 255) }
    }
    let pyramid = ImagePyramid(
      image, extent: PixelRectangle(x: 0, y: 0, width: 640, height: 640))
    let far = pyramid.level(forScale: 100)
    let color = pyramid.color(x: 300, y: 300, level: far)
    #expect(color.map { abs(Int($0.red) - 128) <= 2 } == true)
    #expect(pyramid.color(x: -1, y: 5, level: 0) == nil)
    #expect(pyramid.level(forScale: 10) == 0)
  }
}
