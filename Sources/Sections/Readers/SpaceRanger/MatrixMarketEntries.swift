import Foundation

/// The entries of a Matrix Market file in coordinate form, in the file's order.
struct MatrixMarketEntries {
  let header: MatrixMarketHeader
  /// Each entry's row, from 0.
  private(set) var rows: [UInt32] = []
  /// Each entry's column, from 0.
  private(set) var columns: [UInt32] = []
  private(set) var values: [Float] = []

  /// Reads all entries, in blocks on several threads where that pays.
  ///
  /// Room is made for as many entries as there are lines, not for those the header claims.
  /// - Parameter parts: how many parts are parsed at the same time; nil lets the size decide.
  /// - Throws: the line of an entry that is none or lies outside the matrix, and when there are
  ///   more or fewer entries than the header says.
  init(parsing text: [UInt8], of url: URL, parts: Int? = nil) throws(SectionError) {
    header = try MatrixMarketHeader(text, of: url)
    guard max(header.rowCount, header.columnCount) <= 1 << 28 else {
      throw SectionError(
        file: url, line: header.line,
        problem: "says \(grouped(header.rowCount)) rows and \(grouped(header.columnCount)) "
          + "columns, more than Eosin reads. Check the file.")
    }
    let blocks = read(text, parts: parts)
    var lineBefore = header.line
    for block in blocks {
      if let failure = block.failure {
        throw SectionError(
          file: url, line: lineBefore + block.lineCount, problem: failure.problem(header))
      }
      lineBefore += block.lineCount
    }
    guard rows.count == header.entryCount else {
      throw SectionError(
        file: url, line: header.line,
        problem: "says \(grouped(header.entryCount)) "
          + "\(header.entryCount == 1 ? "entry" : "entries"), and "
          + "\(rows.count == 1 ? "1 follows" : "\(grouped(rows.count)) follow"). Copy it again.")
    }
  }

  /// Parses all lines below the header; the entries are of use where no block failed.
  private mutating func read(_ text: [UInt8], parts wanted: Int?) -> [MatrixMarketBlock] {
    let size = text.count - header.bodyStart
    let count = max(1, wanted ?? min(ProcessInfo.processInfo.activeProcessorCount, size >> 18, 16))
    let blocks = rangesOfLines(text, from: header.bodyStart, parts: count)
      .map { MatrixMarketBlock(range: $0, header: header) }
    text.withUnsafeBufferPointer { bytes in
      // Safety: the blocks' ranges lie inside the text, which is only read, and lives until all
      // have been parsed.
      nonisolated(unsafe) let bytes = bytes
      concurrently(blocks.indices) { blocks[$0].countLines(bytes) }
      let places = blocks.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.lineCount) }
      let room = places[blocks.count]
      rows = [UInt32](unsafeUninitializedCapacity: room) { rows, rowsFilled in
        columns = [UInt32](unsafeUninitializedCapacity: room) { columns, columnsFilled in
          values = [Float](unsafeUninitializedCapacity: room) { values, valuesFilled in
            // Safety: each block writes below its number of lines, from a place of its own, and
            // the gaps that lines without entries leave are closed before any is read.
            let target = EntryTarget(rows: rows, columns: columns, values: values)
            concurrently(blocks.indices) {
              blocks[$0].parse(bytes, into: target, at: places[$0])
            }
            valuesFilled = target.closeGaps(zip(places, blocks.map(\.entryCount)))
          }
          columnsFilled = values.count
        }
        rowsFilled = values.count
      }
    }
    return blocks
  }
}

/// Where entries go. Unchecked, because blocks write to places of their own.
private struct EntryTarget: @unchecked Sendable {
  let rows: UnsafeMutableBufferPointer<UInt32>
  let columns: UnsafeMutableBufferPointer<UInt32>
  let values: UnsafeMutableBufferPointer<Float>

  /// Moves stretches of entries together; gives how many there are.
  func closeGaps(_ stretches: some Sequence<(Int, Int)>) -> Int {
    var next = 0
    for (start, count) in stretches {
      if start > next {
        for entry in 0..<count {
          rows[next + entry] = rows[start + entry]
          columns[next + entry] = columns[start + entry]
          values[next + entry] = values[start + entry]
        }
      }
      next += count
    }
    return next
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
    lineCount = newlines(in: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[range]))
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
    while position < end {
      let start = position
      lines &+= 1
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
        } else if !endLine(bytes, &position, end) {
          isValue = false
        }
      } else {
        isValue = endLine(bytes, &position, end)
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

// Safety, of the two below: `position` is below `end` wherever a byte is read, and `end` is at most
// where the text ends.

/// The digits at the position, after blanks, with a blank or a line's end behind them; -1 where
/// there are none, or more than 18. Moves past them.
@inline(__always)
private func wholeNumber(
  _ bytes: UnsafePointer<UInt8>, _ position: inout Int, _ end: Int
) -> Int {
  while position < end, bytes[position] == 32 || bytes[position] == tab { position &+= 1 }
  if end &- position >= 8 {
    let word = UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: position, as: UInt64.self)
    let (value, length) = digits(UInt64(littleEndian: word))
    if length > 0, length < 8, bytes[position &+ length] <= 32 {
      position &+= length
      return value
    }
  }
  let start = position
  var value = 0
  while position < end {
    let digit = bytes[position] &- 48
    guard digit <= 9 else { break }
    value = value &* 10 &+ Int(digit)
    position &+= 1
  }
  let length = position &- start
  return length > 0 && length <= 18 && (position == end || bytes[position] <= 32) ? value : -1
}

/// The number that the digits among the first of eight bytes make, and how many they are; without a
/// branch, for lengths are not to be foreseen.
@inline(__always)
private func digits(_ word: UInt64) -> (value: Int, length: Int) {
  // Digits become 0 to 9, and all else keeps a bit in its upper half or gets one by adding 6.
  let values = word ^ 0x3030_3030_3030_3030
  let others = (values | (values &+ 0x0606_0606_0606_0606)) & 0xF0F0_F0F0_F0F0_F0F0
  let length = others.trailingZeroBitCount / 8
  // Zeros before the digits, then neighbours joined to pairs, fours and eight.
  var joined = values &<< UInt64(truncatingIfNeeded: 64 &- 8 &* length)
  joined = ((joined & 0x0F0F_0F0F_0F0F_0F0F) &* 2561) &>> 8
  joined = ((joined & 0x00FF_00FF_00FF_00FF) &* 6_553_601) &>> 16
  joined = ((joined & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) &>> 32
  return (Int(truncatingIfNeeded: joined), length)
}

/// The number of line ends, eight bytes looked at together.
private func newlines(in bytes: UnsafeRawBufferPointer) -> Int {
  var count = 0
  var position = 0
  while position &+ 8 <= bytes.count {
    // Safety: eight bytes are left. Where a byte is a line end its highest bit ends up set.
    let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
    let others = word ^ 0x0A0A_0A0A_0A0A_0A0A
    let low = (others & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F
    count &+= (~(low | others) & 0x8080_8080_8080_8080).nonzeroBitCount
    position &+= 8
  }
  while position < bytes.count {
    if bytes[position] == newline { count &+= 1 }
    position &+= 1
  }
  return count
}

/// Moves past blanks and the line's end; false where something else stands before it.
@inline(__always)
private func endLine(_ bytes: UnsafePointer<UInt8>, _ position: inout Int, _ end: Int) -> Bool {
  while position < end {
    let byte = bytes[position]
    position &+= 1
    if byte == newline { return true }
    guard byte == 32 || byte == tab || byte == carriageReturn else { return false }
  }
  return true
}
