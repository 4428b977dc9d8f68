import CHDF5
import Foundation

/// What a file says of an object, looked at before HDF5 is: version 1.10 copies as many bytes as a
/// fill value, a compact dataset or an attribute claims, whether or not its message has them, and
/// reads a group's names from wherever their heap is said to be.
///
/// Source: HDF5 File Format Specification 3.0, section IV.A, for addresses of eight bytes.
struct ObjectHeader {
  private let source: HDF5Source
  private let base: Int
  /// Stretches of messages that are still to be looked at.
  private var waiting: [Range<Int>] = []
  private var isNew = false
  private var countsCreations = false

  /// Nil where the file's addresses are not of eight bytes, as all that are met are.
  init?(_ source: HDF5Source) {
    self.source = source
    var base: UInt64 = 0
    // Safety: there is a place for the number.
    guard withLibrary({ unsafe eosin_hdf5_has_usual_sizes(source.handle.id, &base) != 0 }),
      let base = Int(exactly: base)
    else { return nil }
    self.base = base
  }

  /// Whether the header of what a path leads to, from a place in the file, is sound.
  static func isSound(_ path: String, from place: HDF5Handle, in source: HDF5Source) -> Bool {
    let address = withLibrary { unsafe eosin_hdf5_address(place.id, path) }
    guard var header = ObjectHeader(source), let address = Int(exactly: address) else {
      return false
    }
    return header.isSound(at: address)
  }

  /// Whether the messages of the header at an address hold what they claim.
  mutating func isSound(at address: Int) -> Bool {
    let (place, overflows) = address.addingReportingOverflow(base)
    guard address >= 0, !overflows, source.byteCount - place >= 16,
      let head = bytes(address..<address + min(40, source.byteCount - place))
    else { return false }
    if head.starts(with: Array("OHDR".utf8)) {
      let flags = head[5]
      let start = 6 + (flags & 0x20 == 0 ? 0 : 16) + (flags & 0x10 == 0 ? 0 : 4)
      let width = 1 << Int(flags & 3)
      guard let size = number(head, start, width) else { return false }
      isNew = true
      countsCreations = flags & 4 != 0
      take(address + start + width, size)
    } else {
      guard head[0] == 1, let size = number(head, 8, 4) else { return false }
      take(address + 16, size)
    }
    // As many stretches as no header has.
    for _ in 0..<4096 {
      guard let stretch = waiting.popLast() else { return true }
      guard let bytes = bytes(stretch), areSound(bytes) else { return false }
    }
    return false
  }

  private mutating func take(_ start: Int, _ size: Int) {
    let (end, overflows) = start.addingReportingOverflow(size)
    waiting.append(start..<(overflows ? Int.max : end))
  }

  private mutating func areSound(_ stretch: [UInt8]) -> Bool {
    let headSize = isNew ? (countsCreations ? 6 : 4) : 8
    var place = 0
    while stretch.count - place >= headSize {
      let type = Int(stretch[place]) | (isNew ? 0 : Int(stretch[place + 1]) << 8)
      let sizePlace = place + (isNew ? 1 : 2)
      let size = Int(stretch[sizePlace]) | Int(stretch[sizePlace + 1]) << 8
      let flags = stretch[place + (isNew ? 3 : 4)]
      place += headSize
      guard size <= stretch.count - place else { return false }
      let message = Array(stretch[place..<place + size])
      // Types may be shared, as named types are; nothing else is by those who write such files, and
      // what is shared lies where it is not looked at.
      guard flags & 2 != 0 ? type == 0x03 : isSound(message, type) else { return false }
      place += size
    }
    return true
  }

  private mutating func isSound(_ message: [UInt8], _ type: Int) -> Bool {
    switch type {
    case 0x01: return countOfSpace(message) != nil
    case 0x03: return TypeMessage(bytes: message).end(from: 0) != nil
    case 0x04: return number(message, 0, 4).map { $0 <= message.count - 4 } ?? false
    case 0x05: return isSoundFill(message)
    case 0x08: return isSoundLayout(message)
    case 0x0C: return isSoundAttribute(message)
    case 0x10:
      guard let start = number(message, 0, 8), let size = number(message, 8, 8) else {
        return false
      }
      if isNew {
        // A signature before, a checksum behind.
        guard size >= 8, start <= Int.max - 4 else { return false }
        take(start + 4, size - 8)
      } else {
        take(start, size)
      }
      return true
    case 0x11:
      guard let table = number(message, 0, 8), let heap = number(message, 8, 8) else {
        return false
      }
      return isSoundHeap(at: heap) && isSoundTree(at: table)
    default: return true
    }
  }

  /// Whether the nodes of a group's tree lie in the file: a signature, two bytes of what and how deep it
  /// is, the number of children, two neighbours, then a key before each child.
  private func isSoundTree(at root: Int) -> Bool {
    var waiting = [root]
    var seen = 0
    while let address = waiting.popLast() {
      seen += 1
      // As many nodes as no file has that is read here.
      guard seen < 1 << 16, address <= source.byteCount, let head = bytes(address..<address + 24),
        head.starts(with: Array("TREE\0".utf8)), let count = number(head, 6, 2),
        let children = bytes(address + 24..<address + 24 + 16 * count)
      else { return false }
      for child in 0..<count {
        guard let place = number(children, 16 * child + 8, 8), place < source.byteCount - base
        else { return false }
        if head[5] > 0 { waiting.append(place) }
      }
    }
    return true
  }

