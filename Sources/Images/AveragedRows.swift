/// Rows of a picture reduced further: means over squares of another source's pixels, over fewer at
/// the right and bottom edges.
final class AveragedRows: RowSource {
  private let source: any RowSource
  private let side: Int
  /// Rows of the source not read yet.
  private var rowsLeft: Int
  private var row: [UInt8]
  private var sums: [UInt32]
  /// Pixels of the source that make a pixel's width: fewer in the picture's last column.
  private let widths: [Int]
  let firstColumn: Int
  let columnCount: Int

  /// - Parameters:
  ///   - side: pixels of the source along a square's side.
  ///   - columns: those of the reduced picture that each row is to hold; the source has started at
  ///     their first pixel or before.
  ///   - height: rows of the source's picture.
  init(of source: any RowSource, side: Int, columns: Range<Int>, height: Int) {
    self.source = source
    self.side = side
    rowsLeft = height
    firstColumn = columns.lowerBound
    columnCount = columns.count
    row = Array(repeating: 0, count: source.columnCount * 3)
    sums = Array(repeating: 0, count: columns.count * 3)
    let end = source.firstColumn + source.columnCount
    widths = columns.map { min(side, end - $0 * side) }
  }

  func skip(rows: Int) throws(ImageError) {
    let count = min(rows * side, rowsLeft)
    try source.skip(rows: count)
    rowsLeft -= count
  }

  func read(into target: inout [UInt8]) throws(ImageError) {
    let start = (firstColumn * side - source.firstColumn) * 3
    let rows = min(side, rowsLeft)
    rowsLeft -= rows
    if side == 1 {
      try source.read(into: &row)
      target.replaceSubrange(target.indices, with: row[start..<start + columnCount * 3])
      return
    }
    for index in sums.indices { sums[index] = 0 }
    for _ in 0..<rows {
      try source.read(into: &row)
      Self.add(row, from: start, widths, to: &sums)
    }
    for column in 0..<columnCount {
      let count = UInt32(rows * widths[column])
      for place in column * 3..<column * 3 + 3 {
        target[place] = UInt8((sums[place] + count / 2) / count)
      }
    }
  }

  func finish() throws(ImageError) { try source.finish() }

  private static func add(
    _ row: [UInt8], from start: Int, _ widths: [Int], to sums: inout [UInt32]
  ) {
    let source = row.span
    var target = sums.mutableSpan
    var from = start
    for (column, width) in widths.enumerated() {
      for _ in 0..<width {
        for channel in 0..<3 {
          target[column &* 3 &+ channel] &+= UInt32(source[from &+ channel])
        }
        from &+= 3
      }
    }
  }
}
