import Drawing
import Foundation
import Images
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A picture with the name that failures give.
struct Example: Sendable, CustomTestStringConvertible {
  var name: String
  var picture: VectorPicture
  var testDescription: String { name }
}

/// Numbers that repeat from run to run (Knuth's MMIX multiplier).
struct Random: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}

/// Figures of ordinary values and of every kind of bad ones.
enum Examples {
  static let boxes = BoxPlot(
    title: "Scores <of> \"all\"", valueName: "PCC per gene", series: ["Ridge & co", "THItoGene"],
    groups: [
      .init("A1", values: [[0.1, 0.2, 0.3, 0.9], [0.3, 0.1, 0.5]], reference: 0.6),
      .init("empty", values: [[], [.nan]], reference: .nan),
      .init("half", values: [[0.2]]),
    ])

  static let bars = BarChart(
    title: "Ablation", valueName: "mean PCC",
    groups: [
      .init(
        "THItoGene",
        bars: [
          .init("full", value: 0.3, interval: 0.28...0.33, reference: 0.5),
          .init("without everything", value: -0.1, isVariant: true),
          .init("not run", value: .nan, series: 1),
        ])
    ])

  static let curves = StepPlot(
    title: "Survival", timeName: "months", valueName: "share alive",
    curves: [
      .init(
        "low",
        steps: [
          .init(time: 0, value: 1, band: 1...1), .init(time: 1, value: 0.75, band: 0.4...0.9),
          .init(time: 4, value: 0, band: 0...0.2),
        ], censored: [2, 3], durations: [1, 2, 3, 4])
    ])

  /// Four spots in two groups along two chromosomes of three and two places.
  static let genome = GenomeHeatmap(
    title: "Copy numbers <of> A1", valueName: "difference",
    chromosomes: [.init("1", columns: 0..<3), .init("2", columns: 3..<5)],
    groups: [
      .init("cancer & co", color: Color(0xD55E00), rows: [2, 0, 3]),
      .init("fat", color: Color(0x0072B2), rows: [1]),
      .init("nothing", color: Color(0), rows: []),
    ],
    values: [
      0, 0, 1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 1, -1, -1, .nan, .nan, .nan, .nan, .nan,
    ])

  /// A list of values as charts may be given them.
  private static let lists: [(String, [Double])] = [
    ("no values", []), ("one value", [3]), ("constant values", [2, 2, 2]),
    ("zeros", [0, 0]), ("missing values", [.nan, .nan]),
    ("endless values", [.infinity, -.infinity, 1]),
    ("large values", [-1e308, 1e308, 4]), ("small values", [1e-300, 2e-300, -1e-307]),
    ("close values", [1, 1 + 1e-12, 1 - 1e-12]),
  ]

  static let all: [Example] =
    [
      Example(name: "boxes", picture: boxes.picture(width: 480)),
      Example(name: "bars", picture: bars.picture(width: 480)),
      Example(name: "curves", picture: curves.picture(width: 420)),
      Example(name: "genome", picture: genome.picture(width: 480)),
      Example(name: "narrow genome", picture: genome.picture(width: 3)),
      Example(name: "narrow boxes", picture: boxes.picture(width: 3)),
      Example(name: "narrow bars", picture: bars.picture(width: 3)),
      Example(name: "no width", picture: boxes.picture(width: .nan)),
    ] + lists.flatMap { charts($0.0, $0.1) } + lists.flatMap { maps($0.0, $0.1) }

