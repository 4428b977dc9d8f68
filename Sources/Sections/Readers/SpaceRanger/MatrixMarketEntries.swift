import Foundation

/// The entries of a Matrix Market file in coordinate form, in the file's order, zeros left out.
struct MatrixMarketEntries {
  let header: MatrixMarketHeader
  /// Each entry's row, from 0.
  private(set) var rows: [UInt32] = []
  /// Each entry's column, from 0.
  private(set) var columns: [UInt32] = []
  private(set) var values: [Float] = []

  /// Reads all entries, in blocks on several threads where that pays.
  ///
  /// Memory is taken for the entries found, not for those the header claims.
  /// - Parameter blocks: how many parts are parsed at the same time; nil lets the size decide.
  /// - Throws: the line of an entry that is none or lies outside the matrix, and when there are
  ///   more or fewer entries than the header says.
  init(parsing text: [UInt8], of url: URL, blocks: Int? = nil) throws(SectionError) {
    header = try MatrixMarketHeader(text, of: url)
    guard max(header.rowCount, header.columnCount) <= 1 << 28 else {
      throw SectionError(
        file: url, line: header.line,
        problem: "says \(grouped(header.rowCount)) rows and \(grouped(header.columnCount)) "
          + "columns, more than Eosin reads.")
    }
    let size = text.count - header.bodyStart
    let parts = max(1, blocks ?? min(ProcessInfo.processInfo.activeProcessorCount, size >> 18, 16))
    let parsed = rangesOfLines(text, from: header.bodyStart, parts: parts)
      .map { MatrixMarketBlock(range: $0, header: header) }
    text.withUnsafeBufferPointer { bytes in
      // Safety: the blocks' ranges lie inside the text, which is only read, and lives until all
      // have been parsed.
      nonisolated(unsafe) let bytes = bytes
      concurrently(parsed.indices) { parsed[$0].parse(bytes) }
    }
    var lineBefore = header.line
    var found = 0
    for block in parsed {
      found += block.entryCount
      if let failure = block.failure {
        throw SectionError(
          file: url, line: lineBefore + block.lineCount, problem: failure.problem(header))
      }
      lineBefore += block.lineCount
      rows += block.rows
      columns += block.columns
      values += block.values
    }
    guard found == header.entryCount else {
      throw SectionError(
        file: url, line: header.line,
        problem:
          "says \(grouped(header.entryCount)) \(header.entryCount == 1 ? "entry" : "entries"), and "
          + "\(found == 1 ? "1 follows" : "\(grouped(found)) follow"). Copy it again.")
    }
  }
}

/// What is wrong with an entry's line.
private enum EntryFailure: Sendable {
  case noEntry(String)
  case outside(row: Int, column: Int)
  case badValue(String)

  func problem(_ header: MatrixMarketHeader) -> String {
    switch self {
    case .noEntry(let text):
      "'\(text)' is no entry. Write row, column\(header.field == .pattern ? "." : " and count.")"
    case .badValue(let text):
      "'\(text)' is not a count. Write the number counted."
    case .outside(let row, let column):
      "names row \(grouped(row)) and column \(grouped(column)), but the matrix has "
        + "\(counted(header.rowCount, "row")) and \(counted(header.columnCount, "column")), "
        + "each from 1. Copy it again."
    }
  }
}

/// Some consecutive lines of a Matrix Market file, parsed on their own.
///
/// A class, so that blocks can be filled on several threads. Unchecked, because each is touched by
/// one thread at a time: `concurrently` gives it to one and returns when that is done.
private final class MatrixMarketBlock: @unchecked Sendable {
  private let range: Range<Int>
  private let header: MatrixMarketHeader
  var rows: [UInt32] = []
  var columns: [UInt32] = []
  var values: [Float] = []
  /// The entries read, zeros too.
  var entryCount = 0
  /// The lines read, blank ones too; at a failure with the one that failed.
  var lineCount = 0
  var failure: EntryFailure?

  init(range: Range<Int>, header: MatrixMarketHeader) {
    self.range = range
    self.header = header
    let likely = min(header.entryCount, range.count / 6)
    rows.reserveCapacity(likely)
    columns.reserveCapacity(likely)
    values.reserveCapacity(likely)
  }

  /// Reads the block's lines, up to the first that fails.
  func parse(_ text: UnsafeBufferPointer<UInt8>) {
    var position = range.lowerBound
    while position < range.upperBound {
      lineCount += 1
      let start = position
      let row = number(text, &position)
      let column = number(text, &position)
      let value = header.field == .pattern ? 1 : count(text, &position)
      guard let row, let column, let value, endLine(text, &position) else {
        if let failure = failureOfLine(text, from: start, hasPlace: row != nil && column != nil) {
          return self.failure = failure
        }
        position = endOfLine(text, from: start)
        continue
      }
      guard row >= 1, row <= header.rowCount, column >= 1, column <= header.columnCount else {
        return failure = .outside(row: row, column: column)
      }
      entryCount += 1
      guard value != 0 else { continue }
      rows.append(UInt32(row - 1))
      columns.append(UInt32(column - 1))
      values.append(value)
    }
  }

  /// The digits at the position, after blanks; nil where there are none, or more than 18.
  @inline(__always)
  private func number(_ text: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> Int? {
    let end = range.upperBound
    while position < end, text[position] == 32 || text[position] == tab { position &+= 1 }
    let start = position
    var value = 0
    while position < end, position &- start < 18 {
      let digit = Int(text[position]) &- 48
      guard digit >= 0 && digit <= 9 else { break }
      value = value &* 10 &+ digit
      position &+= 1
    }
    return position > start && (position == end || text[position] <= 32) ? value : nil
  }

  /// The count at the position: up to seven digits at once, anything else with care.
  @inline(__always)
  private func count(_ text: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> Float? {
    let start = position
    if let whole = number(text, &position), whole < 1 << 24 { return Float(whole) }
    position = start
    while position < range.upperBound, text[position] == 32 || text[position] == tab {
      position += 1
    }
    let first = position
    while position < range.upperBound, text[position] > 32 { position += 1 }
    return countValue(String(decoding: text[first..<position], as: UTF8.self))
  }

  /// Moves past blanks and the line's end; false where something else stands before it.
  @inline(__always)
  private func endLine(_ text: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> Bool {
    while position < range.upperBound {
      let byte = text[position]
      position &+= 1
      if byte == newline { return true }
      guard byte == 32 || byte == tab || byte == carriageReturn else { return false }
    }
    return true
  }

  private func endOfLine(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    (text[start..<range.upperBound].firstIndex(of: newline) ?? range.upperBound - 1) + 1
  }

  /// What is wrong with a line; nil where it is blank or a comment.
  private func failureOfLine(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, hasPlace: Bool
  ) -> EntryFailure? {
    let line = text[start..<endOfLine(text, from: start)].prefix(80)
    let shown = String(decoding: line, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    if shown.isEmpty || shown.hasPrefix("%") { return nil }
    let cells = shown.split(whereSeparator: \.isWhitespace)
    guard hasPlace, cells.count == 3, header.field != .pattern else { return .noEntry(shown) }
    return .badValue(String(cells[2]))
  }
}
