import Foundation

/// Some consecutive lines of a Matrix Market file, parsed on their own.
///
/// A class, so that blocks can be filled on several threads. Unchecked, because each is touched by
/// one thread at a time: `concurrently` gives it to one and returns when that is done.
final class MatrixMarketBlock: @unchecked Sendable {
  private let range: Range<Int>
  private let header: MatrixMarketHeader
  /// The entries read.
  private(set) var entryCount = 0
  /// The lines, blank ones too; at a failure those up to the one that failed.
  private(set) var lineCount = 0
  private(set) var failure: EntryFailure?

  init(range: Range<Int>, header: MatrixMarketHeader) {
    self.range = range
    self.header = header
  }

  /// Counts the lines, the last with or without an end.
  func countLines(_ text: UnsafeBufferPointer<UInt8>) {
    guard let last = text[range].last else { return }
    lineCount = lineEnds(in: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[range]))
    lineCount += last == newline ? 0 : 1
  }

  /// Reads the block's lines, up to the first that fails; an entry takes a line.
  func parse(_ text: UnsafeBufferPointer<UInt8>, into target: EntryTarget, at place: Int) {
    guard let bytes = text.baseAddress, !range.isEmpty else { return }
    let end = range.upperBound
    // A range that is not empty has a line, so there is room.
    let rows = target.rows.baseAddress! + place
    let columns = target.columns.baseAddress! + place
    let values = target.values.baseAddress! + place
    let hasValues = header.field != .pattern
    let (rowCount, columnCount) = (header.rowCount, header.columnCount)
    var position = range.lowerBound
    var (count, lines) = (0, 0)
    defer { (entryCount, lineCount) = (count, lines) }
    var sameColumn = ExpectedColumn()
    while position < end {
      let start = position
      lines &+= 1
      if hasValues, let row = sameColumn.entry(bytes, &position, end), row.index < rowCount {
        // Safety: there is room for an entry of each line, and `count` is below `lines`.
        rows[count] = UInt32(truncatingIfNeeded: row.index)
        columns[count] = sameColumn.index
        values[count] = row.value
        count &+= 1
        continue
      }
      position = start
      let row = wholeNumber(bytes, &position, end)
      let column = wholeNumber(bytes, &position, end)
      var value: Float = 1
      var isValue = true
      if hasValues {
        let whole = wholeNumber(bytes, &position, end)
        value = Float(whole)
        if whole < 0 || whole >= 1 << 24 {
          let careful = carefulCount(text, ofLineFrom: start)
          isValue = careful != nil
          value = careful ?? 0
          position = endOfLine(text, from: start)
        } else if !passLineEnd(bytes, &position, end) {
          isValue = false
        }
      } else {
        isValue = passLineEnd(bytes, &position, end)
      }
      guard row >= 0, column >= 0, isValue else {
        failure = failureOfLine(text, from: start)
        if failure != nil { return }
        position = endOfLine(text, from: start)
        continue
      }
      guard row >= 1, row <= rowCount, column >= 1, column <= columnCount else {
        return failure = .outside(row: row, column: column)
      }
      // Safety: there is room for an entry of each line, and `count` is below `lines`.
      rows[count] = UInt32(truncatingIfNeeded: row &- 1)
      columns[count] = UInt32(truncatingIfNeeded: column &- 1)
      values[count] = value
      count &+= 1
      if column != Int(sameColumn.index) + 1 { sameColumn = ExpectedColumn(column) }
    }
  }

  /// The count in the third cell of a line, read with care; nil where there are other cells or it is
  /// none.
  private func carefulCount(_ text: UnsafeBufferPointer<UInt8>, ofLineFrom start: Int) -> Float? {
    let line = String(decoding: text[start..<endOfLine(text, from: start)], as: UTF8.self)
    let cells = line.split(whereSeparator: \.isWhitespace)
    return cells.count == 3 ? countValue(String(cells[2])) : nil
  }

  private func endOfLine(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    (text[start..<range.upperBound].firstIndex(of: newline) ?? range.upperBound - 1) + 1
  }

  /// What is wrong with a line; nil where it is blank or a comment.
  private func failureOfLine(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> EntryFailure? {
    let line = text[start..<endOfLine(text, from: start)].prefix(80)
    let shown = String(decoding: line, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    if shown.isEmpty || shown.hasPrefix("%") { return nil }
    let cells = shown.split(whereSeparator: \.isWhitespace)
    guard cells.count == 3, header.field != .pattern,
      cells.prefix(2).allSatisfy({ UInt($0) != nil })
    else { return .noEntry(shown) }
    return .badValue(String(cells[2]))
  }
}
