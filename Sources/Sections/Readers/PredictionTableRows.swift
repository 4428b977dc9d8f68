import Foundation
import Synchronization

/// Some consecutive rows of a table of predictions, parsed on their own.
struct PredictionRowBlock: Sendable {
  var names: [String] = []
  /// For each row its line, from 0 within the block.
  var lineOfRow: [Int] = []
  /// `[rows, columns]`, NaN where the table says there is no number.
  var values: [Float] = []
  /// Where each row lies, in tables that say so in their first two columns.
  var positions: [PredictionTable.Position] = []
  /// The lines read, blank ones too; at a failure those before it.
  var lineCount = 0
  /// What is wrong with the first row that could not be read.
  var failure: String?
}

/// Parses all rows below the header, in blocks on several threads where that pays.
///
/// - Parameters:
///   - hasPositions: whether x and y stand between the name and the values.
///   - wanted: how many parts are parsed at the same time; nil lets the size decide.
func parsePredictionRows(
  _ text: [UInt8], header: CountTableHeader, hasPositions: Bool, blocks wanted: Int? = nil
) -> [PredictionRowBlock] {
  let size = text.count - header.bodyStart
  let parts = max(1, wanted ?? min(ProcessInfo.processInfo.activeProcessorCount, size >> 18, 16))
  let ranges = rangesOfLines(text, from: header.bodyStart, parts: parts)
  let blocks = Mutex([PredictionRowBlock](repeating: PredictionRowBlock(), count: parts))
  concurrently(ranges.indices) { index in
    var parser = PredictionRowParser(header: header, hasPositions: hasPositions)
    parser.parse(text.span, ranges[index])
    let block = parser.block
    blocks.withLock { $0[index] = block }
  }
  return blocks.withLock { $0 }
}

private struct PredictionRowParser {
  let columns: [String]
  let separator: UInt8
  let hasPositions: Bool
  var block = PredictionRowBlock()

  init(header: CountTableHeader, hasPositions: Bool) {
    columns = header.names
    separator = header.separator
    self.hasPositions = hasPositions
  }

  /// Reads rows up to the first that fails.
  mutating func parse(_ text: Span<UInt8>, _ range: Range<Int>) {
    block.values.reserveCapacity(range.count / 8)
    var start = range.lowerBound
    while start < range.upperBound {
      var end = start
      while end < range.upperBound, text[end] != newline { end += 1 }
      let next = min(end + 1, range.upperBound)
      if end > start, text[end - 1] == carriageReturn { end -= 1 }
      if end > start, let problem = parseRow(text, start..<end) {
        block.failure = problem
        return
      }
      block.lineCount += 1
      start = next
    }
  }

  /// Reads one row; gives what is wrong with it.
  private mutating func parseRow(_ text: Span<UInt8>, _ range: Range<Int>) -> String? {
    let first = block.values.count
    let nameEnd = endOfCell(text, range)
    let name = textOfCell(text, range.lowerBound..<nameEnd)
    guard !name.isEmpty else {
      return "the row has no name. Give each row its name in the first column."
    }
    let leading = hasPositions ? 2 : 0
    var position: [Double] = []
    var column = 0
    var start = nameEnd
    while start < range.upperBound {
      start += 1  // past the separator
      let end = endOfCell(text, start..<range.upperBound)
      if column < leading {
        let cell = textOfCell(text, start..<end)
        guard let value = finiteNumber(cell) else {
          return
            "row \(quoted(name)), column \(quoted(columns[column])): \(quoted(cell)) is no position. "
            + "Write pixels of the full image."
        }
        position.append(value)
      } else if let value = plainNumber(text, start..<end) {
        block.values.append(value)
      } else {
        let cell = textOfCell(text, start..<end)
        guard let value = predictedValue(cell) else {
          // Its length is said first: a missing separator spoils cells too.
          let count = lengthOfRow(text, range)
          guard count == columns.count else { return raggedProblem(name, count) }
          return "row \(quoted(name)), column \(quoted(columns[column])): \(numberProblem(cell)) "
            + "Write the number, or NaN where there is none."
        }
        block.values.append(value)
      }
      column += 1
      start = end
    }
    guard column == columns.count else { return raggedProblem(name, column) }
    precondition(block.values.count - first == columns.count - leading)
    if hasPositions {
      block.positions.append(PredictionTable.Position(x: position[0], y: position[1]))
    }
    block.names.append(name)
    block.lineOfRow.append(block.lineCount)
    return nil
  }