  private static func charts(_ name: String, _ values: [Double]) -> [Example] {
    let first = values.first ?? .nan
    let interval = first.isNaN ? nil : min(first, 0)...max(first, 0)
    let box = BoxPlot(
      title: name, valueName: "value", series: ["only"],
      groups: [.init("group", values: [values], reference: first), .init("short", values: [])])
    let bars = BarChart(
      title: name, valueName: "value",
      groups: [
        .init("", bars: values.map { .init("bar", value: $0, interval: interval, reference: $0) })
      ])
    let rows = IntervalPlot(
      title: name, valueName: "value",
      rows: values.map { .init("row", estimate: $0, interval: interval, note: "p = 1") })
    let steps = StepPlot(
      title: name, timeName: "time", valueName: "value",
      curves: [
        .init(
          "curve", steps: values.map { .init(time: $0, value: $0, band: interval) },
          censored: values, durations: values)
      ])
    let heat = HeatTable(
      title: name, valueName: "value", columns: ["a", "b"],
      groups: [.init("group", rows: [.init("row", values: values)]), .init("", rows: [])])
    let genome = GenomeHeatmap(
      title: name, valueName: "value", chromosomes: [.init("1", columns: 0..<values.count)],
      groups: [.init("group", color: Color(0), rows: values.isEmpty ? [] : [0])],
      values: values.map { Float($0) })
    var scatter = ScatterChart(
      title: name, xName: "x", yName: "y",
      points: values.map { VectorPicture.Point($0, $0) })
    scatter.line = scatter.points
    scatter.note = "a line"
    let pictures = [
      scatter.picture(width: 300), heat.picture(width: 300), box.picture(width: 300),
      bars.picture(width: 300),
      rows.picture(width: 300),
      steps.picture(width: 300), genome.picture(width: 300),
    ]
    let grid = FigureGrid(title: name, rows: [pictures, [nil]], caption: name).picture()
    return zip(
      ["scatter", "heat table", "boxes", "bars", "rows", "steps", "genome", "grid"],
      pictures + [grid]
    ).map {
      Example(name: "\($0) of \(name)", picture: $1)
    }
  }

  private static func maps(_ name: String, _ values: [Double]) -> [Example] {
    let floats = values.map { Float($0) }
    let limits = ValueLimits.percentiles.limits(of: floats)
    let tissue = ImagePyramid(
      RGBImage(width: 16, height: 16, filledWith: (200, 100, 150)),
      extent: PixelRectangle(x: -10, y: -10, width: 40, height: 40))
    let square = SpotLayout(
      x: values.indices.map { Double($0) * 5 }, y: values.indices.map { Double($0 % 2) * 5 })
    let scale = ColorScale(ramp: .magma, lower: limits.lower, upper: limits.upper)
    let contents: [(String, SpotMap.Content)] = [
      ("values", .values(floats, scale, unit: "log")),
      (
        "categories",
        .categories(
          values.map { $0.isFinite && abs($0) < 9 ? Int($0) : nil }, names: ["a", "b"],
          letters: ["A"])
      ),
      ("tissue", .tissue),
      (
        "paints",
        .painted(
          values.map { $0.isFinite ? .color(Color(0x336699)) : nil },
          letters: values.map { _ in "A" }, .words("in words"))
      ),
    ]
    return contents.map { kind, content in
      let map = SpotMap(
        title: name, subtitle: kind, layout: square, content: content,
        tissue: kind == "values" ? nil : tissue)
      return Example(name: "map of \(name) as \(kind)", picture: map.picture(width: 200))
    } + [
      Example(
        name: "map at \(name)",
        picture: SpotMap(
          title: name, layout: SpotLayout(x: values, y: values), content: contents[0].1,
          tissue: tissue
        ).picture(width: 200))
    ]
  }
}

extension RGBImage {
  /// A pixel as a colour.
  func color(_ x: Int, _ y: Int) -> Color {
    Color(red: self[x, y].red, green: self[x, y].green, blue: self[x, y].blue)
  }
}

/// Whether a text is XML.
enum XMLCheck {
  #if canImport(FoundationXML)
    static func problem(in text: String) -> String? {
      let parser = XMLParser(data: Data(text.utf8))
      if parser.parse() { return nil }
      return "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "not well-formed")"
    }
  #else
    /// Every tag is closed in order, and no bare `<` or `&` is left between them.
    static func problem(in text: String) -> String? {
      var open: [Substring] = []
      for tag in text.matches(of: /<(\/?)([a-z]+)((?: [a-zA-Z:-]+="[^"<]*")*)(\/?)>/) {
        if tag.1 == "/" {
          if open.popLast() != tag.2 { return "</\(tag.2)> closes nothing" }
        } else if tag.4.isEmpty {
          open.append(tag.2)
        }
      }
      let rest = text.replacing(/<\/?[a-z]+(?: [a-zA-Z:-]+="[^"<]*")*\/?>/, with: "")
        .replacing(/&(amp|lt|gt|quot|#39);/, with: "")
      if rest.contains("<") || rest.contains("&") { return "a bare < or &" }
      return open.last.map { "<\($0)> is not closed" }
    }
  #endif
}
