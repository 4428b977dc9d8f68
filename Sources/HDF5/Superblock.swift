import Foundation

/// The bytes of a file at the addresses by which it speaks of them.
struct AddressedBytes: Sendable {
  /// The open file.
  let descriptor: Int32
  /// The file's size.
  let byteCount: Int
  /// Where addresses are counted from.
  let base: Int

  /// Bytes of the file; nil where it does not have them.
  func callAsFunction(_ range: Range<Int>) -> [UInt8]? {
    let (start, overflows) = range.lowerBound.addingReportingOverflow(base)
    guard !overflows, start >= 0, start <= byteCount, range.count <= byteCount - start else {
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: range.count)
    // Safety: no more bytes are asked for than there is room for.
    let got = unsafe pread(descriptor, &bytes, bytes.count, start)
    return got == bytes.count ? bytes : nil
  }
}

/// What a file says of itself before all else, looked at before HDF5 is: version 1.10 follows it to the
/// first group, wherever that is said to be.
///
/// Source: HDF5 File Format Specification 3.0, sections II.A, II.B and III.C.
struct Superblock {
  /// The file's bytes.
  let bytes: AddressedBytes
  /// Whether the file ends before it says.
  let isCutShort: Bool
  /// The headers and the group that are looked at when the file is opened; nil where it is damaged, or
  /// its addresses are not of eight bytes, as all that are met are.
  private let entry: Entry?

  private struct Entry {
    var headers: [Int]
    var group: (tree: Int, heap: Int)?
  }

  /// Looks for HDF5's signature at the file's start, or after a user block of 512 bytes or a power of
  /// two more; nil where it is at none of these.
  init?(_ descriptor: Int32, byteCount: Int) {
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    var base = 0
    while true {
      let bytes = AddressedBytes(descriptor: descriptor, byteCount: byteCount, base: base)
      guard let first = bytes(0..<8) else { return nil }
      if first == signature {
        self.bytes = bytes
        break
      }
      base = base == 0 ? 512 : 2 * base
    }
    let head = bytes(0..<min(128, byteCount - base)) ?? []
    let isNew = head.count > 8 && head[8] >= 2
    let end = number(head, isNew ? 28 : head.count > 8 && head[8] == 1 ? 44 : 40, 8)
    // Counted from the file's first byte, unlike addresses.
    isCutShort = end.map { $0 > byteCount } ?? false
    entry = isNew ? Self.newEntry(head) : Self.entry(head)
  }

  /// Whether what is looked at when the file is opened holds what it claims.
  var isSound: Bool {
    guard let entry else { return false }
    var header = ObjectHeader(bytes)
    return entry.headers.allSatisfy { header.isSound(at: $0) }
      && entry.group.map { header.isSoundGroup(tree: $0.tree, heap: $0.heap) } ?? true
  }

  /// Of versions 0 and 1: an entry of a group for the first one, which may hold what its header says.
  private static func entry(_ head: [UInt8]) -> Entry? {
    guard head.count > 14, head[13] == 8, head[14] == 8 else { return nil }
    let start = head[8] == 0 ? 24 : 28
    // No driver that spreads a file over several.
    guard isNowhere(head, start + 24), let header = number(head, start + 40, 8),
      let kind = number(head, start + 48, 4)
    else { return nil }
    guard kind == 1 else { return kind == 0 ? Entry(headers: [header]) : nil }
    guard let tree = number(head, start + 56, 8), let heap = number(head, start + 64, 8) else {
      return nil
    }
    return Entry(headers: [header], group: (tree, heap))
  }

  /// Of versions 2 and 3: the addresses of an extension, where there is one, and of the first group.
  private static func newEntry(_ head: [UInt8]) -> Entry? {
    guard head[8] <= 3, head.count >= 48, head[9] == 8, head[10] == 8,
      let root = number(head, 36, 8)
    else { return nil }
    if isNowhere(head, 20) { return Entry(headers: [root]) }
    return number(head, 20, 8).map { Entry(headers: [root, $0]) }
  }

  /// Whether an address is that of nothing.
  private static func isNowhere(_ head: [UInt8], _ place: Int) -> Bool {
    head.count >= place + 8 && head[place..<place + 8].allSatisfy { $0 == 0xFF }
  }
}

/// A little-endian number; nil where it is not there or too large.
func number(_ bytes: [UInt8], _ place: Int, _ width: Int) -> Int? {
  guard place >= 0, place <= bytes.count - width else { return nil }
  let value = bytes[place..<place + width].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
  return Int(exactly: value)
}
