/// Array columns and rows made of positions, where a file has no others.
///
/// Where x and y each fall into classes wider apart than a fifth of the pitch, and no two spots share
/// both, classes are counted: a square lattice gets neighbouring numbers, a hexagonal one every other
/// column, as Space Ranger numbers them. Else positions are counted from the smallest in steps of the
/// pitch and rounded, and spots may share a place.
struct DerivedLattice {
  /// For each spot its place.
  let places: [(column: Int, row: Int)]

  init(_ positions: [(x: Double, y: Double)]) {
    let pitch = Self.pitch(positions)
    let columns = Self.classes(positions.map(\.x), apart: pitch / 5)
    let rows = Self.classes(positions.map(\.y), apart: pitch / 5)
    let ranked = zip(columns, rows).map { GridPosition(column: $0, row: $1) }
    if Set(ranked).count == positions.count {
      places = ranked.map { ($0.column, $0.row) }
      return
    }
    let (left, top) = (positions.map(\.x).min() ?? 0, positions.map(\.y).min() ?? 0)
    places = positions.map {
      (Self.whole(($0.x - left) / pitch), Self.whole(($0.y - top) / pitch))
    }
  }

  /// Rounded, and no more than a million: an array has fewer.
  private static func whole(_ steps: Double) -> Int { Int(min(max(steps, 0), 1e6).rounded()) }

  /// The median distance of a spot to its nearest neighbour, of 200 spots evenly drawn; 1 where all
  /// are at one place.
  private static func pitch(_ positions: [(x: Double, y: Double)]) -> Double {
    let step = max(1, positions.count / 200)
    var nearest: [Double] = []
    for spot in stride(from: 0, to: positions.count, by: step) {
      let (x, y) = positions[spot]
      var best = Double.infinity
      for other in positions {
        let squared = (other.x - x) * (other.x - x) + (other.y - y) * (other.y - y)
        if squared > 0, squared < best { best = squared }
      }
      if best.isFinite { nearest.append(best.squareRoot()) }
    }
    nearest.sort()
    return nearest.isEmpty ? 1 : nearest[nearest.count / 2]
  }

  /// For each value the number of its class: sorted, a new one begins where a step is wider than
  /// `gap`.
  private static func classes(_ values: [Double], apart gap: Double) -> [Int] {
    var classes = [Int](repeating: 0, count: values.count)
    var number = 0
    var last: Double?
    for index in values.indices.sorted(by: { values[$0] < values[$1] }) {
      if let last, values[index] - last > gap { number += 1 }
      last = values[index]
      classes[index] = number
    }
    return classes
  }
}
