/// A pickle's bytes, taken one part after the other; no part is longer than what is left.
struct PickleBytes {
  private let source: ByteSource
  private let limit: Int
  private(set) var position: Int
  /// Where the opcode began that is being read, for messages.
  private var opcodeStart: Int

  init(_ source: ByteSource, _ range: Range<Int>) {
    self.source = source
    position = range.lowerBound
    limit = range.upperBound
    opcodeStart = range.lowerBound
  }

  func damaged(_ what: String) -> PickleError { .damaged(what, at: opcodeStart) }

  /// The next opcode.
  mutating func opcode() throws(PickleError) -> UInt8 {
    opcodeStart = position
    return try byte()
  }

  mutating func byte() throws(PickleError) -> UInt8 {
    guard position < limit else { throw damaged("ends early") }
    position += 1
    return source[position - 1]
  }

  mutating func take(_ count: Int) throws(PickleError) -> Range<Int> {
    guard count >= 0, count <= limit - position else {
      throw damaged("ends before the \(count) bytes it announces")
    }
    position += count
    return position - count..<position
  }

  mutating func bytes(_ count: Int) throws(PickleError) -> [UInt8] {
    source.array(try take(count))
  }

  /// A little-endian number of so many bytes.
  mutating func integer(_ size: Int) throws(PickleError) -> Int {
    let value = try bytes(size).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    guard let integer = Int(exactly: value) else {
      throw damaged("announces \(value) bytes, more than there are")
    }
    return integer
  }

  /// Text up to the next line end.
  mutating func line() throws(PickleError) -> String {
    Self.text(try lineBytes())
  }

  mutating func lineBytes() throws(PickleError) -> [UInt8] {
    let start = position
    while position < limit, source[position] != 0x0A { position += 1 }
    guard position < limit else { throw damaged("ends within a line") }
    position += 1
    return source.array(start..<position - 1)
  }

  static func text(_ bytes: [UInt8]) -> String {
    // Python 2 wrote byte strings, which need not be UTF-8.
    String(validating: bytes, as: UTF8.self)
      ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  /// Python's raw-unicode-escape: Latin-1, other characters as `\u` and four hexadecimal digits or
  /// `\U` and eight.
  static func unescaped(_ bytes: [UInt8]) -> String {
    var text = String.UnicodeScalarView()
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      let digits = rest.first == UInt8(ascii: "u") ? 4 : rest.first == UInt8(ascii: "U") ? 8 : 0
      let number = String(decoding: rest.dropFirst().prefix(digits), as: UTF8.self)
      if byte == UInt8(ascii: "\\"), digits > 0, number.utf8.count == digits,
        let scalar = UInt32(number, radix: 16).flatMap(Unicode.Scalar.init)
      {
        text.append(scalar)
        rest = rest.dropFirst(1 + digits)
      } else {
        text.append(Unicode.Scalar(byte))
      }
    }
    return String(text)
  }
}
