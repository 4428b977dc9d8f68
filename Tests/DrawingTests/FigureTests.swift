import Drawing
import Foundation
import Images
import Testing

@Suite struct FigureTests {
  @Test func `round ticks cover the values`() {
    let axis = AxisScale(covering: [-0.13, 0.58])
    #expect(
      axis.ticks.map(axis.text) == [
        "−0.2", "−0.1", "0.0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6",
      ])
    #expect(axis.share(of: -0.2) == 0 && axis.share(of: 0.6) == 1)
    let large = AxisScale(covering: [0, 4300])
    #expect(large.ticks.map(large.text) == ["0", "1000", "2000", "3000", "4000", "5000"])
    let empty = AxisScale(covering: [])
    #expect(empty.lower == 0 && empty.upper == 1)
    let alone = AxisScale(covering: [7])
    #expect(alone.lower < 7 && alone.upper > 7)
  }

  @Test func `ticks are round and around any values`() {
    var random = Random(state: 11)
    for _ in 0..<200 {
      let size = pow(10, Double.random(in: -12...12, using: &random))
      let values = (0..<4).map { _ in Double.random(in: -size...size, using: &random) }
      let axis = AxisScale(covering: values)
      let step = axis.ticks[1] - axis.ticks[0]
      #expect((3...12).contains(axis.ticks.count))
      #expect(axis.lower <= values.min()! + step * 1e-6)
      #expect(axis.upper >= values.max()! - step * 1e-6)
      let digit = step / pow(10, (log10(step) + 1e-6).rounded(.down))
      #expect([1.0, 2, 5].contains { abs($0 - digit) < 1e-6 }, "\(values): step \(step)")
    }
  }

  @Test func `quartiles are linear between ranks and whiskers end at values`() throws {
    // numpy.percentile([1, 2, 4, 8, 16, 100, nan without], [25, 50, 75]) = 2.5, 6, 14
    let box = try #require(BoxStatistics(of: [16, 1, .nan, 8, 2, 4, 100, .infinity]))
    #expect(box.count == 6)
    #expect(box.lowerQuartile == 2.5 && box.median == 6 && box.upperQuartile == 14)
    #expect(box.lowerWhisker == 1 && box.upperWhisker == 16 && box.outliers == [100])
    #expect(abs(box.mean - 131.0 / 6) < 1e-12)
    #expect(BoxStatistics(of: [.nan]) == nil && BoxStatistics(of: []) == nil)
    let one = try #require(BoxStatistics(of: [3]))
    #expect(one.lowerWhisker == 3 && one.upperWhisker == 3 && one.outliers.isEmpty)
  }

  @Test(arguments: Examples.all)
  func `every figure is well-formed and holds no number that is none`(example: Example) throws {
    for embedding in [VectorPicture.Embedding.file, .page] {
      let svg = example.picture.svg(embedding)
      #expect(XMLCheck.problem(in: svg) == nil)
      // Names in the examples have neither in them.
      #expect(!svg.lowercased().contains("nan") && !svg.contains("inf"))
      #expect(svg.firstMatch(of: /="-?[0-9.]+e/) == nil)
      #expect(svg.contains("<title>") && svg.contains("<desc>"))
    }
  }

  @Test(arguments: Examples.all)
  func `every figure is drawn in the colours of its theme`(example: Example) {
    for theme in [Theme.paper, .standard] {
      let image = example.picture.raster(scale: 1, theme: theme)
      #expect(image.width == Int(example.picture.width.rounded()))
      #expect(image.height == Int(example.picture.height.rounded()))
      let ground = theme.exactColor(of: .background)
      #expect(image.color(image.width - 1, image.height - 1) == ground)
      let others = (0..<image.width * image.height).contains { pixel in
        image.color(pixel % image.width, pixel / image.width) != ground
      }
      // On a few points there is nothing that would not be cut off.
      #expect(others || image.width < 20)
    }
  }

  @Test func `a box plot draws each series and says where there are no values`() {
    let svg = Examples.boxes.picture(width: 480).svg()
    #expect(svg.contains(">no values<") && svg.contains(">attainable<"))
    for name in ["A1", "empty", "Ridge &amp; co", "THItoGene", "PCC per gene"] {
      #expect(svg.contains(">\(name)<"), "\(name)")
    }
    // Boxes have an outline, the legend's swatches none.
    #expect(svg.matches(of: /<rect[^>]*fill="#e69f00"[^>]*stroke=/).count == 2)
    #expect(svg.matches(of: /<rect[^>]*fill="#56b4e9"[^>]*stroke=/).count == 1)
    #expect(svg.contains("A1: Ridge &amp; co 0.25, THItoGene 0.30"))
  }

  @Test func `many groups go into several rows of one width`() {
    var plot = Examples.boxes
    plot.groups = (0..<40).map { BoxPlot.Group("s\($0)", values: [[0.1, 0.2], [0.3]]) }
    let few = Examples.boxes.picture(width: 480)
    let many = plot.picture(width: 480)
    #expect(many.width == 480 && many.height > 2 * few.height)
    for index in 0..<40 { #expect(many.svg().contains(">s\(index)<")) }
  }

  @Test func `a map keeps the lattice's aspect and leaves missing spots pale`() {
    let layout = SpotLayout(x: [0, 100, 200, 300], y: [0, 0, 0, 100])
    let scale = ColorScale(ramp: .viridis, lower: 0, upper: 1)
    let map = SpotMap(
      title: "map", layout: layout, content: .values([0, 1, .nan, 1], scale, unit: "log"))
    var plain = map
    plain.showsKey = false
    let picture = plain.picture(width: 440)
    let discs = picture.shapes.compactMap { shape -> ([VectorPicture.Point], Paint?)? in
      guard case .discs(let points, _) = shape.geometry else { return nil }
      return (points, shape.fill)
    }
    #expect(discs.map(\.0.count) == [1, 2, 1])
    #expect(discs[0].1 == .color(ColorRamp.viridis.colors[0]))
    #expect(discs[1].1 == .color(ColorRamp.viridis.colors[255]))
    #expect(discs[2].1?.source == .role(.missing))
    let steps = (
      x: discs[1].0[1].x - discs[0].0[0].x, y: discs[1].0[1].y - discs[0].0[0].y
    )
    #expect(abs(steps.x - 3 * steps.y) < 1e-9)
    #expect(map.picture(width: 440).height > picture.height)
  }

  @Test func `numbers at risk are those not yet gone`() {
    let svg = Examples.curves.picture(width: 420).svg()
    // Durations 1, 2, 3, 4: at 0, 1, 2, 3 and 4 months four to one are left.
    #expect(svg.contains(">at risk<"))
    for left in ["4", "3", "2", "1"] { #expect(svg.contains(">\(left)</text>")) }
  }

  @Test func `a heat table colours from as far below zero as above`() {
    let table = HeatTable(
      title: "markers", valueName: "difference", columns: ["observed", "Ridge"],
      groups: [
        .init("cancer", rows: [.init("GNAS", values: [2, -0.5]), .init("FN1", values: [])])
      ])
    #expect(table.scale.lower == -2 && table.scale.upper == 2)
    let svg = table.picture(width: 400).svg()
    for text in ["cancer", "GNAS", "FN1", "observed", "Ridge", "2.00", "−0.50", "−2.00"] {
      #expect(svg.contains(">\(text)<"), "\(text)")
    }
    #expect(svg.contains("fill=\"#ae1208\""))
  }

  @Test func `a map of paints shows its letters and its key, within another's extent`() {
    let coarse = SpotLayout(x: [0, 100], y: [0, 0])
    var map = SpotMap(
      title: "map", layout: SpotLayout(x: [0, 50], y: [0, 0]),
      content: .painted(
        [.color(Color(0x336699)), nil], letters: ["Q", "R"],
        .categories([.init(letter: "Q", name: "a category", color: Color(0x336699))])))
    map.extent = coarse
    let shapes = map.picture(width: 264).shapes
    let discs = shapes.compactMap { shape -> VectorPicture.Point? in
      if case .discs(let points, _) = shape.geometry { return points[0] }
      return nil
    }
    // 100 pixels and 1.4 pitches of 100 in 240 points.
    #expect(discs.map(\.x) == [12 + 70])
    let svg = map.picture(width: 256).svg()
    #expect(svg.contains(">Q<") && svg.contains(">a category<") && !svg.contains(">R<"))
  }

  @Test func `a grid holds all its pictures and its caption in lines`() {
    let cell = Examples.bars.picture(width: 400)
    let grid = FigureGrid(
      title: "two", rows: [[cell, nil], [nil, cell]],
      caption: String(repeating: "word ", count: 60))
    let picture = grid.picture()
    #expect(picture.width == 2 * 400 + grid.gap)
    let labels = picture.shapes.compactMap { shape -> String? in
      if case .label(let label) = shape.geometry { return label.text }
      return nil
    }
    #expect(labels.filter { $0 == "without everything" }.count == 2)
    #expect(labels.filter { $0.hasPrefix("word") }.count > 1)
  }
}
