import Foundation

/// The first line of a table of spots and genes, and what it tells about the rest.
struct CountTableHeader {
  /// What the columns are: genes, or spots where the table is turned. Without the cell over the
  /// row names.
  var names: [String]
  /// Tab or comma.
  var separator: UInt8
  /// The header's line, from 1.
  var line: Int
  /// Where the first row begins, in bytes.
  var bodyStart: Int

  /// - Parameter contents: what the cells hold, as messages call it.
  init(_ text: [UInt8], of url: URL, holding contents: String = "counts") throws(SectionError) {
    guard let start = text.firstIndex(where: { $0 != newline && $0 != carriageReturn }) else {
      throw SectionError(file: url, problem: "is empty. Export the matrix again.")
    }
    guard !text.prefix(1024).contains(0) else {
      throw SectionError(
        file: url, problem: "is not text. Give the \(contents) as a table with tabs or commas.")
    }
    line = 1 + text[..<start].count { $0 == newline }
    let end = text[start...].firstIndex(of: newline) ?? text.count
    bodyStart = min(end + 1, text.count)
    var cells = text[start..<end]
    if cells.last == carriageReturn { cells.removeLast() }
    guard !cells.contains(carriageReturn) else {
      throw SectionError(
        file: url, line: line,
        problem: "ends its lines with carriage returns alone. Save it with Unix line ends.")
    }

    // Enough rows to see past one that lost a cell.
    let rows = text[bodyStart...].prefix(1 << 24)
      .split(separator: newline, maxSplits: 8, omittingEmptySubsequences: true).prefix(8)
    guard
      let separator = [tab, comma].first(where: cells.contains)
        ?? [tab, comma].first(where: { rows.first?.contains($0) == true })
    else {
      throw SectionError(
        file: url, line: line,
        problem: "has one column, "
          + "\(cells.contains(semicolon) ? "with semicolons" : "no \(contents)"). "
          + "Export the matrix again with tabs or commas between the cells.")
    }
    self.separator = separator
    names = splitCells(cells, separator: separator)

    // The cell over the row names is there when the header is as long as the rows.
    let count = names.count
    func hasRow(ofLength length: Int) -> Bool {
      rows.contains { splitCells($0, separator: separator).count == length }
    }
    if names[0].isEmpty || hasRow(ofLength: count) || !hasRow(ofLength: count + 1) {
      names.removeFirst()
    }
    guard !names.isEmpty else {
      throw SectionError(
        file: url, line: line, problem: "names no genes. Export the matrix again.")
    }
  }
}

let newline = UInt8(ascii: "\n")
let carriageReturn = UInt8(ascii: "\r")
let tab = UInt8(ascii: "\t")
let comma = UInt8(ascii: ",")
let semicolon = UInt8(ascii: ";")
let quote = UInt8(ascii: "\"")

/// The cells of one line, as text without the quotes around them.
func splitCells(_ line: ArraySlice<UInt8>, separator: UInt8) -> [String] {
  var cells: [String] = []
  cells.reserveCapacity(line.count / 8)
  var start = line.startIndex
  var isQuoted = false
  for index in line.indices {
    let byte = line[index]
    if byte == quote { isQuoted.toggle() }
    if byte == separator && !isQuoted {
      cells.append(cellText(line[start..<index]))
      start = index + 1
    }
  }
  cells.append(cellText(line[start...]))
  return cells
}

/// A cell's text: spaces around it and quotes removed, `""` within quotes a single one.
func cellText(_ cell: ArraySlice<UInt8>) -> String {
  var start = cell.startIndex
  var end = cell.endIndex
  func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == carriageReturn }
  while start < end, isBlank(cell[start]) { start += 1 }
  while start < end, isBlank(cell[end - 1]) { end -= 1 }
  guard end - start >= 2, cell[start] == quote, cell[end - 1] == quote else {
    return String(decoding: cell[start..<end], as: UTF8.self)
  }
  return String(decoding: cell[start + 1..<end - 1], as: UTF8.self)
    .replacingOccurrences(of: "\"\"", with: "\"")
}
