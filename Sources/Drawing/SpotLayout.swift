/// Where the spots of a section lie, whatever their lattice: square, hexagonal or none.
public struct SpotLayout: Sendable, Hashable {
  /// Centres in pixels of the full image.
  public let x: [Double]
  /// Centres in pixels of the full image, from its top edge.
  public let y: [Double]
  /// The median distance from a spot to its nearest neighbour, in image pixels; 1 for one spot.
  public let pitch: Double
  /// The smallest rectangle around the centres.
  public let minX, maxX, minY, maxY: Double

  /// Takes the centres of all spots, as many `x` as `y`.
  public init(x: [Double], y: [Double]) {
    precondition(x.count == y.count)
    self.x = x
    self.y = y
    minX = x.min() ?? 0
    maxX = x.max() ?? 0
    minY = y.min() ?? 0
    maxY = y.max() ?? 0
    pitch = Self.medianNearestDistance(x, y)
  }

  /// No spots, on an image of a size in pixels: what there is to be seen is the image.
  public init(width: Double, height: Double) {
    (x, y) = ([], [])
    (minX, maxX, minY, maxY) = (0, width, 0, height)
    pitch = 1
  }

  /// The number of spots.
  public var count: Int { x.count }

  /// The spot nearest to a point in the image, if one is within `distance` pixels.
  public func nearest(x pointX: Double, y pointY: Double, within distance: Double) -> Int? {
    var best = distance * distance
    var found: Int?
    for spot in 0..<count {
      let dx = x[spot] - pointX
      let dy = y[spot] - pointY
      let squared = dx * dx + dy * dy
      if squared <= best {
        best = squared
        found = spot
      }
    }
    return found
  }

  /// The next spot from `spot` towards `(dx, dy)`, such as (1, 0) for right; nil at the edge.
  ///
  /// The least `along² + 2 · across²` wins, so one step on a square
  /// lattice goes along its row, and on a hexagonal one to the side neighbour or diagonally.
  public func neighbour(of spot: Int, dx: Double, dy: Double) -> Int? {
    var best = Double.infinity
    var found: Int?
    for other in 0..<count where other != spot {
      let along = (x[other] - x[spot]) * dx + (y[other] - y[spot]) * dy
      let across = abs((x[other] - x[spot]) * dy - (y[other] - y[spot]) * dx)
      guard along > pitch * 0.25, across <= along * 1.8 else { continue }
      let cost = along * along + 2 * across * across
      if cost < best {
        best = cost
        found = other
      }
    }
    return found
  }

  /// The most neighbours that ``neighbours(within:)`` keeps for one spot.
  public static let neighbourPlaces = 8

  /// For each spot the others within a number of pitches, nearest first, -1 where there are fewer
  /// than `neighbourPlaces`; `[spots, neighbourPlaces]`, flat.
  public func neighbours(within pitches: Double) -> [Int32] {
    let reach = pitch * pitches
    let order = x.indices.sorted { x[$0] < x[$1] }
    var near = [[(distance: Double, spot: Int32)]](repeating: [], count: count)
    for (position, spot) in order.enumerated() {
      for other in order[(position + 1)...] {
        let dx = x[other] - x[spot]
        guard dx <= reach else { break }
        let distance = (dx * dx + (y[other] - y[spot]) * (y[other] - y[spot])).squareRoot()
        guard distance <= reach else { continue }
        near[spot].append((distance, Int32(other)))
        near[other].append((distance, Int32(spot)))
      }
    }
    return near.flatMap { row in
      let nearest = row.sorted { ($0.distance, $0.spot) < ($1.distance, $1.spot) }
        .prefix(Self.neighbourPlaces).map(\.spot)
      return nearest + [Int32](repeating: -1, count: Self.neighbourPlaces - nearest.count)
    }
  }

  /// Sorts by x once, so that only spots in a narrow strip are compared.
  private static func medianNearestDistance(_ x: [Double], _ y: [Double]) -> Double {
    guard x.count > 1 else { return 1 }
    let order = x.indices.sorted { x[$0] < x[$1] }
    var nearest = [Double](repeating: .infinity, count: x.count)
    for (position, spot) in order.enumerated() {
      var following = position + 1
      while following < order.count {
        let other = order[following]
        let dx = x[other] - x[spot]
        let reach = max(nearest[spot], 0)
        if dx * dx >= reach && dx > 0 { break }
        let squared = dx * dx + (y[other] - y[spot]) * (y[other] - y[spot])
        if squared > 0 {
          nearest[spot] = min(nearest[spot], squared)
          nearest[other] = min(nearest[other], squared)
        }
        following += 1
      }
    }
    let found = nearest.filter(\.isFinite).sorted()
    return found.isEmpty ? 1 : found[found.count / 2].squareRoot()
  }
}
