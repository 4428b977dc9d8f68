import Foundation
import Sections

/// A plain value, as checkpoints carry them beside their weights.
public enum JSON: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  /// The value as text on one line, the names in an object sorted: equal values give equal text.
  ///
  /// A number that is infinite or not a number, which JSON cannot say, is written as null.
  public var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .number(let value): value.isFinite ? value.description : "null"
    case .string(let value): Self.escaped(value)
    case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let members):
      "{"
        + members.sorted { isBefore($0.key, $1.key) }
        .map { Self.escaped($0.key) + ":" + $0.value.text }.joined(separator: ",") + "}"
    }
  }

  /// Reads one value out of text; nil when that is not JSON, repeats a name within an object or
  /// nests deeper than 64 levels.
  public init?(text: String) {
    var reader = JSONReader(Array(text.utf8))
    guard let value = try? reader.value(), (try? reader.end()) != nil else { return nil }
    self = value
  }

  /// The plain form of a value of our own, such as a model's configuration.
  public init(encoding value: some Encodable) throws {
    let data = try JSONEncoder().encode(value)
    guard let json = JSON(text: String(decoding: data, as: UTF8.self)) else {
      throw EncodingError.invalidValue(
        value, .init(codingPath: [], debugDescription: "nests deeper than 64 levels"))
    }
    self = json
  }

  /// A value of our own from its plain form.
  public func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }

  /// A string in quotes.
  static func escaped(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{08}": text += "\\b"
      case "\u{0C}": text += "\\f"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}

/// Byte order of the names, the same everywhere.
func isBefore(_ one: String, _ other: String) -> Bool {
  one.utf8.lexicographicallyPrecedes(other.utf8)
}

/// Where a text stops being JSON.
struct JSONError: Error, Hashable {
  /// From 0.
  var byte: Int
  /// What was expected there.
  var expected: String
}

/// Reads JSON piece by piece, so that a file's header need not become a tree.
///
/// Strict, as RFC 8259: no comments, no trailing commas, valid UTF-8; names do not repeat within
/// an object.
struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next character that is not a space; 0 at the end.
  mutating func peek() -> UInt8 {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      case let next: return next
      }
    }
    return 0
  }

  /// Checks that nothing follows.
  mutating func end() throws(JSONError) {
    _ = peek()
    guard position == bytes.count else { throw missing("the end") }
  }

  /// Calls `member` after each name; it must read the value.
  mutating func object(
    _ member: (inout JSONReader, String) throws(JSONError) -> Void
  ) throws(JSONError) {
    try take("{")
    if peek() == UInt8(ascii: "}") { return try take("}") }
    var names: Set<String> = []
    while true {
      _ = peek()
      let start = position
      let name = try string()
      guard names.insert(name).inserted else {
        throw JSONError(byte: start, expected: "another name than \(quoted(name)), which repeats,")
      }
      try take(":")
      try member(&self, name)
      if peek() == UInt8(ascii: "}") { return try take("}") }
      try take(",")
    }
  }

  /// Calls `element` where each element begins; it must read the value.
  mutating func array(
    _ element: (inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    try take("[")
    if peek() == UInt8(ascii: "]") { return try take("]") }
    while true {
      try element(&self)
      if peek() == UInt8(ascii: "]") { return try take("]") }
      try take(",")
    }
  }

  /// A whole number that is not negative.
  mutating func size() throws(JSONError) -> Int {
    _ = peek()
    let start = position
    guard case .integer(let value) = try number(), value >= 0 else {
      throw JSONError(byte: start, expected: "a whole number from 0 to 2⁶³ − 1")
    }
    return value
  }

  mutating func string() throws(JSONError) -> String {
    try take("\"")
    var text: [UInt8] = []
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw JSONError(byte: start, expected: "text in UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): text += String(try escape()).utf8
      case 0..<0x20:
        position -= 1
        throw missing("text without control characters")
      default: text.append(byte)
      }
    }
    throw missing("a closing quote")
  }

  /// Any value.
  mutating func value(depth: Int = 0) throws(JSONError) -> JSON {
    let next = peek()
    guard depth < 64 else { throw missing("nesting of at most 64 levels") }
    switch next {
    case UInt8(ascii: "{"):
      var members: [String: JSON] = [:]
      try object { (reader, name) throws(JSONError) in
        members[name] = try reader.value(depth: depth + 1)
      }
      return .object(members)
    case UInt8(ascii: "["):
      var elements: [JSON] = []
      try array { (reader) throws(JSONError) in
        elements.append(try reader.value(depth: depth + 1))
      }
      return .array(elements)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  /// The error that something is missing here.
  func missing(_ what: String) -> JSONError { JSONError(byte: position, expected: what) }

  private mutating func take(_ character: Unicode.Scalar) throws(JSONError) {
    guard peek() == UInt8(ascii: character) else { throw missing("'\(character)'") }
    position += 1
  }

  private mutating func word(_ word: String, _ value: JSON) throws(JSONError) -> JSON {
    guard bytes[position...].starts(with: word.utf8) else { throw missing("a value") }
    position += word.utf8.count
    return value
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    guard position < bytes.count else { throw missing("a character after '\\'") }
    position += 1
    switch bytes[position - 1] {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let high = try unit()
      if let scalar = Unicode.Scalar(high) { return scalar }
      guard high < 0xDC00, bytes[position...].starts(with: [0x5C, 0x75]) else {
        throw missing("the second half of a character")
      }
      position += 2
      let low = try unit()
      guard 0xDC00...0xDFFF ~= low,
        let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
      else { throw missing("the second half of a character") }
      return scalar
    default:
      position -= 1
      throw missing("a known character after '\\'")
    }
  }

  private mutating func unit() throws(JSONError) -> UInt32 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, !digits.contains(UInt8(ascii: "+")),
      let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw missing("four hexadecimal digits") }
    position += 4
    return unit
  }

  private mutating func number() throws(JSONError) -> JSON {
    _ = peek()
    let start = position
    skip("-")
    if !skip("0") { guard digits() else { throw missing("a value") } }
    var isWhole = true
    if skip(".") {
      isWhole = false
      guard digits() else { throw missing("a digit") }
    }
    if skip("e") || skip("E") {
      isWhole = false
      if !skip("-") { skip("+") }
      guard digits() else { throw missing("a digit") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, text != "-0", let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else {
      throw JSONError(byte: start, expected: "a smaller number")
    }
    return .number(value)
  }

  @discardableResult
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func digits() -> Bool {
    let start = position
    while position < bytes.count, 0x30...0x39 ~= bytes[position] { position += 1 }
    return position > start
  }
}
