import CSystem

/// Bytes on their way to the terminal, in memory that is kept from frame to frame.
///
/// Raw memory, as an array would be asked for each byte whether it is shared and long enough: a
/// third of the time of a frame.
// Safety: the memory belongs to the object alone and no pointer to it leaves its methods.
@safe final class ByteBuffer {
  private var memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 16)
  private var count = 0

  deinit { unsafe memory.deallocate() }

  var contents: [UInt8] { unsafe Array(memory[..<count]) }

  func removeAll() { count = 0 }

  /// Makes room; whoever appends has asked for at least as many bytes before.
  @inline(__always)
  func reserve(_ bytes: Int) {
    if unsafe count + bytes > memory.count { grow(to: 2 * (count + bytes)) }
  }

  private func grow(to capacity: Int) {
    let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: capacity)
    // Safety: `larger` is larger, and only the first `count` bytes were ever written.
    _ = unsafe larger.update(fromContentsOf: memory[..<count])
    unsafe memory.deallocate()
    unsafe memory = larger
  }

  func write(to descriptor: Int32) {
    // Safety: the first `count` bytes of `memory` were written, and it lives as long as `self`.
    if count > 0, let start = unsafe memory.baseAddress {
      _ = unsafe eosin_write(descriptor, start, count)
    }
  }

  @inline(__always)
  func append(byte: UInt8) {
    // Safety: `reserve` has made room; an unchecked build still checks in debug.
    unsafe memory[count] = byte
    count += 1
  }

  @inline(__always)
  func append(_ text: StaticString) {
    // Safety: a static string's UTF-8 lives for ever and is `utf8CodeUnitCount` long.
    for index in 0..<text.utf8CodeUnitCount { unsafe append(byte: text.utf8Start[index]) }
  }

  /// Decimal digits of a number from zero on.
  @inline(__always)
  func append(number: Int) {
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
  func append(scalar: UInt32) {
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
  func append(color: TerminalColor, base: Int) {
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
  func appendMove(column: Int, row: Int, from: Int) {
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
