import Foundation

/// The count of one of a block's entries. No count is so small that its bits are 9 or less.
@inline(__always)
private func count(ofEntry entry: UInt64) -> Float {
  let bits = UInt32(truncatingIfNeeded: entry &>> 32)
  return bits < 10 ? Float(Int32(bitPattern: bits)) : Float(bitPattern: bits)
}

/// What is wrong with a row of a count table.
enum CountRowFailure: Hashable, Sendable {
  /// The row has a number of counts other than the header's names.
  case ragged(row: String, counts: Int)
  /// A cell is not a count; `column` counts the header's names from 0.
  case badCount(row: String, column: Int, text: String)
  case noName

  /// The sentence, given the names in the header.
  func problem(columns names: [String], isTransposed: Bool) -> String {
    let (rowWord, columnWord) = isTransposed ? ("gene", "spot") : ("spot", "gene")
    switch self {
    case .ragged(let row, let counts):
      return "\(rowWord) \(quoted(row)) has \(counted(counts, "count")), the header names "
        + "\(counted(names.count, columnWord)). Export the matrix again."
    case .badCount(let row, let column, let text):
      return
        "\(rowWord) \(quoted(row)), \(columnWord) \(quoted(names[column])): \(countProblem(text)) "
        + "Write the number, or 0 where nothing was counted."
    case .noName:
      return "the row has no name. Give each \(rowWord) its name in the first column."
    }
  }
}

private func countProblem(_ text: String) -> String {
  if text.isEmpty { return "the count is empty." }
  if let value = Double(text), value.isFinite, !text.lowercased().contains("x") {
    return value < 0
      ? "\(quoted(text)) is negative, and counts are not."
      : "\(quoted(text)) is too large for a count."
  }
  if text.contains(","), Double(text.replacingOccurrences(of: ",", with: ".")) != nil {
    return "\(quoted(text)) is not a count; decimals take a point."
  }
  return "\(quoted(text)) is not a count."
}

/// Counts above this could not be kept exactly, and no spot has as many of one gene.
let greatestCount = 16_777_216.0

/// The count a cell's text stands for, or nil: decimal digits, perhaps a point and an exponent.
func countValue(_ text: String) -> Float? {
  let allowed = text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "e"),
      UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
  guard allowed, let value = Double(text), value >= 0, value <= greatestCount else { return nil }
  return value < 1e-30 ? 0 : Float(value)  // no count is as small
}

/// Some consecutive rows of a count table, parsed on their own.
///
/// A class, so that blocks can be filled on several threads. Unchecked, because each is touched by
/// one thread at a time: `concurrently` gives it to one and returns when that is done.
final class CountRowBlock: @unchecked Sendable {
  /// The block's bytes within the text; it begins and ends between lines.
  let range: Range<Int>
  var names: [String] = []
  /// For each row its line, from 0 within the block.
  var lineOfRow: [Int] = []
  /// Where each row's entries begin in `entries`, and where the last row's end.
  var starts = [0]
  /// The lines read, blank ones too; at a failure those before it.
  var lineCount = 0
  var failure: CountRowFailure?
  /// The entries in each column.
  var entriesOfColumn: [UInt32]

  /// Counts that are not zero: the column in the low half, the count in the high one, as itself
  /// from 1 to 9 and else as the bits of its `Float`; `count(ofEntry:)` tells.
  private(set) var entries: UnsafeMutablePointer<UInt64>
  private var capacity: Int

  init(range: Range<Int>, columnCount: Int) {
    self.range = range
    capacity = max(range.count / 4, 16)
    entries = .allocate(capacity: capacity)
    entriesOfColumn = Array(repeating: 0, count: columnCount)
  }

  deinit { entries.deallocate() }