  /// Whether a group's names lie in the file: a signature, a version and three bytes of nothing, then
  /// the names' size, where those begin that are free, and the names' address.
  private func isSoundHeap(at address: Int) -> Bool {
    guard address <= source.byteCount, let head = bytes(address..<address + 32),
      head.starts(with: Array("HEAP".utf8)), let size = number(head, 8, 8),
      let names = number(head, 24, 8)
    else { return false }
    let (end, overflows) = names.addingReportingOverflow(size)
    return !overflows && end <= source.byteCount - base
  }

  /// Of a compact dataset, whether it has what it claims; of chunks, whether each side has a length.
  private func isSoundLayout(_ message: [UInt8]) -> Bool {
    guard message.count >= 5 else { return false }
    let version = message[0]
    // Before version 3 the sides' number is before the class, and a compact one's size behind them.
    let (kind, rank) = version >= 3 ? (message[1], 2) : (message[2], 1)
    switch kind {
    case 0:
      return version >= 3
        ? holds(message, sizeAt: 2, 2) : holds(message, sizeAt: 8 + 4 * Int(message[1]), 4)
    case 2:
      // Flags before the number of sides, and the width of a length behind.
      let isNew = version >= 4
      let sides = Int(message[isNew ? 3 : rank])
      let width = isNew ? Int(message[4]) : 4
      let start = isNew ? 5 : version == 3 ? 11 : 16
      guard 1...8 ~= width, sides > 0 else { return false }
      return (0..<sides).allSatisfy { number(message, start + $0 * width, width) ?? 0 > 0 }
    default: return true
    }
  }

  private func isSoundFill(_ message: [UInt8]) -> Bool {
    guard message.count >= 2 else { return false }
    if message[0] >= 3 { return message[1] & 0x20 == 0 || holds(message, sizeAt: 2, 4) }
    guard message.count >= 4 else { return false }
    return (message[0] > 1 && message[3] == 0) || holds(message, sizeAt: 4, 4)
  }

  /// Name, type and space one after the other, each of its own length, then the values.
  private func isSoundAttribute(_ message: [UInt8]) -> Bool {
    guard message.count >= 8, let nameSize = number(message, 2, 2),
      let typeSize = number(message, 4, 2), let spaceSize = number(message, 6, 2)
    else { return false }
    let isFirst = message[0] == 1
    let name = message[0] >= 3 ? 9 : 8
    let type = name + (isFirst ? (nameSize + 7) / 8 * 8 : nameSize)
    let space = type + (isFirst ? (typeSize + 7) / 8 * 8 : typeSize)
    let values = space + (isFirst ? (spaceSize + 7) / 8 * 8 : spaceSize)
    // One zero ends the name, and no earlier.
    guard 1...3 ~= message[0], values <= message.count, nameSize > 0,
      message[name..<name + nameSize].firstIndex(of: 0) == name + nameSize - 1
    else { return false }
    // A shared type or space lies elsewhere, where it is not looked at; nobody met has such.
    guard message[0] == 1 || message[1] & 3 == 0,
      TypeMessage(bytes: Array(message[type..<min(type + typeSize, message.count)]))
        .end(from: 0) != nil
    else { return false }
    guard let element = number(message, type + 4, 4),
      let count = countOfSpace(Array(message[space..<min(space + spaceSize, message.count)]))
    else { return false }
    let (size, overflows) = count.multipliedReportingOverflow(by: element)
    return !overflows && size <= message.count - values
  }

  /// How many elements a space has; nil where its description is not whole.
  private func countOfSpace(_ space: [UInt8]) -> Int? {
    guard space.count >= 4, 1...2 ~= space[0], space[1] <= 32 else { return nil }
    let isFirst = space[0] == 1
    guard isFirst || space[3] <= 2 else { return nil }
    var count = !isFirst && space[3] == 2 ? 0 : 1  // a space without values
    let (rank, dimensions) = (Int(space[1]), isFirst ? 8 : 4)
    // The greatest lengths, where there are any, are behind the lengths.
    guard space.count >= dimensions + 8 * rank * (space[2] & 1 == 0 ? 1 : 2) else { return nil }
    for side in 0..<rank {
      guard let length = number(space, dimensions + 8 * side, 8) else { return nil }
      let (product, overflows) = count.multipliedReportingOverflow(by: length)
      guard !overflows else { return nil }
      count = product
    }
    return count
  }

  /// Whether as many bytes follow a size as it says; −1 is none.
  private func holds(_ message: [UInt8], sizeAt place: Int, _ width: Int) -> Bool {
    guard let size = number(message, place, width) else { return false }
    return size <= message.count - place - width || (width == 4 && size == UInt32.max)
  }

  /// A little-endian number; nil where it is not there or too large.
  private func number(_ bytes: [UInt8], _ place: Int, _ width: Int) -> Int? {
    guard place >= 0, place <= bytes.count - width else { return nil }
    let value = bytes[place..<place + width].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    return Int(exactly: value)
  }

  /// Bytes of the file; nil where it does not have them.
  private func bytes(_ range: Range<Int>) -> [UInt8]? {
    let (start, overflows) = range.lowerBound.addingReportingOverflow(base)
    guard !overflows, start >= 0, start <= source.byteCount,
      range.count <= source.byteCount - start
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: range.count)
    // Safety: no more bytes are asked for than there is room for.
    let got = unsafe pread(source.descriptor, &bytes, bytes.count, start)
    return got == bytes.count ? bytes : nil
  }
}
