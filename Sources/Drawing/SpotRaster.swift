/// Which spot each point of a panel shows: one raster for terminals, pictures and the mouse.
///
/// Far away every point takes the nearest spot, so tissue is one surface without gaps; near by
/// spots are discs, and over tissue, very near, outlines that leave it in sight. The same code serves square and hexagonal lattices and irregular positions.
public struct SpotRaster: Sendable, Hashable {
  /// Points in a row, 0 or more.
  public let width: Int
  /// Rows of points, 0 or more; on a terminal two to a row of cells.
  public let height: Int
  /// The part of the image that the points show.
  public let viewport: Viewport
  /// Row by row, the spot's index or -1.
  public let spotAtPoint: [Int32]
  /// Points from one spot to the next.
  public let pointsPerPitch: Double
  /// Whether spots are outlines, with what lies beneath inside them.
  public let isOutlined: Bool

  /// Whether spots fill the surface between them.
  public enum Style: Sendable, Hashable {
    /// A surface from afar, discs near by.
    case automatic
    /// Discs as soon as there are points between them, so that what lies beneath shows there.
    case discs
    /// Discs, and outlines as soon as there is room within them.
    ///
    /// - Parameter radius: a spot's in image pixels, no more than that of discs; nil where it is
    ///   not known, and then about that of Visium and legacy ST.
    case outlines(radius: Double?)
  }

  /// Discs begin where spots are this many points apart.
  static let discsFromPoints = 7.0
  static let leastForDiscs = 3.0
  /// A disc's radius in pitches, as on the arrays of Visium and legacy ST (about half).
  static let discRadius = 0.42
  /// An outline's radius in pitches: spots of 100 micrometres are 200 apart in legacy ST, those of
  /// 55 are 100 apart in Visium.
  static let outlineRadius = 0.26
  /// Outlines begin where their radius has this many points, and the gap between two this many.
  static let outlinesFromPoints = 4.0
  static let outlineGap = 3.0
  /// How far, in pitches, a spot reaches when there are no gaps: past a square's corner (0.71), so
  /// that spots a little out of place leave no holes, yet a missing spot still does.
  static let surfaceRadius = 0.85

  /// Finds the spot of every point; a size, in points, below 0 counts as 0.
  public init(
    _ layout: SpotLayout, viewport: Viewport, width: Int, height: Int, style: Style = .automatic
  ) {
    self.width = max(0, width)
    self.height = max(0, height)
    self.viewport = viewport
    pointsPerPitch = layout.pitch / viewport.scale
    let outline = Self.outlineRadius(style, layout, viewport)
    isOutlined = outline != nil
    let isDiscs =
      style != .automatic && pointsPerPitch >= Self.leastForDiscs
      || pointsPerPitch >= Self.discsFromPoints
    let radius = pointsPerPitch * (isDiscs ? Self.discRadius : Self.surfaceRadius)
    // Thick enough to be closed, and up to three points when there is room.
    let thickness = outline.map { max(1.3, min($0 / 10, 3)) }
    spotAtPoint = Self.splat(
      layout, viewport: viewport, width: self.width, height: self.height, radius: outline ?? radius,
      hole: outline.map { $0 - (thickness ?? 0) })
  }

  /// In points; nil where spots are not outlines.
  private static func outlineRadius(
    _ style: Style, _ layout: SpotLayout, _ viewport: Viewport
  ) -> Double? {
    guard case .outlines(let radius) = style, layout.count > 1 || radius != nil else { return nil }
    let pitch = layout.pitch / viewport.scale
    var points = radius.map { $0 / viewport.scale } ?? pitch * outlineRadius
    if layout.count > 1 {
      points = min(points, pitch * discRadius)
      guard pitch - 2 * points >= outlineGap else { return nil }
    }
    return points >= outlinesFromPoints ? points : nil
  }

  /// The spot at a point, or nil where there is none.
  public func spot(atX x: Int, y: Int) -> Int? {
    guard x >= 0, y >= 0, x < width, y < height else { return nil }
    let spot = spotAtPoint[y * width + x]
    return spot < 0 ? nil : Int(spot)
  }

  /// Gives each point to the nearest spot within `radius` points; every spot gets its own point.
  ///
  /// - Parameter hole: points nearer than this stay free, the spot's own among them.
  private static func splat(
    _ layout: SpotLayout, viewport: Viewport, width: Int, height: Int, radius: Double,
    hole: Double?
  ) -> [Int32] {
    let free = Float(hole.map { $0 * $0 } ?? -1)
    var spots = [Int32](repeating: -1, count: width * height)
    var distances = [Float](repeating: .infinity, count: width * height)
    for spot in 0..<layout.count {
      let center = viewport.point(
        imageX: layout.x[spot], imageY: layout.y[spot], width: width, height: height)
      // Finite and near enough to be converted to whole numbers.
      guard center.x > -radius - 1, center.y > -radius - 1, center.x < Double(width) + radius + 1,
        center.y < Double(height) + radius + 1
      else { continue }
      let left = max(0, Int((center.x - radius).rounded(.up)))
      let right = min(width - 1, Int((center.x + radius).rounded(.down)))
      let top = max(0, Int((center.y - radius).rounded(.up)))
      let bottom = min(height - 1, Int((center.y + radius).rounded(.down)))
      let reach = Float(radius * radius)
      if left <= right && top <= bottom {
        for y in top...bottom {
          let dy = Float(Double(y) - center.y)
          for x in left...right {
            let dx = Float(Double(x) - center.x)
            let squared = dx * dx + dy * dy
            if squared <= reach && squared > free && squared < distances[y * width + x] {
              distances[y * width + x] = squared
              spots[y * width + x] = Int32(spot)
            }
          }
        }
      }
      guard hole == nil else { continue }
      let ownX = Int(center.x.rounded())
      let ownY = Int(center.y.rounded())
      if ownX >= 0, ownY >= 0, ownX < width, ownY < height, distances[ownY * width + ownX] > 0.5 {
        distances[ownY * width + ownX] = 0.5
        spots[ownY * width + ownX] = Int32(spot)
      }
    }
    return spots
  }
}
