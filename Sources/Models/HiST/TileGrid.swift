import Sections
import TensorCore

/// Where the spots of a section lie on HiST's grid of tiles: 80 rows of 64.
///
/// A cell is counted row by row from 0, `row · 64 + column`. The network sees the whole grid; cells
/// without a spot have a white tile.
public struct TileGrid: Sendable, Equatable {
  /// Rows of the grid.
  public static let rows = 80
  /// Columns of the grid.
  public static let columns = 64
  /// Cells of the grid.
  public static let cellCount = rows * columns

  /// How an array of spots is laid on the grid.
  public enum Layout: Sendable, Equatable {
    /// Visium's 78 rows of 64 spots, every second of 128 array columns: array row `r` becomes grid row
    /// `r + 1`, array column `c` grid column `c / 2` on even rows and `(c − 1) / 2` on odd ones.
    case visium
    /// The array as it is, in the middle of the grid: for the square arrays of earlier platforms, which
    /// the release does not know.
    case centred

    /// Rows of the grid that its spots may be in.
    var rows: Range<Int> { self == .visium ? 1..<TileGrid.rows - 1 : 0..<TileGrid.rows }
  }

  /// Where what was measured at a spot is put for the network to learn.
  public enum TargetRow: String, Codable, Sendable, CaseIterable {
    /// On the spot's own cell.
    case aligned
    /// One row below, as the released script that writes the genes of Visium's spots does: a leftover
    /// of a layout of 76 rows.
    case released
  }

  /// The cell of each spot.
  public let cells: [Int]
  /// How the array was laid.
  public let layout: Layout

  /// Lays spots on the grid, as Visium's where every spot's array row and column are both even or both
  /// odd, else in its middle.
  ///
  /// - Throws: for a spot outside the grid, and for two spots in one cell.
  public init(_ spots: [Spot], sectionName: String) throws(ModelError) {
    let layout: Layout =
      spots.allSatisfy { ($0.row + $0.column).isMultiple(of: 2) } && spots.count > 1
      ? .visium : .centred
    self.layout = layout
    let places = Self.places(spots, layout)
    var spotOfCell: [Int: Int] = [:]
    cells = try places.enumerated().map { spot, place throws(ModelError) in
      guard layout.rows ~= place.row, 0..<Self.columns ~= place.column else {
        throw Self.outside(spots[spot], sectionName)
      }
      let cell = place.row * Self.columns + place.column
      if let other = spotOfCell.updateValue(spot, forKey: cell) {
        throw ModelError(
          "Section \(sectionName): spots '\(spots[other].id)' and '\(spots[spot].id)' are in the "
            + "same place of the array. Keep one of them.")
      }
      return cell
    }
  }

  private static func places(_ spots: [Spot], _ layout: Layout) -> [(row: Int, column: Int)] {
    switch layout {
    case .visium:
      return spots.map { ($0.row + 1, ($0.column - ($0.row.isMultiple(of: 2) ? 0 : 1)) / 2) }
    case .centred:
      let (top, bottom) = (spots.map(\.row).min() ?? 0, spots.map(\.row).max() ?? 0)
      let (left, right) = (spots.map(\.column).min() ?? 0, spots.map(\.column).max() ?? 0)
      let down = max(rows - (bottom - top + 1), 0) / 2
      let across = max(columns - (right - left + 1), 0) / 2
      return spots.map { ($0.row - top + down, $0.column - left + across) }
    }
  }

  private static func outside(_ spot: Spot, _ sectionName: String) -> ModelError {
    ModelError(
      "Section \(sectionName): spot '\(spot.id)' is in column \(spot.column), row \(spot.row) of "
        + "the array, which does not fit HiST's grid of \(rows) rows and \(columns) columns. Take "
        + "a section of 78 by 128 array places, or another model.")
  }

  /// The cell that each spot's target is put in.
  public func targetCells(_ row: TargetRow) -> [Int] {
    row == .released && layout == .visium ? cells.map { $0 + Self.columns } : cells
  }
}

