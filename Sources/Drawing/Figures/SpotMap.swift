/// One section's spots, coloured by value or by category, in their true aspect ratio.
public struct SpotMap: Figure {
  /// What the spots show.
  public enum Content: Sendable {
    /// A value a spot, NaN for none, on a scale with the name of its unit.
    case values([Float], ColorScale, unit: String)
    /// A category a spot, nil for none; names and letters, so that colour is not the only sign.
    case categories([Int?], names: [String], letters: [String])
    /// Paints found elsewhere, nil for no spot, letters on the spots where there is room, and what
    /// stands below.
    case painted([Paint?], letters: [String?], Key)
    /// No spots: the tissue alone.
    case tissue
  }

  /// What stands below a map.
  public enum Key: Sendable {
    case scale(ColorScale, unit: String)
    case categories([Category])
    case words(String)
    case nothing
  }

  /// A category in a legend.
  public struct Category: Sendable, Hashable {
    /// On the spots.
    public var letter: String
    /// Its whole name.
    public var name: String
    /// Its colour.
    public var color: Color
    /// Takes all three.
    public init(letter: String, name: String, color: Color) {
      self.letter = letter
      self.name = name
      self.color = color
    }
  }

  /// Above the map.
  public var title: String
  /// Below the title, such as a score.
  public var subtitle: String
  /// Where the spots are.
  public var layout: SpotLayout
  /// What the spots show.
  public var content: Content
  /// Lies beneath the spots.
  public var tissue: ImagePyramid?
  /// Whether the scale's bar or the categories' legend stands below.
  public var showsKey = true
  /// The colours of categories.
  public var palette = CategoricalPalette.okabeIto
  /// The most that the map may be higher than wide.
  public var greatestAspect = 1.5
  /// What the map is made to fit, so that maps of finer spots show the same part; nil for `layout`.
  public var extent: SpotLayout?

  /// Takes what the map shows, over no tissue unless told otherwise.
  public init(
    title: String, subtitle: String = "", layout: SpotLayout, content: Content,
    tissue: ImagePyramid? = nil
  ) {
    self.title = title
    self.subtitle = subtitle
    self.layout = layout
    self.content = content
    self.tissue = tissue
  }

  private static let margin = FigureStyle.margin

  /// The map as wide as there is room, its key below; higher than `greatestAspect` it is narrower.
  public func picture(width: Double) -> VectorPicture {
    let room = max(8, width - 2 * Self.margin)
    let heading = FigureHeading(title: title, subtitle: subtitle, width: width)
    let (view, height) = frame(width: room)
    let legend = FigureLegend(legendEntries, width: room)
    let keyHeight = showsKey ? max(legend.height, key.height) : 0
    var picture = VectorPicture(
      width: width, height: heading.height + height + keyHeight + Self.margin, title: title,
      summary: summary)
    heading.draw(on: &picture, x: Self.margin)
    let map = MapFrame(x: Self.margin, y: heading.height, width: room, height: height, view: view)
    draw(tissue, map, on: &picture)
    drawSpots(map, on: &picture)
    guard showsKey else { return picture }
    let bottom = heading.height + height + 6
    legend.draw(on: &picture, x: Self.margin, y: bottom)
    switch key {
    case .scale(let scale, let unit):
      picture.draw(scale, unit: unit, x: Self.margin, y: bottom, width: room)
    case .words(let text):
      let shown = Typeface.shortened(text, to: room, size: FigureStyle.smallSize)
      picture.write(
        shown, x: Self.margin, y: bottom + 9.5, size: FigureStyle.smallSize, .role(.muted))
    case .categories, .nothing: break
    }
    return picture
  }

  /// The part shown and the map's height in points, as wide as there is room.
  private func frame(width: Double) -> (view: Viewport, height: Double) {
    let layout = extent ?? self.layout
    let spanX = max(layout.maxX - layout.minX + 1.4 * layout.pitch, 1e-9)
    let spanY = max(layout.maxY - layout.minY + 1.4 * layout.pitch, 1e-9)
    let height = max(8, min(width * spanY / spanX, width * greatestAspect))
    let view = Viewport(
      centerX: (layout.minX + layout.maxX) / 2, centerY: (layout.minY + layout.maxY) / 2,
      scale: max(spanX / width, spanY / height))
    return (view, height)
  }

  // MARK: Key and words

  private var key: Key {
    switch content {
    case .tissue: return .nothing
    case .values(_, let scale, let unit): return .scale(scale, unit: unit)
    case .painted(_, _, let key): return key
    case .categories(_, let names, let letters):
      let categories = names.enumerated().map { category, name in
        Category(
          letter: letters.indices.contains(category) ? letters[category] : "", name: name,
          color: palette.color(of: category))
      }
      return .categories(categories)
    }
  }

  private var legendEntries: [(mark: FigureLegend.Mark, name: String)] {
    guard showsKey, case .categories(let categories) = key else { return [] }
    return categories.map { (.letter($0.letter, $0.color), $0.name) }
  }

  private var summary: String {
    let heading = subtitle.isEmpty ? title : "\(title), \(subtitle)"
    switch content {
    case .tissue: return "\(heading): picture of the tissue."
    case .painted(let paints, _, _):
      return "\(heading): \(paints.count { $0 != nil }) spots on the tissue."
    case .values(let values, let scale, let unit):
      return "\(heading): \(values.count) spots coloured from \(shortNumber(scale.lower)) to "
        + "\(shortNumber(scale.upper)) \(unit)."
    case .categories(let categories, let names, _):
      let parts = names.enumerated().map { category, name in
        "\(name) \(categories.filter { $0 == category }.count)"
      }
      return "\(heading): spots of each category: \(parts.joined(separator: ", "))."
    }
  }
}

extension SpotMap.Key {
  /// In points, for a key of one line.
  fileprivate var height: Double {
    switch self {
    case .scale, .words: 22
    case .categories, .nothing: 0
    }
  }
}

extension VectorPicture {
  /// Draws a scale as one line: its lower limit, the ramp, its upper limit and unit.
  mutating func draw(_ scale: ColorScale, unit: String, x: Double, y: Double, width: Double) {
    let size = FigureStyle.smallSize
    let (lower, upper) = (figureNumber(of: scale.lower), figureNumber(of: scale.upper))
    let numbers = Typeface.width(of: lower + upper, size: size) + 12
    let unitWidth = Typeface.width(of: " " + unit, size: size)
    let showsUnit = !unit.isEmpty && width - numbers - unitWidth > 48
    let length = min(max(width - numbers - (showsUnit ? unitWidth : 0), 8), 160)
    let start = x + Typeface.width(of: lower, size: size) + 6
    write(lower, x: x, y: y + 9.5, size: size, .role(.muted))
    // Whole points high, and each step on to the end: no soft edges, no seams.
    let top = y.rounded()
    for step in 0..<32 {
      guard let color = scale.ramp.color(at: Float(step) / 31) else { continue }
      let offset = length * Double(step) / 32
      fill(x: start + offset, y: top, width: length - offset, height: 11, .color(color))
    }
    write(
      upper + (showsUnit ? " " + unit : ""), x: start + length + 6, y: y + 9.5, size: size,
      .role(.muted))
  }
}
