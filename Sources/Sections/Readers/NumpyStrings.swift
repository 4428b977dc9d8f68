import Foundation

let numpyMagic: [UInt8] = [0x93] + Array("NUMPY".utf8)

/// The strings of a one-dimensional `.npy` array: fixed-width text (`<U9`, `|S9`) or objects.
///
/// Source: NumPy's format description, versions 1 to 3.
func numpyStrings(_ bytes: [UInt8], from url: URL) throws(SectionError) -> [String] {
  func refused(_ found: String) -> SectionError {
    SectionError(
      file: url, problem: "\(found). Save a one-dimensional array of gene symbols, or text.")
  }
  guard bytes.count >= 12 else { throw refused("ends within its header") }
  let sizeBytes = bytes[6] == 1 ? 2 : 4
  let length = bytes[8..<8 + sizeBytes].reversed().reduce(0) { $0 << 8 | Int($1) }
  let start = 8 + sizeBytes + length
  guard start <= bytes.count else { throw refused("ends within its header") }
  // NumPy's own limit.
  guard length <= 10_000 else { throw refused("has a header of \(length) bytes") }
  let header = String(decoding: bytes[8 + sizeBytes..<start], as: UTF8.self)
  guard let kind = header.firstMatch(of: /'descr': *'([^']*)'/)?.1,
    let count = header.firstMatch(of: /'shape': *\( *(\d+) *(?:, *)?\)/).flatMap({ Int($0.1) })
  else { throw refused("is not a plain list") }
  let body = bytes[start...]
  if kind == "|O" {
    guard let strings = pickledStrings(Array(body)), strings.count == count else {
      throw refused("holds objects other than a list of strings; they are not read")
    }
    return strings
  }
  guard let letter = kind.dropFirst().first, let width = Int(kind.dropFirst(2)),
    letter == "U" || letter == "S", width > 0, width < 1 << 16
  else { throw refused("holds \(quoted(kind)) values, not text") }
  let size = letter == "U" ? width * 4 : width
  guard body.count / size == count, body.count % size == 0 else {
    throw refused("holds \(body.count) bytes, not \(counted(count, "string")) of \(size)")
  }
  return (0..<count).map { index in
    let cell = body.dropFirst(index * size).prefix(size)
    return letter == "U"
      ? codePoints(Array(cell), isLittleEndian: kind.first != ">")
      : String(decoding: cell.prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// UTF-32 text up to its first zero.
private func codePoints(_ bytes: [UInt8], isLittleEndian: Bool) -> String {
  var text = String.UnicodeScalarView()
  for start in stride(from: 0, to: bytes.count, by: 4) {
    let four = bytes[start..<start + 4]
    let value = (isLittleEndian ? Array(four.reversed()) : Array(four))
      .reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
    guard value != 0 else { break }
    text.append(Unicode.Scalar(value) ?? "\u{FFFD}")
  }
  return String(text)
}

/// The strings of a pickled NumPy object array, or nil for a pickle of anything else.
///
/// Knows the opcodes such an array is made of. The functions and classes a pickle names are
/// compared with the four that rebuild an array and never looked up; calling one leaves an empty
/// object. Whatever else the pickle says ends the reading.
func pickledStrings(_ bytes: [UInt8]) -> [String]? {
  var parser = PickleParser(bytes: bytes)
  guard case .array(let strings) = parser.run() else { return nil }
  return strings
}

private struct PickleParser {
  enum Value {
    case string(String), name(String), tuple([Value]), list, inert, array([String]), mark
  }

  /// The names NumPy's own arrays are pickled with, before and since version 2.
  private static let knownNames: Set<String> = [
    "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct",
    "numpy.ndarray", "numpy.dtype",
  ]

  let bytes: [UInt8]
  var position = 0
  var stack: [Value] = []
  var memo: [Int: Value] = [:]
  /// The strings appended to the one list there is.
  var strings: [String] = []
  var hasList = false
  /// A list of strings takes a handful; more could only nest without end.
  var tuplesLeft = 32

  /// The pickle's value, or nil at the first thing that does not belong.
  mutating func run() -> Value? {
    while let code = next(1)?.first {
      if code == UInt8(ascii: ".") { return stack.count == 1 ? stack[0] : nil }
      guard step(code) else { return nil }
    }
    return nil
  }

  private mutating func step(_ code: UInt8) -> Bool {
    switch code {
    case 0x80: return next(1) != nil  // PROTO
    case 0x95: return next(8) != nil  // FRAME
    case 0x4B: return skip(1)  // BININT1
    case 0x4D: return skip(2)  // BININT2
    case 0x4A: return skip(4)  // BININT
    case 0x4E, 0x88, 0x89: return push(.inert)  // NONE, NEWTRUE, NEWFALSE
    case 0x43: return skip(integer(1))  // SHORT_BINBYTES
    case 0x8C: return text(integer(1))  // SHORT_BINUNICODE
    case 0x58: return text(integer(4))  // BINUNICODE
    case 0x63: return global()  // GLOBAL
    case 0x93: return stackGlobal()  // STACK_GLOBAL
    case 0x71: return remember(integer(1))  // BINPUT
    case 0x72: return remember(integer(4))  // LONG_BINPUT
    case 0x94: return remember(memo.count)  // MEMOIZE
    case 0x68: return recall(integer(1))  // BINGET
    case 0x6A: return recall(integer(4))  // LONG_BINGET
    case 0x28: return push(.mark)  // MARK
    case 0x29: return push(.tuple([]))  // EMPTY_TUPLE
    case 0x85: return tuple(1)  // TUPLE1
    case 0x86: return tuple(2)  // TUPLE2
    case 0x87: return tuple(3)  // TUPLE3
    case 0x74: return tuple(markedCount(), dropsMark: true)  // TUPLE
    case 0x5D: return emptyList()  // EMPTY_LIST
    case 0x61: return append(1)  // APPEND
    case 0x65: return append(markedCount(), dropsMark: true)  // APPENDS
    case 0x52: return reduce()  // REDUCE
    case 0x62: return build()  // BUILD
    default: return false
    }
  }

  private mutating func next(_ count: Int) -> ArraySlice<UInt8>? {
    guard count <= bytes.count - position else { return nil }
    position += count
    return bytes[position - count..<position]
  }

  private mutating func integer(_ size: Int) -> Int? {
    next(size)?.reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private mutating func push(_ value: Value) -> Bool {
    stack.append(value)
    return true
  }

  /// A value that is never looked at.
  private mutating func skip(_ count: Int?) -> Bool {
    guard let count, next(count) != nil else { return false }
    return push(.inert)
  }

  private mutating func text(_ count: Int?) -> Bool {
    guard let count, let characters = next(count) else { return false }
    return push(.string(String(decoding: characters, as: UTF8.self)))
  }

  private mutating func global() -> Bool {
    let lines = bytes[position...].prefix(200).split(
      separator: newline, maxSplits: 2, omittingEmptySubsequences: false)
    guard lines.count == 3 else { return false }
    position = lines[2].startIndex
    return pushName(
      String(decoding: lines[0], as: UTF8.self), String(decoding: lines[1], as: UTF8.self))
  }

  private mutating func stackGlobal() -> Bool {
    guard case .string(let name)? = stack.popLast(), case .string(let module)? = stack.popLast()
    else { return false }
    return pushName(module, name)
  }

  private mutating func pushName(_ module: String, _ name: String) -> Bool {
    let full = "\(module).\(name)"
    return Self.knownNames.contains(full) && push(.name(full))
  }

  private mutating func remember(_ key: Int?) -> Bool {
    guard let key, let top = stack.last else { return false }
    memo[key] = top
    return true
  }

  private mutating func recall(_ key: Int?) -> Bool {
    guard let key, let value = memo[key] else { return false }
    return push(value)
  }

  /// How many values lie above the last mark.
  private func markedCount() -> Int? {
    let mark = stack.lastIndex { if case .mark = $0 { true } else { false } }
    return mark.map { stack.count - 1 - $0 }
  }

  private mutating func take(_ count: Int?, dropsMark: Bool) -> [Value]? {
    guard let count, stack.count >= count + (dropsMark ? 1 : 0) else { return nil }
    let values = Array(stack.suffix(count))
    stack.removeLast(count + (dropsMark ? 1 : 0))
    return values
  }

  private mutating func tuple(_ count: Int?, dropsMark: Bool = false) -> Bool {
    tuplesLeft -= 1
    guard tuplesLeft >= 0, let values = take(count, dropsMark: dropsMark) else { return false }
    return push(.tuple(values))
  }

  private mutating func emptyList() -> Bool {
    defer { hasList = true }
    return !hasList && push(.list)
  }

  private mutating func append(_ count: Int?, dropsMark: Bool = false) -> Bool {
    guard let values = take(count, dropsMark: dropsMark), case .list? = stack.last else {
      return false
    }
    for value in values {
      guard case .string(let string) = value else { return false }
      strings.append(string)
    }
    return true
  }

  /// Calls nothing: what a known name would make is an object nobody looks into.
  private mutating func reduce() -> Bool {
    guard case .tuple? = stack.popLast(), case .name? = stack.popLast() else { return false }
    return push(.inert)
  }

  /// Gives an object its state; the state that ends in the list makes the array.
  private mutating func build() -> Bool {
    guard case .tuple(let state)? = stack.popLast(), case .inert? = stack.popLast() else {
      return false
    }
    if case .list? = state.last { return push(.array(strings)) }
    return push(.inert)
  }
}