  private func raggedProblem(_ name: String, _ count: Int) -> String {
    "row \(quoted(name)) has \(counted(count, "value")), the header names "
      + "\(counted(columns.count, "column")). Export the table again."
  }

  private func lengthOfRow(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
    var start = endOfCell(text, range)
    var count = 0
    while start < range.upperBound {
      start = endOfCell(text, start + 1..<range.upperBound)
      count += 1
    }
    return count
  }

  /// Where the cell that begins the range ends: at a separator outside quotes, or with the line.
  private func endOfCell(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
    var end = range.lowerBound
    var isQuoted = false
    while end < range.upperBound {
      let byte = text[end]
      if byte == quote { isQuoted.toggle() }
      if byte == separator && !isQuoted { break }
      end &+= 1
    }
    return end
  }

  private func textOfCell(_ text: Span<UInt8>, _ range: Range<Int>) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    for index in range { bytes.append(text[index]) }
    return cellText(bytes[...])
  }
}

// MARK: - Numbers

private let powersOfTen: [Double] = (0...22).map { pow(10, Double($0)) }

/// The number a cell spells with up to 15 digits and a small exponent; nil leaves it to the careful
/// way.
///
/// Digits and power of ten are exact in double precision, so one division or product rounds once.
private func plainNumber(_ text: Span<UInt8>, _ range: Range<Int>) -> Float? {
  var position = range.lowerBound
  let end = range.upperBound
  let isNegative = position < end && text[position] == UInt8(ascii: "-")
  if isNegative { position &+= 1 }
  var digits = 0
  var count = 0
  var scale = 0
  var hasPoint = false
  while position < end {
    let byte = text[position]
    let digit = Int(byte) &- 48
    if digit >= 0 && digit <= 9 {
      digits = digits &* 10 &+ digit
      count &+= 1
      if hasPoint { scale &-= 1 }
      guard count <= 15 else { return nil }
    } else if byte == UInt8(ascii: "."), !hasPoint {
      hasPoint = true
    } else {
      break
    }
    position &+= 1
  }
  guard count > 0 else { return nil }
  if position < end {
    guard text[position] | 0x20 == UInt8(ascii: "e") else { return nil }
    position &+= 1
    let isSmall = position < end && text[position] == UInt8(ascii: "-")
    if isSmall { position &+= 1 }
    guard end &- position == 1 || end &- position == 2 else { return nil }
    var exponent = 0
    while position < end {
      let digit = Int(text[position]) &- 48
      guard digit >= 0 && digit <= 9 else { return nil }
      exponent = exponent &* 10 &+ digit
      position &+= 1
    }
    scale += isSmall ? -exponent : exponent
  }
  guard abs(scale) <= 22 else { return nil }
  let power = powersOfTen[abs(scale)]
  let value = scale < 0 ? Double(digits) / power : Double(digits) * power
  // Halfway between two Floats, the digits that double precision dropped decide.
  guard value.bitPattern & 0x1FFF_FFFF != 0x1000_0000, value < 1e38, value == 0 || value > 1e-37
  else { return nil }
  return Float(isNegative ? -value : value)
}

private let missingWords: Set<String> = [
  "", "nan", "na", "n/a", "<na>", "null", "none", "inf", "+inf", "-inf", "infinity", "-infinity",
]

/// The number a cell's text stands for, NaN where it says there is none; nil for anything else.
private func predictedValue(_ text: String) -> Float? {
  let isDecimal = text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "e"),
      UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
  guard isDecimal, !text.isEmpty else {
    return missingWords.contains(text.lowercased()) ? .nan : nil
  }
  guard let value = Float(text), value.isFinite else { return nil }
  return value
}

private func numberProblem(_ text: String) -> String {
  if text.contains(","), Double(text.replacingOccurrences(of: ",", with: ".")) != nil {
    return "\(quoted(text)) is not a number; decimals take a point."
  }
  if !text.lowercased().contains("x"), Double(text) != nil {
    return "\(quoted(text)) is too large for expression."
  }
  return "\(quoted(text)) is not a number."
}
