/// The 64-bit xxHash of bytes that come piece by piece.
///
/// Tells files apart by chance collisions of one in 2⁶⁴; it is no protection against somebody who
/// makes two files of the same hash on purpose.
///
/// Source: xxHash's format description, XXH64 with seed 0.
struct XXHash64 {
  private static let primes: [UInt64] = [
    0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9,
    0x85EB_CA77_C2B2_AE63, 0x27D4_EB2F_1656_67C5,
  ]
  private static let blockSize = 32

  private var lanes: (UInt64, UInt64, UInt64, UInt64)
  /// Less than a block.
  private var rest: [UInt8] = []
  private var total: UInt64 = 0

  init() {
    let first = Self.primes[0]
    let second = Self.primes[1]
    lanes = (first &+ second, second, 0, 0 &- first)
  }

  /// Adds bytes after those that came before.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    total &+= UInt64(bytes.count)
    var position = 0
    if !rest.isEmpty {
      position = min(Self.blockSize - rest.count, bytes.count)
      // Safety: no more than there are.
      unsafe rest += bytes[..<position]
      guard rest.count == Self.blockSize else { return }
      // Safety: the pointer is used within the closure.
      unsafe rest.withUnsafeBytes { block in
        unsafe Self.mix(block, at: 0, into: &lanes)
      }
      rest.removeAll(keepingCapacity: true)
    }
    while position + Self.blockSize <= bytes.count {
      // Safety: a block lies within the bytes.
      unsafe Self.mix(bytes, at: position, into: &lanes)
      position += Self.blockSize
    }
    // Safety: the position is at most the count.
    unsafe rest += bytes[position...]
  }

  /// The hash of all bytes so far.
  var hash: UInt64 {
    let p = Self.primes
    var hash: UInt64
    if total >= UInt64(Self.blockSize) {
      hash =
        Self.rotated(lanes.0, 1) &+ Self.rotated(lanes.1, 7) &+ Self.rotated(lanes.2, 12)
        &+ Self.rotated(lanes.3, 18)
      for lane in [lanes.0, lanes.1, lanes.2, lanes.3] {
        hash = (hash ^ Self.round(0, lane)) &* p[0] &+ p[3]
      }
    } else {
      hash = p[4]
    }
    hash &+= total
    var tail = rest[...]
    while tail.count >= 8 {
      hash = Self.rotated(hash ^ Self.round(0, Self.number(tail.prefix(8))), 27) &* p[0] &+ p[3]
      tail = tail.dropFirst(8)
    }
    if tail.count >= 4 {
      hash = Self.rotated(hash ^ (Self.number(tail.prefix(4)) &* p[0]), 23) &* p[1] &+ p[2]
      tail = tail.dropFirst(4)
    }
    for byte in tail { hash = Self.rotated(hash ^ (UInt64(byte) &* p[4]), 11) &* p[0] }
    hash = (hash ^ (hash >> 33)) &* p[1]
    hash = (hash ^ (hash >> 29)) &* p[2]
    return hash ^ (hash >> 32)
  }

  private static func mix(
    _ bytes: UnsafeRawBufferPointer, at position: Int,
    into lanes: inout (UInt64, UInt64, UInt64, UInt64)
  ) {
    func lane(_ offset: Int) -> UInt64 {
      // Safety: the caller vouches for a whole block.
      UInt64(
        littleEndian: unsafe bytes.loadUnaligned(
          fromByteOffset: position + offset, as: UInt64.self))
    }
    lanes.0 = round(lanes.0, lane(0))
    lanes.1 = round(lanes.1, lane(8))
    lanes.2 = round(lanes.2, lane(16))
    lanes.3 = round(lanes.3, lane(24))
  }

  private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
    // Written out rather than taken from `primes`: this is the inner loop.
    rotated(lane &+ input &* 0xC2B2_AE3D_27D4_EB4F, 31) &* 0x9E37_79B1_85EB_CA87
  }

  private static func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 {
    value << bits | value >> (64 - bits)
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
