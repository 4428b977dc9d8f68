/// The lattice that a section's spots lie on: each spot's cell, and where cells' corners are.
///
/// Corners are whole numbers, shared by the cells that meet there: `(2 column ± 1, 2 row ± 1)` on a
/// square lattice; `(3 column, 3 row)` and one of six steps on a hexagonal one, where neighbours are
/// two columns apart in their row and one column apart in the next, as Space Ranger counts them.
/// Array columns and rows become pixels by the affine map that fits all spots best.
struct SpotLattice {
  enum Kind { case square, hexagonal }

  /// A corner of cells.
  struct Corner: Hashable {
    var x: Int
    var y: Int
  }

  /// A place on the array.
  struct Place: Hashable {
    var column: Int
    var row: Int
  }

  let kind: Kind
  private let fit: AffineFit

  /// Finds out which lattice it is; nil where columns and rows do not tell where spots are: fewer than
  /// three, two at one place, all in a line, or spots on average further than a third of a step from
  /// where their place would be.
  init?(_ spots: [Spot]) {
    guard spots.count >= 3, Set(spots.map(\.place)).count == spots.count,
      spots.allSatisfy({ $0.column.magnitude < 1 << 28 && $0.row.magnitude < 1 << 28 }),
      let fit = AffineFit(spots)
    else { return nil }
    let parity = (spots[0].column &+ spots[0].row) & 1
    let places = Set(spots.map(\.place))
    // On a square lattice some spot has a neighbour in its row or column.
    let isStaggered =
      spots.allSatisfy { ($0.column &+ $0.row) & 1 == parity }
      && spots.contains { spot in
        [(2, 0), (1, 1), (-1, 1)].contains {
          places.contains(Place(column: spot.column + $0.0, row: spot.row + $0.1))
        }
      }
    kind = isStaggered ? .hexagonal : .square
    self.fit = fit
    let step =
      isStaggered ? fit.length(2, 0) : (fit.length(1, 0) * fit.length(0, 1)).squareRoot()
    guard step > 0, fit.meanDistance <= step / 3 else { return nil }
  }

  /// The corners of a spot's cell, one after the other, counterclockwise where columns grow to the
  /// right and rows upwards.
  func corners(of place: Place) -> [Corner] {
    switch kind {
    case .square:
      [(1, -1), (1, 1), (-1, 1), (-1, -1)].map {
        Corner(x: 2 * place.column + $0.0, y: 2 * place.row + $0.1)
      }
    case .hexagonal:
      [(3, -1), (3, 1), (0, 2), (-3, 1), (-3, -1), (0, -2)].map {
        Corner(x: 3 * place.column + $0.0, y: 3 * place.row + $0.1)
      }
    }
  }

  /// Where the cells are that share a side with a place's.
  func neighbours(of place: Place) -> [Place] {
    let steps =
      kind == .square
      ? [(1, 0), (0, 1), (-1, 0), (0, -1)] : [(2, 0), (1, 1), (-1, 1), (-2, 0), (-1, -1), (1, -1)]
    return steps.map { Place(column: place.column + $0.0, row: place.row + $0.1) }
  }

  /// Where a corner is, in pixels of the image.
  func position(of corner: Corner) -> (x: Double, y: Double) {
    let unit = kind == .square ? 2.0 : 3.0
    return fit.position(Double(corner.x) / unit, Double(corner.y) / unit)
  }
}

extension Spot {
  /// Where the spot is on its array.
  var place: SpotLattice.Place { SpotLattice.Place(column: column, row: row) }
}

/// Pixels as a linear function of array column and row, by least squares over all spots.
struct AffineFit {
  private var xOfColumn, xOfRow, x0, yOfColumn, yOfRow, y0: Double
  private var meanColumn, meanRow: Double
  /// The mean distance of spots from where the function puts them, in pixels.
  private(set) var meanDistance = 0.0

  /// Nil where all spots are in one line of the array, or a position is no number.
  init?(_ spots: [Spot]) {
    let count = Double(spots.count)
    func mean(_ value: (Spot) -> Double) -> Double { spots.reduce(0) { $0 + value($1) } / count }
    let (meanColumn, meanRow) = (mean { Double($0.column) }, mean { Double($0.row) })
    let (meanX, meanY) = (mean(\.x), mean(\.y))
    (self.meanColumn, self.meanRow, x0, y0) = (meanColumn, meanRow, meanX, meanY)
    var (cc, cr, rr, cx, rx, cy, ry) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for spot in spots {
      let (column, row) = (Double(spot.column) - meanColumn, Double(spot.row) - meanRow)
      cc += column * column
      cr += column * row
      rr += row * row
      cx += column * (spot.x - meanX)
      rx += row * (spot.x - meanX)
      cy += column * (spot.y - meanY)
      ry += row * (spot.y - meanY)
    }
    let determinant = cc * rr - cr * cr
    guard determinant > 1e-9 * cc * rr, determinant > 0 else { return nil }
    xOfColumn = (cx * rr - rx * cr) / determinant
    xOfRow = (rx * cc - cx * cr) / determinant
    yOfColumn = (cy * rr - ry * cr) / determinant
    yOfRow = (ry * cc - cy * cr) / determinant
    guard xOfColumn.isFinite, xOfRow.isFinite, yOfColumn.isFinite, yOfRow.isFinite else {
      return nil
    }
    let fit = self
    meanDistance = mean { spot in
      let place = fit.position(Double(spot.column), Double(spot.row))
      return ((place.x - spot.x) * (place.x - spot.x) + (place.y - spot.y) * (place.y - spot.y))
        .squareRoot()
    }
  }

  /// Where a column and row are, whole or not.
  func position(_ column: Double, _ row: Double) -> (x: Double, y: Double) {
    let (column, row) = (column - meanColumn, row - meanRow)
    return (x0 + xOfColumn * column + xOfRow * row, y0 + yOfColumn * column + yOfRow * row)
  }

  /// How many pixels a step on the array is.
  func length(_ columns: Double, _ rows: Double) -> Double {
    let (x, y) = (xOfColumn * columns + xOfRow * rows, yOfColumn * columns + yOfRow * rows)
    return (x * x + y * y).squareRoot()
  }
}
