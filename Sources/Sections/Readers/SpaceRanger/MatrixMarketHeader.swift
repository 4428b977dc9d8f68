import Foundation

/// The first lines of a Matrix Market file: what it holds, and how much of it.
struct MatrixMarketHeader {
  /// What the entries' third number is.
  enum Field: String {
    case integer, real, pattern
  }

  var field: Field
  var rowCount: Int
  var columnCount: Int
  /// The entries it says there are; trusted only once they were counted.
  var entryCount: Int
  /// The line with the three sizes, from 1.
  var line: Int
  /// Where the first entry's line begins, in bytes.
  var bodyStart: Int

  /// Reads `%%MatrixMarket matrix coordinate (integer|real|pattern) general`, comments and sizes.
  init(_ text: [UInt8], of url: URL) throws(SectionError) {
    var lines = LinesOfText(text)
    let banner = lines.next().map { $0.lowercased().split(separator: " ").map(String.init) } ?? []
    guard banner.first == "%%matrixmarket", banner.count == 5, banner[1] == "matrix" else {
      throw SectionError(
        file: url,
        problem: text.isEmpty
          ? "is empty. Copy it again."
          : "is no Matrix Market file: it does not begin with %%MatrixMarket matrix.")
    }
    guard banner[2] == "coordinate", let field = Field(rawValue: banner[3]),
      banner[4] == "general"
    else {
      throw SectionError(
        file: url, line: 1,
        problem: "is a matrix of '\(banner[2...].joined(separator: " "))', which Eosin does not "
          + "read. Write it as 'coordinate integer general'.")
    }
    self.field = field
    var sizes = lines.next()
    while let line = sizes, line.hasPrefix("%") || line.isEmpty { sizes = lines.next() }
    let numbers = (sizes ?? "").split(separator: " ").map { Int($0) }
    guard numbers.count == 3, let rows = numbers[0], let columns = numbers[1],
      let entries = numbers[2], rows >= 0, columns >= 0, entries >= 0
    else {
      throw SectionError(
        file: url, line: lines.count,
        problem: "does not say the numbers of rows, columns and entries. Copy it again.")
    }
    rowCount = rows
    columnCount = columns
    entryCount = entries
    line = lines.count
    bodyStart = lines.position
  }
}

/// A text's lines one by one, tabs as spaces and line ends removed.
private struct LinesOfText {
  private let text: [UInt8]
  /// Where the next line begins.
  private(set) var position = 0
  /// The lines given so far.
  private(set) var count = 0

  init(_ text: [UInt8]) { self.text = text }

  mutating func next() -> String? {
    guard position < text.count else { return nil }
    // A line of a header is short; one that is not is no header's.
    let end = text[position...].firstIndex(of: newline) ?? text.count
    defer { position = min(end + 1, text.count) }
    count += 1
    let line = text[position..<min(end, position + 4096)].map { $0 == tab ? 32 : $0 }
    return cellText(line[...])
  }
}