  private func reserve(_ wanted: Int, keeping count: Int) {
    guard wanted > capacity else { return }
    let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: max(wanted, capacity * 2))
    // Safety: both hold at least `count`, the entries written so far.
    larger.update(from: entries, count: count)
    entries.deallocate()
    entries = larger
    capacity = max(wanted, capacity * 2)
  }

  /// Reads the block's rows, up to the first that fails.
  func parse(_ text: UnsafeBufferPointer<UInt8>, separator: UInt8, usesFastPath: Bool) {
    let columnCount = entriesOfColumn.count
    var position = range.lowerBound
    while position < range.upperBound {
      if let next = endOfBlankLine(text, from: position) {
        position = next
        lineCount += 1
        continue
      }
      let nameEnd = endOfCell(text, from: position, separator: separator)
      let name = cellText(Array(text[position..<nameEnd])[...])
      let first = starts[starts.count - 1]
      reserve(first + columnCount + 4, keeping: first)
      guard !name.isEmpty else { return failure = .noName }
      guard nameEnd < range.upperBound, text[nameEnd] == separator,
        let row = parseCounts(
          text, from: nameEnd + 1, entriesFrom: first, separator: separator,
          usesFastPath: usesFastPath)
      else { return failure = diagnose(text, from: position, name: name, separator: separator) }
      names.append(name)
      lineOfRow.append(lineCount)
      starts.append(row.entriesEnd)
      lineCount += 1
      position = row.end
    }
  }

  /// Reads one row's counts; nil when a cell is no count or their number is not the header's.
  private func parseCounts(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, entriesFrom first: Int, separator: UInt8,
    usesFastPath: Bool
  ) -> (end: Int, entriesEnd: Int)? {
    let columnCount = entriesOfColumn.count
    let end = range.upperBound
    // Safety: `position` stays below `end`, inside the text; `reserve` made room for an entry of
    // every column and 4 more, and `next` grows by one a column at most.
    let bytes = text.baseAddress!
    let entries = entries
    var next = first
    var position = start
    var column = 0
    let pattern = 0x0030_0030_0030_0030 | (UInt64(separator) &* 0x0100_0100_0100_0100)

    while true {
      if usesFastPath {
        let groups = min((columnCount - column - 1) / 4, (end - position) / 8)
        let taken = parseDigits(
          bytes + position, groups: groups, pattern: pattern, column: column,
          entries: entries, next: &next)
        position += taken * 8
        column += taken * 4
      }

      guard column < columnCount else { return nil }
      var stop = position
      var whole = 0
      while stop < end, stop &- position < 8 {
        let digit = Int(bytes[stop]) &- 48
        guard digit >= 0 && digit <= 9 else { break }
        whole = whole &* 10 &+ digit
        stop = stop &+ 1
      }
      var value = Float(whole)
      let isPlain =
        stop > position && whole < 1 << 24
        && (stop == end || bytes[stop] == separator || bytes[stop] == newline)
      if !isPlain {
        stop = endOfCell(text, from: position, separator: separator)
        guard let careful = countValue(cellText(Array(text[position..<stop])[...])) else {
          return nil
        }
        value = careful
      }
      if value != 0 {
        entries[next] = UInt64(value.bitPattern) << 32 | UInt64(column)
        next += 1
      }
      column += 1
      position = stop + 1
      if stop == end || bytes[stop] == newline { break }
    }
    guard column == columnCount else { return nil }
    entriesOfColumn.withUnsafeMutableBufferPointer { histogram in
      // Safety: every entry's column was below `columnCount` when it was written.
      for entry in first..<next {
        histogram[Int(truncatingIfNeeded: entries[entry] & 0xFFFF_FFFF)] &+= 1
      }
    }
    return (min(position, end), next)
  }

  /// Says what is wrong with the row that begins at `start`: its length first, then its cells.
  private func diagnose(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, name: String, separator: UInt8
  ) -> CountRowFailure {
    let rest = text[start..<range.upperBound]
    var line = Array(rest.prefix { $0 != newline })[...]
    if line.last == carriageReturn { line.removeLast() }
    let cells = splitCells(line, separator: separator).dropFirst()
    guard cells.count == entriesOfColumn.count,
      let bad = cells.firstIndex(where: { countValue($0) == nil })
    else { return .ragged(row: name, counts: cells.count) }
    return .badCount(row: name, column: bad - 1, text: cells[bad])
  }

  /// The next line's start when this one is empty.
  private func endOfBlankLine(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var position = start
    if text[position] == carriageReturn { position += 1 }
    if position == range.upperBound { return position }
    return text[position] == newline ? position + 1 : nil
  }

  /// Where the cell that begins at `start` ends: at a separator or line end outside quotes.
  private func endOfCell(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, separator: UInt8
  ) -> Int {
    var position = start
    var isQuoted = false
    while position < range.upperBound {
      let byte = text[position]
      if byte == quote { isQuoted.toggle() }
      if byte == newline || (byte == separator && !isQuoted) { break }
      position += 1
    }
    return position
  }
}

/// Reads groups of four one-digit counts, each with a separator behind it, up to the first group
/// that is something else; adds the entries that are not zero and gives the groups read.
///
/// - Parameters:
///   - groups: the most to read; `bytes` has eight bytes for each, and `entries` room for four.
///   - pattern: four times the digit zero and the separator.
@inline(never)
private func parseDigits(
  _ bytes: UnsafePointer<UInt8>, groups: Int, pattern: UInt64, column: Int,
  entries: UnsafeMutablePointer<UInt64>, next: inout Int
) -> Int {
  // Safety: reads eight bytes a group and writes at most four entries a group, as promised above.
  let raw = UnsafeRawPointer(bytes)
  var place = entries + next
  var packed = UInt64(UInt(bitPattern: column))
  var group = 0
  while group < groups {
    let word = raw.loadUnaligned(fromByteOffset: group &* 8, as: UInt64.self)
    // The counts in the even bytes and nothing else, exactly when the group is as it should be.
    let digits = UInt64(littleEndian: word) ^ pattern
    guard (digits | (digits &+ 0x0076_0076_0076_0076)) & 0xFF80_FF80_FF80_FF80 == 0 else { break }
    // Written whether zero or not, and kept by moving on only when not: no branch to miss.
    for lane in 0..<4 as Range<UInt64> {
      let count = (digits &>> (lane &* 16)) & 0xF
      place.pointee = (count &<< 32 | packed) &+ lane
      place += count == 0 ? 0 : 1
    }
    packed = packed &+ 4
    group = group &+ 1
  }
  next = place - entries
  return group
}

