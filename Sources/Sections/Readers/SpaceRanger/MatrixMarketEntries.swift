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
struct EntryTarget: @unchecked Sendable {
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
enum EntryFailure: Sendable {
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
