import Foundation
import HDF5

/// The arrays of `obsm` that hold positions, the likeliest first.
private let positionArrays = ["spatial", "X_spatial"]

/// Pairs of columns that hold x and y in pixels or another unit of length, the likeliest first.
private let positionColumns = [
  ("pxl_col_in_fullres", "pxl_row_in_fullres"), ("x", "y"), ("X", "Y"), ("imagecol", "imagerow"),
  ("x_centroid", "y_centroid"), ("center_x", "center_y"), ("pixel_x", "pixel_y"),
  ("x_pixel", "y_pixel"),
]

/// Where a file says its spots are.
struct AnnDataPositions {
  /// What the file's units are.
  enum Unit { case pixels, array }

  /// For each row x and y; nil where the row has no usable ones.
  private(set) var places: [(x: Double, y: Double)?]
  /// For each row array column and row, where `array_col` and `array_row` are there.
  private(set) var lattice: [GridPosition?]?
  /// What x and y are measured in; nil where there are no positions.
  private(set) var unit: Unit?
  /// Where they were found, or what was changed, a sentence each.
  private(set) var notes: [String] = []

  /// What was looked for, and what to add, where there is nothing.
  static let missing =
    "The file has no positions: looked for obsm/spatial, obsm/X_spatial, the columns x and y, "
    + "pxl_col_in_fullres and pxl_row_in_fullres, or array_col and array_row of obs. Add "
    + "obsm['spatial'], x and y of each spot in pixels of the full image, and write the file again."

  init(_ obs: AnnDataTable, in file: HDF5File) throws(SectionError) {
    places = Array(repeating: nil, count: obs.rowCount)
    if let columns = try Self.numbers("array_col", "array_row", of: obs) {
      lattice = zip(columns.0, columns.1).map { GridPosition(x: $0, y: $1) }
    }
    if let found = try Self.embedded(obs.rowCount, in: file) {
      take(found.x, found.y, .pixels)
      if found.path != "obsm/spatial" {
        notes.append("Positions are those of \(quoted(found.path)).")
      }
      return
    }
    for (x, y) in positionColumns {
      guard let columns = try Self.numbers(x, y, of: obs) else { continue }
      take(columns.0, columns.1, .pixels)
      notes.append("Positions are those of \(quoted("\(obs.path)/\(x)")) and \(quoted(y)).")
      return
    }
    guard let lattice else { return }
    takeLattice(lattice)
  }

  private mutating func take(_ x: [Double], _ y: [Double], _ unit: Unit) {
    self.unit = unit
    places = zip(x, y).map { x, y in
      abs(x) < 1e12 && abs(y) < 1e12 ? (x, y) : nil
    }
  }

  /// Positions from places on the array. Where every other column is used in turn, the array is
  /// hexagonal: rows are √3 times as far apart as columns are numbered.
  private mutating func takeLattice(_ lattice: [GridPosition?]) {
    let parities = Set(lattice.compactMap { $0.map { ($0.column + $0.row) & 1 } })
    let rowHeight = parities.count == 1 && lattice.count > 1 ? 3.0.squareRoot() : 1
    take(
      lattice.map { $0.map { Double($0.column) } ?? .nan },
      lattice.map { $0.map { Double($0.row) * rowHeight } ?? .nan }, .array)
    notes.append(
      "Positions are made of array_col and array_row, not pixels: the file has no obsm/spatial.")
  }

  /// Two columns of numbers; nil where one is not there, or holds none.
  private static func numbers(
    _ first: String, _ second: String, of table: AnnDataTable
  ) throws(SectionError) -> ([Double], [Double])? {
    guard table.columns.contains(first), table.columns.contains(second),
      let x = try table.column(first)?.numbers, let y = try table.column(second)?.numbers
    else { return nil }
    return (x, y)
  }

  // MARK: - obsm

  /// The first of `obsm`'s position arrays, whatever way it is stored.
  private static func embedded(
    _ spotCount: Int, in file: HDF5File
  ) throws(SectionError) -> (path: String, x: [Double], y: [Double])? {
    for name in positionArrays {
      let path = "obsm/\(name)"
      guard let array = try array(name, in: file) else {
        guard file.root.kind(of: path) == .group else { continue }
        let table = try AnnDataTable(path, in: file)
        guard let (x, y) = try columns(of: table) else { continue }
        try check([x.count, 2], spotCount, path, file.url)
        return (path, x, y)
      }
      try check(array.shape, spotCount, path, file.url)
      let width = array.shape[1]
      let values = try inHDF5 { () throws(HDF5Error) in try array.read(Double.self) }
      return (
        path, (0..<spotCount).map { values[$0 * width] },
        (0..<spotCount).map { values[$0 * width + 1] }
      )
    }
    return nil
  }

  private static func check(
    _ shape: [Int], _ spotCount: Int, _ path: String, _ file: URL
  ) throws(SectionError) {
    guard shape.count == 2, shape[0] == spotCount, shape[1] >= 2 else {
      let sides = shape.map { grouped($0) }.joined(separator: " × ")
      throw SectionError(
        file: file,
        problem: "'\(path)' is \(sides), and x and y of \(counted(spotCount, "spot")) are "
          + "expected. Write the file again.")
    }
  }

  /// An array of `obsm`, itself a group, or before anndata 0.7 a dataset of rows.
  static func array(_ name: String, in file: HDF5File) throws(SectionError) -> HDF5Dataset? {
    try inHDF5 { () throws(HDF5Error) in
      if file.root.kind(of: "obsm") == .dataset {
        let rows = try file.root.dataset("obsm")
        guard case .compound(let fields) = rows.type, fields.contains(where: { $0.name == name })
        else { return nil }
        return try rows.field(name)
      }
      return file.root.kind(of: "obsm/\(name)") == .dataset
        ? try file.root.dataset("obsm/\(name)") : nil
    }
  }

  /// x and y of a table: by the columns' names, or else its first two.
  private static func columns(
    of table: AnnDataTable
  ) throws(SectionError) -> ([Double], [Double])? {
    for (x, y) in positionColumns {
      if let columns = try numbers(x, y, of: table) { return columns }
    }
    guard table.columns.count >= 2 else { return nil }
    return try numbers(table.columns[0], table.columns[1], of: table)
  }
}

extension AnnDataPositions {
  /// Spots of some rows, which all have places.
  ///
  /// Array column and row are the file's where it has them for all rows, else a ``DerivedLattice``'s.
  func spots(named names: [String], rows: [Int]) -> [Spot] {
    let kept = rows.map { places[$0] ?? (0, 0) }
    let known = lattice.map { lattice in rows.compactMap { lattice[$0] } } ?? []
    let onArray =
      known.count == rows.count
      ? known.map { ($0.column, $0.row) } : DerivedLattice(kept).places
    return rows.indices.map { index in
      Spot(
        id: names[rows[index]], column: onArray[index].0, row: onArray[index].1, x: kept[index].x,
        y: kept[index].y)
    }
  }
}
