/// The column that the next entry is likely to have, that of the last one, as its text.
///
/// Whether it is this column is foreseen by the processor, where its length otherwise has to be
/// found before the next number can be looked at.
struct ExpectedColumn {
  /// From 0.
  private(set) var index: UInt32 = 0
  /// Its digits and a blank behind them in the low bytes.
  private var text: UInt64 = 0
  /// Which bytes these are; at first all, which no text of digits is.
  private var mask: UInt64 = .max
  private var length = 0

  init() {}

  /// - Parameter column: its number, from 1.
  init(_ column: Int) {
    let digits = Array(String(column).utf8)
    guard column > 0, digits.count < 8 else { return }
    index = UInt32(column - 1)
    length = digits.count
    text = (digits + [32]).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    mask = .max >> UInt64(8 * (7 - length))
  }

  /// Moves past a line like `12 345 6`, with this column, one blank between numbers and a count of
  /// one digit; nil, perhaps in its midst, where the line is otherwise.
  @inline(__always)
  func entry(
    _ bytes: UnsafePointer<UInt8>, _ position: inout Int, _ end: Int
  ) -> (index: Int, value: Float)? {
    // Safety: a line is looked at up to 7 + 1 + 8 + 2 bytes from its start, and 32 are there.
    guard end &- position >= 32 else { return nil }
    let raw = UnsafeRawPointer(bytes)
    let first = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
    let (row, rowLength) = leadingDigits(UInt64(littleEndian: first))
    position &+= rowLength
    guard rowLength > 0, rowLength < 8, row > 0, bytes[position] == 32 else { return nil }
    let second = raw.loadUnaligned(fromByteOffset: position &+ 1, as: UInt64.self)
    guard UInt64(littleEndian: second) & mask == text else { return nil }
    position &+= length &+ 4
    let digit = bytes[position &- 2] &- 48
    guard digit <= 9, bytes[position &- 1] == newline else { return nil }
    return (row &- 1, Float(digit))
  }
}

// Safety, of the two below: `position` is below `end` wherever a byte is read, and `end` is at most
// where the text ends.

/// The digits at the position, after blanks, with a blank or a line's end behind them; -1 where
/// there are none, or more than 18. Moves past them.
@inline(__always)
func wholeNumber(
  _ bytes: UnsafePointer<UInt8>, _ position: inout Int, _ end: Int
) -> Int {
  while position < end, bytes[position] == 32 || bytes[position] == tab { position &+= 1 }
  if end &- position >= 8 {
    let word = UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: position, as: UInt64.self)
    let (value, length) = leadingDigits(UInt64(littleEndian: word))
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
func leadingDigits(_ word: UInt64) -> (value: Int, length: Int) {
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
func lineEnds(in bytes: UnsafeRawBufferPointer) -> Int {
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
func passLineEnd(_ bytes: UnsafePointer<UInt8>, _ position: inout Int, _ end: Int) -> Bool {
  while position < end {
    let byte = bytes[position]
    position &+= 1
    if byte == newline { return true }
    guard byte == 32 || byte == tab || byte == carriageReturn else { return false }
  }
  return true
}
