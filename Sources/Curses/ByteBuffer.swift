import CSystem

/// Bytes on their way to the terminal, in memory that is kept from frame to frame.
struct ByteBuffer {
  /// A move, a style, two colours and a character at their longest.
  static let mostPerCell = 80

  private var memory: [UInt8] = []
  private var count = 0

  var contents: [UInt8] { Array(memory[..<count]) }

  mutating func reset(capacity: Int) {
    if memory.count < capacity { memory = [UInt8](repeating: 0, count: capacity) }
    count = 0
  }

  func write(to descriptor: Int32) {
    guard count > 0 else { return }
    // Safety: `count` never exceeds the size of `memory`, which lives until the call returns.
    _ = unsafe eosin_write(descriptor, memory, count)
  }

  @inline(__always)
  mutating func append(byte: UInt8) {
    memory[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func append(_ text: StaticString) {
    // Safety: a static string's UTF-8 lives for ever and is `utf8CodeUnitCount` long.
    for index in 0..<text.utf8CodeUnitCount { unsafe append(byte: text.utf8Start[index]) }
  }

  /// Decimal digits of a number from zero on.
  @inline(__always)
  mutating func append(number: Int) {
    if number >= 1000 {
      for byte in String(number).utf8 { append(byte: byte) }
      return
    }
    if number >= 100 { append(byte: 0x30 + UInt8(truncatingIfNeeded: number / 100)) }
    if number >= 10 { append(byte: 0x30 + UInt8(truncatingIfNeeded: number / 10 % 10)) }
    append(byte: 0x30 + UInt8(truncatingIfNeeded: number % 10))
  }

  /// A character in UTF-8.
  @inline(__always)
  mutating func append(scalar: UInt32) {
    func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: scalar >> shift & 0x3F) }
    switch scalar {
    case 0..<0x80:
      append(byte: UInt8(truncatingIfNeeded: scalar))
    case 0x80..<0x800:
      append(byte: 0xC0 | UInt8(truncatingIfNeeded: scalar >> 6))
      append(byte: tail(0))
    case 0x800..<0x10000:
      append(byte: 0xE0 | UInt8(truncatingIfNeeded: scalar >> 12))
      append(byte: tail(6))
      append(byte: tail(0))
    default:
      append(byte: 0xF0 | UInt8(truncatingIfNeeded: scalar >> 18))
      append(byte: tail(12))
      append(byte: tail(6))
      append(byte: tail(0))
    }
  }

  /// The part of a colour sequence between `ESC [` and `m`; `base` is 30 for ink, 40 for ground.
  mutating func append(color: TerminalColor, base: Int) {
    if let rgb = color.rgb {
      append(number: base + 8)
      append(";2;")
      append(number: Int(rgb.red))
      append(byte: 0x3B)
      append(number: Int(rgb.green))
      append(byte: 0x3B)
      append(number: Int(rgb.blue))
      return
    }
    switch Int(color.number) {
    case ..<0: append(number: base + 9)
    case 0..<8: append(number: base + Int(color.number))
    case 8..<16: append(number: base + 60 + Int(color.number) - 8)
    default:
      append(number: base + 8)
      append(";5;")
      append(number: Int(color.number))
    }
  }

  /// Moves the cursor; `from` is its column when it is in the same row, else -1.
  mutating func appendMove(column: Int, row: Int, from: Int) {
    append("\u{1b}[")
    if from >= 0 {
      append(number: column - from)
      append("C")
    } else {
      append(number: row + 1)
      append(byte: 0x3B)
      append(number: column + 1)
      append("H")
    }
  }
}
