/// A rectangle of cells.
public struct Rectangle: Sendable, Hashable {
  /// The leftmost column; may lie outside the canvas, as may all of the rectangle.
  public var column: Int
  /// The topmost row.
  public var row: Int
  /// The width in cells, 0 or more.
  public var columns: Int
  /// The height in cells, 0 or more.
  public var rows: Int

  /// Takes the top left cell and the size; a size below 0 counts as 0.
  public init(column: Int, row: Int, columns: Int, rows: Int) {
    self.column = column
    self.row = row
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }

  /// The column after the last one.
  public var maxColumn: Int { column + columns }
  /// The row after the last one.
  public var maxRow: Int { row + rows }
  /// Whether there is no cell in it.
  public var isEmpty: Bool { columns == 0 || rows == 0 }

  /// Whether a cell lies in the rectangle.
  public func contains(column: Int, row: Int) -> Bool {
    column >= self.column && column < maxColumn && row >= self.row && row < maxRow
  }

  /// The cells that lie in both rectangles, or nil where there are none.
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