// The same spots elsewhere.
extension TileGrid {
  /// The array laid on the grid in another way by chance: mirrored along either axis; and, where it is
  /// no Visium, with its axes exchanged where that fits, and anywhere on the grid.
  ///
  /// A network that sees few sections then cannot learn by heart what was measured where.
  func varied(using generator: inout SeededGenerator) -> TileGrid {
    var places = cells.map { (row: $0 / Self.columns, column: $0 % Self.columns) }
    let draws = (0..<5).map { _ in generator.nextUnit() }
    let isSwapped = layout == .centred && draws[0] < 0.5 && box(places).rows <= Self.columns
    if isSwapped { places = places.map { ($0.column, $0.row) } }
    let box =
      layout == .visium
      ? (top: 0, left: 0, rows: Self.rows, columns: Self.columns) : box(places)
    // What the box may be moved by: nothing for Visium, whose box is the grid.
    let down = Int(draws[1] * Double(Self.rows - box.rows + 1))
    let across = Int(draws[2] * Double(Self.columns - box.columns + 1))
    let moved = places.map { place in
      let (row, column) = (place.row - box.top, place.column - box.left)
      let newRow = down + (draws[3] < 0.5 ? row : box.rows - 1 - row)
      let newColumn = across + (draws[4] < 0.5 ? column : box.columns - 1 - column)
      return newRow * Self.columns + newColumn
    }
    return TileGrid(cells: moved, layout: layout)
  }

  private init(cells: [Int], layout: Layout) {
    (self.cells, self.layout) = (cells, layout)
  }

  /// The smallest rectangle that holds all places.
  private func box(
    _ places: [(row: Int, column: Int)]
  ) -> (top: Int, left: Int, rows: Int, columns: Int) {
    let (top, left) = (places.map(\.row).min() ?? 0, places.map(\.column).min() ?? 0)
    return (
      top, left, (places.map(\.row).max() ?? 0) - top + 1,
      (places.map(\.column).max() ?? 0) - left + 1
    )
  }
}

// Values on the grid.
extension TileGrid {
  /// The map that the network reads, `[1, width, 80, 64]`.
  ///
  /// - Parameters:
  ///   - codes: each spot's features, `[spots, width]`.
  ///   - white: those of a white tile, `[width]` or with axes of size 1 before.
  public func features(_ codes: Tensor, white: Tensor) -> Tensor {
    let width = white.count
    precondition(
      codes.shape == [cells.count, width],
      "features of \(codes.shape) for \(cells.count) spots and a white tile of \(width)")
    let all = concatenate([codes, white.reshaped(to: [1, width])], along: 0)
    var rowOfCell = [Int](repeating: cells.count, count: Self.cellCount)
    for (spot, cell) in cells.enumerated() { rowOfCell[cell] = spot }
    return Self.map(gather(all, rowOfCell))
  }

  /// The same from all features in one, `[spots + 1, width]`, a white tile's being the last row.
  public func features(_ tiles: Tensor) -> Tensor {
    let parts = tiles.split([cells.count, 1], along: 0)
    return features(parts[0], white: parts[1])
  }

  /// What was measured, `[1, values, 80, 64]`, with 0 in every cell without a spot.
  ///
  /// - Parameter values: `[spots, values]`.
  public func targets(_ values: Tensor, row: TargetRow = .aligned) -> Tensor {
    let width = values.shape[1]
    let all = concatenate([values, .zeros([1, width])], along: 0)
    var rowOfCell = [Int](repeating: cells.count, count: Self.cellCount)
    for (spot, cell) in targetCells(row).enumerated() { rowOfCell[cell] = spot }
    return Self.map(gather(all, rowOfCell))
  }

  /// A map's values at the spots: `[1, values, 80, 64]` to `[spots, values]`. Gradients pass.
  public func values(atSpotsOf map: Tensor) -> Tensor {
    Self.values(of: map, at: cells)
  }

  /// A map's values in some cells: `[1, values, 80, 64]` to `[cells, values]`. Gradients pass.
  public static func values(of map: Tensor, at cells: [Int]) -> Tensor {
    precondition(
      map.rank == 4 && map.shape[0] == 1 && map.shape[2] == rows && map.shape[3] == columns,
      "a map of \(map.shape) is not one grid")
    return gather(map.reshaped(to: [map.shape[1], cellCount]).transposed(), cells)
  }

  /// A map without the first and the last row, which no Visium spot is in:
  /// `[sections, values, 80, 64]` to `[sections, values, 78, 64]`.
  public static func cropped(_ map: Tensor) -> Tensor {
    map.slice(1..<rows - 1, along: 2)
  }

  /// Values of every cell, `[5120, width]`, as a map `[1, width, 80, 64]`.
  public static func map(_ values: Tensor) -> Tensor {
    values.transposed().reshaped(to: [1, values.shape[1], rows, columns])
  }
}