/// Parses all rows below the header, in blocks on several threads where that pays.
func parseCountRows(
  _ text: [UInt8], header: CountTableHeader, usesFastPath: Bool, blocks wanted: Int?
) -> [CountRowBlock] {
  let size = text.count - header.bodyStart
  let count = max(1, wanted ?? min(ProcessInfo.processInfo.activeProcessorCount, size >> 18, 16))
  let blocks = rangesOfLines(text, from: header.bodyStart, parts: count).map {
    CountRowBlock(range: $0, columnCount: header.names.count)
  }
  text.withUnsafeBufferPointer { bytes in
    // Safety: the blocks' ranges lie inside the text, which is only read, and lives until all have
    // been parsed.
    nonisolated(unsafe) let bytes = bytes
    let parsed = blocks
    concurrently(parsed.indices) { index in
      parsed[index].parse(bytes, separator: header.separator, usesFastPath: usesFastPath)
    }
  }
  return blocks
}

/// Cuts text into about equal parts between lines; some are empty where lines are long.
func rangesOfLines(_ text: [UInt8], from start: Int, parts: Int) -> [Range<Int>] {
  let size = text.count - start
  var ranges: [Range<Int>] = []
  var next = start
  for part in 1...parts {
    let aim = max(next, start + size * part / parts)
    let end =
      aim >= text.count
      ? text.count : text[aim...].firstIndex(of: newline).map { $0 + 1 } ?? text.count
    ranges.append(next..<end)
    next = end
  }
  return ranges
}

/// Calls `body` once for each index, at the same time where there is more than one.
func concurrently(_ indices: Range<Int>, _ body: @Sendable (Int) -> Void) {
  if indices.count == 1 { return body(indices.lowerBound) }
  DispatchQueue.concurrentPerform(iterations: indices.count) { body(indices.lowerBound + $0) }
}

/// The matrix of a table whose columns are genes: entries sorted by column, rows in order.
func matrixByColumn(_ blocks: [CountRowBlock], columnCount: Int) -> SparseMatrix {
  let rowCount = blocks.reduce(0) { $0 + $1.names.count }
  var starts = [0]
  starts.reserveCapacity(columnCount + 1)
  // In each block, where its first entry of each column goes.
  var offsets = blocks.map { _ in [Int](repeating: 0, count: columnCount) }
  for column in 0..<columnCount {
    var next = starts[column]
    for block in blocks.indices {
      offsets[block][column] = next
      next += Int(blocks[block].entriesOfColumn[column])
    }
    starts.append(next)
  }
  let total = starts[columnCount]
  let firstRows = blocks.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.names.count) }

  var values: [Float] = []
  let spots = [UInt32](unsafeUninitializedCapacity: total) { spots, spotCount in
    values = [Float](unsafeUninitializedCapacity: total) { values, valueCount in
      // Safety: the columns' entries were counted while parsing, so each block writes its own
      // places below `total`, each once, and all of them are written.
      scatter(blocks, firstRows: firstRows, offsets: offsets, spots: spots, values: values)
      valueCount = total
    }
    spotCount = total
  }
  return SparseMatrix(spotCount: rowCount, starts: starts, spots: spots, values: values)
}

private func scatter(
  _ blocks: [CountRowBlock], firstRows: [Int], offsets: [[Int]],
  spots: UnsafeMutableBufferPointer<UInt32>, values: UnsafeMutableBufferPointer<Float>
) {
  nonisolated(unsafe) let spots = spots
  nonisolated(unsafe) let values = values
  concurrently(blocks.indices) { index in
    let block = blocks[index]
    let entries = block.entries
    let starts = block.starts
    var next = offsets[index]
    next.withUnsafeMutableBufferPointer { next in
      for row in 0..<starts.count - 1 {
        let spot = UInt32(firstRows[index] + row)
        for entry in starts[row]..<starts[row + 1] {
          let packed = entries[entry]
          let column = Int(truncatingIfNeeded: packed & 0xFFFF_FFFF)
          let place = next[column]
          next[column] = place &+ 1
          spots[place] = spot
          values[place] = count(ofEntry: packed)
        }
      }
    }
  }
}

/// The matrix of a table whose rows are genes: the entries as they are.
func matrixOfRows(_ blocks: [CountRowBlock], columnCount: Int) -> SparseMatrix {
  var starts = [0]
  var spots: [UInt32] = []
  var values: [Float] = []
  for block in blocks {
    let entries = block.entries
    for row in block.names.indices {
      for entry in block.starts[row]..<block.starts[row + 1] {
        let packed = entries[entry]
        spots.append(UInt32(truncatingIfNeeded: packed))
        values.append(count(ofEntry: packed))
      }
      starts.append(spots.count)
    }
  }
  return SparseMatrix(spotCount: columnCount, starts: starts, spots: spots, values: values)
}
