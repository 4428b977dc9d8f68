import Foundation

/// The UUID that follows from a text: the same text gives the same.
///
/// The bytes are its 128-bit FNV-1a hash, marked as version 8 of RFC 9562, whose making is the
/// program's own.
func stableUUID(_ text: String) -> UUID {
  var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
  for byte in text.utf8 {
    hash ^= UInt128(byte)
    hash &*= 0x0100_0000_0000_0000_0000_013B
  }
  var bytes = (0..<16).map { UInt8(truncatingIfNeeded: hash >> UInt128(8 * (15 - $0))) }
  bytes[6] = bytes[6] & 0x0F | 0x80
  bytes[8] = bytes[8] & 0x3F | 0x80
  return bytes.withUnsafeBytes { UUID(uuid: $0.load(as: uuid_t.self)) }
}
