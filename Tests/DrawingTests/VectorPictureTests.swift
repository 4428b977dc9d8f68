import Drawing
import Images
import Testing

@Suite struct VectorPictureTests {
  @Test func `roles become variables, colours stay, text is escaped`() {
    var picture = VectorPicture(width: 40, height: 20, title: "a < b", summary: "\"c\" & d")
    picture.fill(x: 1, y: 2.5, width: 10.004, height: 3, .role(.accent))
    picture.line(0, 0, to: 40, 1.0 / 3, .init(.color(Color(0x00FF80)), width: 2, dash: [4, 3]))
    picture.write("<&>\u{1}", x: 5, y: 6, size: 10, isBold: true, anchor: .middle)
    let lines = picture.svg(.page).split(separator: "\n").map(String.init)
    #expect(
      lines == [
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 40 20\" width=\"40\" "
          + "height=\"20\" role=\"img\" font-family=\"system-ui,-apple-system,'Segoe UI',"
          + "Roboto,'Noto Sans','DejaVu Sans',sans-serif\"><title>a &lt; b</title>"
          + "<desc>&quot;c&quot; &amp; d</desc>",
        "<rect x=\"1\" y=\"2.5\" width=\"10\" height=\"3\" fill=\"#a8265f\" "
          + "style=\"fill:var(--eosin-accent,#a8265f)\"/>",
        "<path d=\"M0 0L40 0.33\" fill=\"none\" stroke=\"#00ff80\" stroke-width=\"2\" "
          + "stroke-dasharray=\"4 3\"/>",
        "<text x=\"5\" y=\"6\" font-size=\"10\" font-weight=\"600\" text-anchor=\"middle\" "
          + "fill=\"#2a2333\" style=\"fill:var(--eosin-text,#2a2333)\">&lt;&amp;&gt;</text>",
        "</svg>",
      ])
  }

  @Test func `a file of its own brings both sets of colours and its ground`() {
    let svg = VectorPicture(width: 4, height: 4).svg()
    #expect(svg.contains(":root{--eosin-background:#fdfbfe;"))
    #expect(svg.contains("@media (prefers-color-scheme:dark){:root{--eosin-background:#14121a;"))
    #expect(svg.contains("<rect width=\"100%\" height=\"100%\" fill=\"#fdfbfe\""))
  }

  @Test func `many discs are one path of steps without drifting`() throws {
    var picture = VectorPicture(width: 100, height: 100)
    let places = (0..<9).map { VectorPicture.Point(Double($0) * 3.14159, 50 - Double($0) * 1.26) }
    picture.add(.discs(places, diameter: 2), fill: .color(Color(0)))
    let svg = picture.svg(.page)
    let found = svg.firstMatch(of: /\sd="m([^"]+)"/)
    let path = try #require(found).1
    var (x, y) = (0.0, 0.0)
    for (step, place) in zip(path.split(separator: "h0").map { $0.drop { $0 == "m" } }, places) {
      let numbers = step.matches(of: /-?[0-9.]+/).compactMap { Double($0.0) }
      x += numbers[0]
      y += numbers[1]
      #expect(abs(x - place.x) < 0.0501 && abs(y - place.y) < 0.0501)
    }
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300])
  func `shapes with numbers that are none are left out`(bad: Double) {
    var picture = VectorPicture(width: 10, height: 10)
    picture.fill(x: bad, y: 0, width: 1, height: 1, .role(.text))
    picture.line(0, 0, to: 1, bad, .init(.role(.text)))
    picture.line(0, 0, to: 1, 1, .init(.role(.text), width: bad))
    picture.disc(1, 1, diameter: bad, fill: .role(.text))
    picture.write("a", x: 0, y: 0, size: bad)
    #expect(picture.shapes == [])
    #expect(VectorPicture(width: .nan, height: -3).svg(.page).contains("viewBox=\"0 0 1 1\""))
  }

  @Test func `pixels take as much paint as a shape covers`() {
    var picture = VectorPicture(width: 10, height: 10)
    picture.fill(x: 1, y: 1, width: 2.5, height: 2, .color(Color(0)))
    picture.disc(7, 7, diameter: 4, fill: .color(Color(0xFF0000)))
    picture.fill(x: 0, y: 9, width: 1, height: 1, Paint.color(Color(0)).opacity(0.5))
    let theme = Theme(name: "white", paints: [.background: .color(Color(0xFFFFFF))])
    let image = picture.raster(scale: 1, theme: theme)
    #expect(image.color(1, 1) == Color(0) && image.color(2, 2) == Color(0))
    #expect(abs(Int(image.color(3, 1).red) - 128) <= 1)
    #expect(image.color(4, 1) == Color(0xFFFFFF))
    #expect(image.color(6, 6) == Color(0xFF0000))
    #expect(image.color(9, 9) == Color(0xFFFFFF))
    #expect(abs(Int(image.color(0, 9).red) - 128) <= 1)
    let double = picture.raster(scale: 2, theme: theme)
    #expect(double.width == 20 && double.color(6, 2) == Color(0))
    #expect(double.color(7, 2) == Color(0xFFFFFF))
  }

  @Test func `lines are as dark as they are wide, and dashes leave gaps`() {
    var picture = VectorPicture(width: 40, height: 12)
    let black = Paint.color(Color(0))
    picture.line(0, 2.5, to: 40, 2.5, .init(black))
    picture.line(0, 6.5, to: 40, 6.5, .init(black, width: 0.5))
    picture.line(0, 10.5, to: 40, 10.5, .init(black, dash: [4, 4]))
    let theme = Theme(name: "white", paints: [.background: .color(Color(0xFFFFFF))])
    let image = picture.raster(scale: 1, theme: theme)
    #expect(image.color(20, 2) == Color(0) && image.color(20, 3) == Color(0xFFFFFF))
    #expect(abs(Int(image.color(20, 6).red) - 128) <= 2)
    #expect(image.color(1, 10) == Color(0) && image.color(5, 10) == Color(0xFFFFFF))
    #expect(image.color(9, 10) == Color(0))
  }

  @Test func `an area between lines is filled, its slope in steps of grey`() {
    var picture = VectorPicture(width: 10, height: 10)
    let corners = [(0.0, 0.0), (10.0, 10.0), (0.0, 10.0)].map { VectorPicture.Point($0.0, $0.1) }
    picture.add(.polyline(corners, isClosed: true), fill: .color(Color(0)))
    let theme = Theme(name: "white", paints: [.background: .color(Color(0xFFFFFF))])
    let image = picture.raster(scale: 1, theme: theme)
    #expect(image.color(2, 7) == Color(0) && image.color(7, 2) == Color(0xFFFFFF))
    #expect(abs(Int(image.color(5, 5).red) - 128) <= 8)
  }

  @Test func `a picture in a picture is moved, and pixels are stretched`() {
    var inner = VectorPicture(width: 4, height: 4)
    let image = RGBImage(width: 2, height: 1, pixels: [255, 0, 0, 0, 0, 255])
    inner.add(.image(image, x: 0, y: 0, width: 4, height: 4))
    var outer = VectorPicture(width: 10, height: 10)
    outer.add(inner, x: 5, y: 5)
    let pixels = outer.raster(scale: 1, theme: .paper)
    #expect(pixels.color(5, 8) == Color(0xFF0000) && pixels.color(8, 5) == Color(0x0000FF))
    #expect(outer.svg().contains("<image x=\"5\" y=\"5\" width=\"4\" height=\"4\""))
    #expect(outer.svg().contains("href=\"data:image/jpeg;base64,"))
  }

  @Test func `letters have the widths of their face and shorten in the middle`() {
    #expect(Typeface.width(of: "", size: 10) == 0)
    let narrow = Typeface.width(of: "iiii", size: 10)
    let wide = Typeface.width(of: "MMMM", size: 10)
    #expect(narrow > 5 && wide > 2.5 * narrow && wide < 40)
    #expect(Typeface.width(of: "a", size: 20) == 2 * Typeface.width(of: "a", size: 10))
    let short = Typeface.shortened("connective tissue", to: 60, size: 10)
    #expect(short.contains("…") && short.hasPrefix("con") && short.hasSuffix("sue"))
    #expect(Typeface.width(of: short, size: 10) <= 60)
    let lines = Typeface.wrapped("one two three four", to: 50, size: 10)
    #expect(lines.count > 1 && lines.joined(separator: " ") == "one two three four")
  }
}
