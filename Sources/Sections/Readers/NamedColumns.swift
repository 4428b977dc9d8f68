import Foundation

/// A small text table whose columns are told by their names, whatever their order.
///
/// Tabs or commas, LF or CRLF, RFC 4180 quotes. Every cell is kept as text, so this is for tables
/// with a row a spot, not for counts.
struct NamedColumns {
  let url: URL
  let header: [String]
  private(set) var rows: [Row] = []

  struct Row {
    /// From 1, where the row begins.
    var line: Int
    var cells: [String]
  }

  /// - Throws: when the file cannot be read, is empty, or a row's length is not the header's.
  init(reading url: URL) throws(SectionError) {
    try self.init(parsing: try readTextFile(url), of: url)
  }

  /// - Parameter names: names the columns of a table whose first line is a row like the others; is
  ///   given that line's cells, and gives nil where they are the names themselves.
  init(
    parsing text: [UInt8], of url: URL, naming names: ([String]) -> [String]? = { _ in nil }
  ) throws(SectionError) {
    self.url = url
    let firstLine = text.prefix { $0 != newline }
    guard !text.prefix(1024).contains(0) else {
      throw SectionError(file: url, problem: "is not text. Give a table with tabs or commas.")
    }
    let separator = firstLine.contains(tab) ? tab : comma
    var records = Self.records(text, separator: separator)
    guard !records.isEmpty else {
      throw SectionError(file: url, problem: "is empty. Export the table again.")
    }
    if let names = names(records[0].cells) {
      header = names
    } else {
      header = records.removeFirst().cells
    }
    for record in records where record.cells.count != header.count {
      throw SectionError(
        file: url, line: record.line,
        problem: "has \(counted(record.cells.count, "cell")), the header names "
          + "\(counted(header.count, "column")). Export the table again.")
    }
    rows = records
  }

  /// The place of a column that must be there.
  func column(_ name: String) throws(SectionError) -> Int {
    if let index = header.firstIndex(of: name) { return index }
    throw SectionError(
      file: url, line: 1,
      problem: "has no column '\(name)'; its columns are \(listed(header, showing: 12)). "
        + "Name the column in the first line.")
  }

  /// The place of a column that may be missing.
  func optionalColumn(_ name: String) -> Int? { header.firstIndex(of: name) }

  /// All lines that are not blank, in cells; a quoted cell may hold separators and line ends.
  private static func records(_ text: [UInt8], separator: UInt8) -> [Row] {
    var records: [Row] = []
    var cells: [String] = []
    var line = 1
    var recordLine = 1
    var start = 0
    var isQuoted = false
    func isBlank(_ end: Int) -> Bool {
      cells.isEmpty && text[start..<end].allSatisfy { $0 == carriageReturn || $0 == 32 }
    }
    for (index, byte) in text.enumerated() {
      if byte == quote { isQuoted.toggle() }
      if byte == newline { line += 1 }
      guard !isQuoted, byte == separator || byte == newline else { continue }
      if byte == newline && isBlank(index) {
        start = index + 1
        recordLine = line
        continue
      }
      cells.append(cellText(text[start..<index]))
      start = index + 1
      guard byte == newline else { continue }
      records.append(Row(line: recordLine, cells: cells))
      cells = []
      recordLine = line
    }
    if !isBlank(text.count) {
      cells.append(cellText(text[start...]))
      records.append(Row(line: recordLine, cells: cells))
    }
    return records
  }
}

/// A finite number, or nil: `nan`, `inf`, `NA` and an empty cell are none.
func finiteNumber(_ cell: String) -> Double? {
  guard let value = Double(cell), value.isFinite else { return nil }
  return value
}
