/// A rectangle of cells.
public struct Rectangle: Sendable, Hashable {
  public var column: Int
  public var row: Int
  public var columns: Int
  public var rows: Int

  public init(column: Int, row: Int, columns: Int, rows: Int) {
    self.column = column
    self.row = row
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }

  public var maxColumn: Int { column + columns }
  public var maxRow: Int { row + rows }
  public var isEmpty: Bool { columns == 0 || rows == 0 }

  public func contains(column: Int, row: Int) -> Bool {
    column >= self.column && column < maxColumn && row >= self.row && row < maxRow
  }

  public func intersection(_ other: Rectangle) -> Rectangle? {
    let left = max(column, other.column)
    let top = max(row, other.row)
    let common = Rectangle(
      column: left, row: top, columns: min(maxColumn, other.maxColumn) - left,
      rows: min(maxRow, other.maxRow) - top)
    return common.isEmpty ? nil : common
  }

  /// The rectangle without `amount` cells on every side.
  public func inset(by amount: Int) -> Rectangle {
    Rectangle(
      column: column + amount, row: row + amount, columns: columns - 2 * amount,
      rows: rows - 2 * amount)
  }

  /// Splits off `amount` rows at the top; both parts stay inside the rectangle.
  public func splitTop(_ amount: Int) -> (top: Rectangle, rest: Rectangle) {
    let taken = min(max(0, amount), rows)
    return (
      Rectangle(column: column, row: row, columns: columns, rows: taken),
      Rectangle(column: column, row: row + taken, columns: columns, rows: rows - taken)
    )
  }

  /// Splits off `amount` rows at the bottom.
  public func splitBottom(_ amount: Int) -> (bottom: Rectangle, rest: Rectangle) {
    let (rest, bottom) = splitTop(rows - min(max(0, amount), rows))
    return (bottom, rest)
  }

  /// Splits off `amount` columns at the left.
  public func splitLeft(_ amount: Int) -> (left: Rectangle, rest: Rectangle) {
    let taken = min(max(0, amount), columns)
    return (
      Rectangle(column: column, row: row, columns: taken, rows: rows),
      Rectangle(column: column + taken, row: row, columns: columns - taken, rows: rows)
    )
  }
}
