/// What lies behind the spots of a panel.
public struct Underlay: Sendable {
  /// The picture that colours come from where there is no detail.
  public var picture: ImagePyramid
  /// A sharper picture of the part in view, when there is one.
  public var detail: ImagePyramid?
  /// How much of `dimColor` is mixed in, 0...1.
  public var dimming: Double
  /// What dimming mixes in, such as the theme's background.
  public var dimColor: Color

  /// Takes pictures to lie behind the spots, bright and without detail unless told otherwise.
  public init(
    picture: ImagePyramid, detail: ImagePyramid? = nil, dimming: Double = 0, dimColor: Color
  ) {
    self.picture = picture
    self.detail = detail
    self.dimming = dimming
    self.dimColor = dimColor
  }

  /// The colours of a grid of points, row by row; nil outside the image.
  public func colors(viewport: Viewport, width: Int, height: Int) -> [Color?] {
    let level = picture.level(forScale: viewport.scale)
    let detailLevel = detail?.level(forScale: viewport.scale) ?? 0
    var colors = [Color?](repeating: nil, count: width * height)
    for row in 0..<height {
      for column in 0..<width {
        let (x, y) = viewport.imagePosition(
          pointX: Double(column), pointY: Double(row), width: width, height: height)
        var color = detail?.color(x: x, y: y, level: detailLevel)
        color = color ?? picture.color(x: x, y: y, level: level)
        colors[row * width + column] = color.map { $0.mixed(with: dimColor, share: dimming) }
      }
    }
    return colors
  }
}

extension Canvas {
  /// Draws points, two to a cell, where `area` is: half blocks in their own two colours.
  ///
  /// - Parameter points: `area.columns · 2 area.rows` inks, row by row; nil leaves the background.
  public mutating func draw(points: [Ink?], in area: Rectangle) {
    let width = area.columns
    precondition(points.count == width * area.rows * 2)
    let empty = Ink.role(.background)
    for row in 0..<area.rows {
      for column in 0..<width {
        let upper = points[2 * row * width + column]
        let lower = points[(2 * row + 1) * width + column]
        let cell: Cell
        switch (upper, lower) {
        case (nil, nil): cell = Cell(" ", ink: empty, ground: empty)
        case (let upper?, nil): cell = Cell("▀", ink: upper, ground: empty)
        case (nil, let lower?): cell = Cell("▄", ink: lower, ground: empty)
        case (let upper?, let lower?):
          cell =
            upper == lower
            ? Cell(" ", ink: upper, ground: upper) : Cell("▀", ink: upper, ground: lower)
        }
        self[area.column + column, area.row + row] = cell
      }
    }
  }

  /// Draws the spots of a raster in `area`, the underlay's picture behind them.
  ///
  /// - Parameters:
  ///   - raster: made for `area.columns` by `2 area.rows` points.
  ///   - inks: one for each spot; nil leaves the spot out.
  public mutating func draw(
    _ raster: SpotRaster, inks: [Ink?], over underlay: Underlay?, in area: Rectangle
  ) {
    var points: [Ink?] =
      underlay.map { underlay in
        underlay.colors(viewport: raster.viewport, width: raster.width, height: raster.height)
          .map { $0.map(Ink.color) }
      } ?? Array(repeating: nil, count: raster.width * raster.height)
    for (point, spot) in raster.spotAtPoint.enumerated() where spot >= 0 {
      if let ink = inks[Int(spot)] { points[point] = ink }
    }
    draw(points: points, in: area)
  }

  /// Writes one character at the centre of spots that have one and whose centre is in `area`.
  ///
  /// Only where the whole cell has the spot's colour, so that no other spot is covered; and where
  /// spots are less than two cells apart not on neighbouring cells, which could not be read.
  public mutating func draw(
    marks: [Unicode.Scalar?], of layout: SpotLayout, raster: SpotRaster, inks: [Ink?],
    in area: Rectangle
  ) {
    let isCrowded = raster.pointsPerPitch < 1.9
    var marked = Set<Int>()
    for spot in 0..<layout.count {
      guard let mark = marks[spot], let ground = inks[spot],
        let cell = cell(ofSpot: spot, layout, raster, in: area),
        self[cell.column, cell.row].glyph == " ", self[cell.column, cell.row].ground == ground
      else { continue }
      let place = cell.row * columns + cell.column
      if isCrowded, marked.contains(place - 1) || marked.contains(place + 1) { continue }
      marked.insert(place)
      let ink = ground.color.map { Ink.color($0.brightness > 120 ? Color(0) : Color(0xFFFFFF)) }
      self[cell.column, cell.row] = Cell(
        mark, ink: ink ?? .role(.text), ground: ground, style: .bold)
    }
  }

  /// The cell that holds a spot's centre, or nil outside `area`.
  public func cell(
    ofSpot spot: Int, _ layout: SpotLayout, _ raster: SpotRaster, in area: Rectangle
  ) -> (column: Int, row: Int)? {
    let point = raster.viewport.point(
      imageX: layout.x[spot], imageY: layout.y[spot], width: raster.width, height: raster.height)
    guard point.x > -1, point.y > -1, point.x < Double(raster.width),
      point.y < Double(raster.height)
    else { return nil }
    let column = area.column + Int(point.x.rounded())
    let row = area.row + Int(point.y.rounded()) / 2
    return area.contains(column: column, row: row) ? (column, row) : nil
  }
}
