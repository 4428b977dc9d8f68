/// Which spot each point of a panel shows: one raster for terminals, pictures and the mouse.
///
/// Far away every point takes the nearest spot, so tissue is one surface without gaps; near by
/// spots are discs. The same code serves square and hexagonal lattices and irregular positions.
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

  /// Whether spots fill the surface between them.
  public enum Style: Sendable, Hashable {
    /// A surface from afar, discs near by.
    case automatic
    /// Discs as soon as there are points between them, so that what lies beneath shows there.
    case discs
  }

  /// Discs begin where spots are this many points apart.
  static let discsFromPoints = 7.0
  static let leastForDiscs = 3.0
  /// A disc's radius in pitches, as on the arrays of Visium and legacy ST (about half).
  static let discRadius = 0.42
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
    let isDiscs =
      style == .discs && pointsPerPitch >= Self.leastForDiscs
      || pointsPerPitch >= Self.discsFromPoints
    let radius = pointsPerPitch * (isDiscs ? Self.discRadius : Self.surfaceRadius)
    spotAtPoint = Self.splat(
      layout, viewport: viewport, width: self.width, height: self.height, radius: radius)
  }

  /// The spot at a point, or nil where there is none.
  public func spot(atX x: Int, y: Int) -> Int? {
    guard x >= 0, y >= 0, x < width, y < height else { return nil }
    let spot = spotAtPoint[y * width + x]
    return spot < 0 ? nil : Int(spot)
  }

  /// Gives each point to the nearest spot within `radius` points; every spot gets its own point.
  private static func splat(
    _ layout: SpotLayout, viewport: Viewport, width: Int, height: Int, radius: Double
  ) -> [Int32] {
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
            if squared <= reach && squared < distances[y * width + x] {
              distances[y * width + x] = squared
              spots[y * width + x] = Int32(spot)
            }
          }
        }
      }
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
