/// Cells of a lattice joined where they share a side.
///
/// Cells that meet in a corner only belong to two regions; a hole that meets its region's outline in
/// a corner stays a ring of its own. So every ring is simple, as GeoJSON and JTS ask.
struct LatticeRegions {
  /// One region: a polygon.
  struct Region {
    var places: [SpotLattice.Place]
    var outline: [SpotLattice.Corner]
    var holes: [[SpotLattice.Corner]]
  }

  /// In the order of their first places.
  let regions: [Region]

  init(_ places: [SpotLattice.Place], on lattice: SpotLattice) {
    var left = Set(places)
    var regions: [Region] = []
    for place in places where left.contains(place) {
      left.remove(place)
      var members = [place]
      var next = 0
      while next < members.count {
        for neighbour in lattice.neighbours(of: members[next])
        where left.remove(neighbour) != nil {
          members.append(neighbour)
        }
        next += 1
      }
      let rings = Self.rings(around: members, lattice)
      // A region has one outline, and it is the ring that turns the way its cells' corners do.
      let outline = rings.first { Self.area($0) > 0 } ?? []
      regions.append(
        Region(places: members, outline: outline, holes: rings.filter { Self.area($0) < 0 }))
    }
    self.regions = regions
  }

  /// The closed lines between the cells and what is not of them, each without its first corner at the
  /// end, corners between collinear sides left out. The cells are on the left of each.
  private static func rings(
    around places: [SpotLattice.Place], _ lattice: SpotLattice
  ) -> [[SpotLattice.Corner]] {
    struct Side: Hashable {
      var start: SpotLattice.Corner
      var end: SpotLattice.Corner
    }
    var sides = Set<Side>()
    var order: [Side] = []
    for place in places {
      let corners = lattice.corners(of: place)
      for (start, end) in zip(corners, corners.dropFirst() + [corners[0]]) {
        // Between two cells the sides run both ways.
        if sides.remove(Side(start: end, end: start)) == nil {
          let side = Side(start: start, end: end)
          sides.insert(side)
          order.append(side)
        }
      }
    }
    var ends: [SpotLattice.Corner: [SpotLattice.Corner]] = [:]
    for side in order where sides.contains(side) { ends[side.start, default: []].append(side.end) }
    var rings: [[SpotLattice.Corner]] = []
    for first in order where sides.contains(first) {
      var ring: [SpotLattice.Corner] = []
      var side = first
      repeat {
        sides.remove(side)
        ring.append(side.start)
        // Where four sides meet, the one most to the right keeps what is outside apart.
        let next = (ends[side.end] ?? []).filter { sides.contains(Side(start: side.end, end: $0)) }
          .min { turn(side.start, side.end, $0) < turn(side.start, side.end, $1) }
        guard let next else { break }
        side = Side(start: side.end, end: next)
      } while true
      rings.append(withoutStraightCorners(ring))
    }
    return rings
  }

  /// Above 0 for a turn to the left.
  private static func turn(
    _ first: SpotLattice.Corner, _ second: SpotLattice.Corner, _ third: SpotLattice.Corner
  ) -> Int {
    (second.x - first.x) * (third.y - second.y) - (second.y - first.y) * (third.x - second.x)
  }

  private static func withoutStraightCorners(
    _ ring: [SpotLattice.Corner]
  ) -> [SpotLattice.Corner] {
    ring.indices.filter { place in
      turn(
        ring[(place + ring.count - 1) % ring.count], ring[place], ring[(place + 1) % ring.count])
        != 0
    }.map { ring[$0] }
  }

  /// Twice the area, above 0 where the ring runs as its cells' corners do.
  private static func area(_ ring: [SpotLattice.Corner]) -> Int {
    zip(ring, ring.dropFirst() + ring.prefix(1)).reduce(0) { area, side in
      area + side.0.x * side.1.y - side.1.x * side.0.y
    }
  }
}
