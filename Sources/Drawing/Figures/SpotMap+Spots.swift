import Images

extension SpotMap {
  func drawSpots(_ map: MapFrame, on picture: inout VectorPicture) {
    // Over tissue as on the array, so that it shows between them; alone nearly touching.
    let diameter = layout.pitch / map.view.scale * (tissue == nil ? 0.94 : 0.8)
    for (paint, spots) in paintedSpots {
      let places = spots.map { map.place(layout.x[$0], layout.y[$0]) }
      picture.add(.discs(places, diameter: diameter), fill: paint)
    }
    guard diameter >= 9 else { return }
    for (spot, mark) in marks.prefix(layout.count).enumerated() {
      guard let mark else { continue }
      let place = map.place(layout.x[spot], layout.y[spot])
      picture.write(
        mark.letter, x: place.x, y: place.y + diameter * 0.23, size: diameter * 0.62,
        isBold: true, anchor: .middle, .color(mark.ground.contrast))
    }
  }

  /// The letter on each spot and the colour it stands on.
  private var marks: [(letter: String, ground: Color)?] {
    switch content {
    case .categories(let categories, _, let letters):
      categories.map { category in
        category.flatMap { letters.indices.contains($0) ? $0 : nil }
          .map { (letters[$0], palette.color(of: $0)) }
      }
    case .painted(let paints, let letters, _):
      zip(paints, letters).map { paint, letter in
        guard let letter, case .color(let color)? = paint?.source else { return nil }
        return (letter, color)
      }
    case .values, .tissue: []
    }
  }

  /// The spots of each colour: one shape for all of them.
  private var paintedSpots: [(Paint, [Int])] {
    var order: [Paint] = []
    var spots: [Paint: [Int]] = [:]
    func add(_ spot: Int, _ paint: Paint) {
      if spots[paint] == nil { order.append(paint) }
      spots[paint, default: []].append(spot)
    }
    let missing = Paint.role(.missing).opacity(tissue == nil ? 0.5 : 0.25)
    switch content {
    case .tissue: break
    case .painted(let paints, _, _):
      for (spot, paint) in paints.prefix(layout.count).enumerated() {
        if let paint { add(spot, paint) }
      }
    case .values(let values, let scale, _):
      for (spot, value) in values.prefix(layout.count).enumerated() {
        add(spot, scale.steppedColor(of: value).map(Paint.color) ?? missing)
      }
    case .categories(let categories, _, _):
      for (spot, category) in categories.prefix(layout.count).enumerated() {
        add(spot, category.map { Paint.color(palette.color(of: max(0, $0))) } ?? missing)
      }
    }
    return order.map { ($0, spots[$0] ?? []) }
  }

  /// The part of the tissue's picture that the map shows, two pixels to a point at most.
  func draw(_ tissue: ImagePyramid?, _ map: MapFrame, on picture: inout VectorPicture) {
    guard let tissue else { return }
    let corners = [
      map.place(Double(tissue.extent.x), Double(tissue.extent.y)),
      map.place(Double(tissue.extent.maxX), Double(tissue.extent.maxY)),
    ]
    let (left, right) = (max(map.x, corners[0].x), min(map.x + map.width, corners[1].x))
    let (top, bottom) = (max(map.y, corners[0].y), min(map.y + map.height, corners[1].y))
    let (columns, rows) = (Int((right - left) * 2), Int((bottom - top) * 2))
    guard columns > 0, rows > 0 else { return }
    let level = tissue.level(forScale: map.view.scale / 2)
    var image = RGBImage(width: columns, height: rows)
    for row in 0..<rows {
      for column in 0..<columns {
        let place = map.imagePosition(
          left + (Double(column) + 0.5) / Double(columns) * (right - left),
          top + (Double(row) + 0.5) / Double(rows) * (bottom - top))
        guard let color = tissue.color(x: place.x, y: place.y, level: level) else { continue }
        image[column, row] = (color.red, color.green, color.blue)
      }
    }
    picture.add(.image(image, x: left, y: top, width: right - left, height: bottom - top))
  }
}

/// Where a map is in its picture, and which part of the section it shows.
struct MapFrame {
  var x, y, width, height: Double
  var view: Viewport

  func place(_ imageX: Double, _ imageY: Double) -> VectorPicture.Point {
    VectorPicture.Point(
      x + width / 2 + (imageX - view.centerX) / view.scale,
      y + height / 2 + (imageY - view.centerY) / view.scale)
  }

  func imagePosition(_ placeX: Double, _ placeY: Double) -> (x: Double, y: Double) {
    (
      view.centerX + (placeX - x - width / 2) * view.scale,
      view.centerY + (placeY - y - height / 2) * view.scale
    )
  }
}

extension ColorScale {
  /// The colour of a value in 64 steps, so that spots share shapes; nil for NaN.
  fileprivate func steppedColor(of value: Float) -> Color? {
    let span = upper - lower
    let share = span > 0 ? (value - lower) / span : (value > lower ? 1 : 0)
    guard !value.isNaN, !share.isNaN else { return nil }
    return ramp.color(at: (min(max(share, 0), 1) * 63).rounded() / 63)
  }
}
