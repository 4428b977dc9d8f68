/// What lies behind the spots of a panel.
public struct Underlay: Sendable {
  /// The picture that colours come from where there is no detail.
  public var picture: ImagePyramid
  /// Sharper pictures of parts of the image; where several have a place the sharpest is taken.
  public var details: [ImagePyramid]
  /// How much of `dimColor` is mixed in, 0...1.
  public var dimming: Double
  /// What dimming mixes in, such as the theme's background.
  public var dimColor: Color

  /// Takes pictures to lie behind the spots, bright and without detail unless told otherwise.
  public init(
    picture: ImagePyramid, details: [ImagePyramid] = [], dimming: Double = 0, dimColor: Color
  ) {
    self.picture = picture
    self.details = details
    self.dimming = dimming
    self.dimColor = dimColor
  }

  /// The colours of a grid of points, row by row; nil outside the image.
  public func colors(viewport: Viewport, width: Int, height: Int) -> [Color?] {
    let pictures = (details.sorted { $0.finestScale < $1.finestScale } + [picture]).map {
      (pyramid: $0, level: $0.level(forScale: viewport.scale))
    }
    var colors = [Color?](repeating: nil, count: width * height)
    for row in 0..<height {
      for column in 0..<width {
        let (x, y) = viewport.imagePosition(
          pointX: Double(column), pointY: Double(row), width: width, height: height)
        for (pyramid, level) in pictures {
          guard let color = pyramid.color(x: x, y: y, level: level) else { continue }
          colors[row * width + column] = color.mixed(with: dimColor, share: dimming)
          break
        }
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
  /// spots are less than two cells apart not on neighbouring cells, which could not be read. Spots
  /// that are outlines have theirs on what lies within.
  public mutating func draw(
    marks: [Unicode.Scalar?], of layout: SpotLayout, raster: SpotRaster, inks: [Ink?],
    in area: Rectangle
  ) {
    let isCrowded = raster.pointsPerPitch < 1.9
    var marked = Set<Int>()
    for spot in 0..<layout.count {
      guard let mark = marks[spot], let ground = inks[spot],
        let cell = cell(ofSpot: spot, layout, raster, in: area)
      else { continue }
      if raster.isOutlined {
        draw(mark, on: self[cell.column, cell.row].ground, column: cell.column, row: cell.row)
        continue
      }
      guard self[cell.column, cell.row].glyph == " ", self[cell.column, cell.row].ground == ground
      else { continue }
      let place = cell.row * columns + cell.column
      if isCrowded, marked.contains(place - 1) || marked.contains(place + 1) { continue }
      marked.insert(place)
      draw(mark, on: ground, column: cell.column, row: cell.row)
    }
  }

  /// Writes a mark dark on what is bright and bright on what is dark.
  private mutating func draw(_ mark: Unicode.Scalar, on ground: Ink, column: Int, row: Int) {
    let ink = ground.color.map { Ink.color($0.brightness > 120 ? Color(0) : Color(0xFFFFFF)) }
    self[column, row] = Cell(mark, ink: ink ?? .role(.text), ground: ground, style: .bold)
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
