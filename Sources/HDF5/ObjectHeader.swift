import CHDF5
import Foundation

/// What a file says of an object, looked at before HDF5 is: version 1.10 copies as many bytes as a
/// fill value, a compact dataset or an attribute claims, whether or not its message has them, and
/// reads a group's names from wherever their heap is said to be.
///
/// Source: HDF5 File Format Specification 3.0, section IV.A, for addresses of eight bytes.
struct ObjectHeader {
  private let bytes: AddressedBytes
  /// Stretches of messages that are still to be looked at.
  private var waiting: [Range<Int>] = []
  private var isNew = false
  private var countsCreations = false
  private var sizes = Sizes()

  /// What the messages of one header say of the same.
  private struct Sizes {
    /// The bytes of an element, as its type has it; nil where that lies elsewhere.
    var element: Int?
    /// The sides of a chunk, the last one the bytes of an element.
    var chunk: [Int] = []
    /// The number of a dataset's sides.
    var rank: Int?
    /// The bytes of a fill value.
    var fill: Int?

    /// HDF5 copies as much as one says out of what another has made room for.
    var agree: Bool {
      if let last = chunk.last, last != element || chunk.count - 1 != rank { return false }
      return fill == nil || element == nil || fill == element
    }
  }

  /// Looks at headers of a file whose addresses are of eight bytes.
  init(_ bytes: AddressedBytes) { self.bytes = bytes }

  /// Whether the header of what a path leads to, from a place in the file, is sound.
  static func isSound(_ path: String, from place: HDF5Handle, in source: HDF5Source) -> Bool {
    let address = withLibrary { unsafe eosin_hdf5_address(place.id, path) }
    guard let address = Int(exactly: address) else { return false }
    if source.soundHeaders.withLock({ $0.contains(address) }) { return true }
    var header = ObjectHeader(source.bytes)
    guard header.isSound(at: address) else { return false }
    source.soundHeaders.withLock { _ = $0.insert(address) }
    return true
  }

  /// Whether the messages of the header at an address hold what they claim.
  mutating func isSound(at address: Int) -> Bool {
    guard 0..<bytes.byteCount - bytes.base ~= address,
      let head = bytes(address..<min(address + 40, bytes.byteCount - bytes.base)),
      head.count >= 16
    else { return false }
    waiting = []
    (isNew, countsCreations, sizes) = (false, false, Sizes())
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
      guard let stretch = waiting.popLast() else { return sizes.agree }
      guard let messages = bytes(stretch), areSound(messages) else { return false }
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
    case 0x01:
      sizes.rank = message.count > 1 ? Int(message[1]) : nil
      return countOfSpace(message) != nil
    case 0x03:
      sizes.element = number(message, 4, 4)
      return TypeMessage(bytes: message).end(from: 0) != nil
    case 0x04: return takeFill(message, sizeAt: 0)
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
      return isSoundGroup(tree: table, heap: heap)
    default: return true
    }
  }

  /// Whether the names of a group's links, and the tree that leads to the links, lie in the file.
  func isSoundGroup(tree: Int, heap: Int) -> Bool {
    isSoundHeap(at: heap) && isSoundTree(at: tree)
  }

  /// Whether the nodes of a group's tree lie in the file: a signature, two bytes of what and how deep it
  /// is, the number of children, two neighbours, then a key before each child.
  private func isSoundTree(at root: Int) -> Bool {
    var waiting = [root]
    var seen = 0
    while let address = waiting.popLast() {
      seen += 1
      // As many nodes as no file has that is read here.
      guard seen < 1 << 16, address <= bytes.byteCount, let head = bytes(address..<address + 24),
        head.starts(with: Array("TREE\0".utf8)), let count = number(head, 6, 2),
        let children = bytes(address + 24..<address + 24 + 16 * count)
      else { return false }
      for child in 0..<count {
        guard let place = number(children, 16 * child + 8, 8), place < bytes.byteCount - bytes.base
        else { return false }
        if head[5] > 0 { waiting.append(place) }
      }
    }
    return true
  }

  /// Whether a group's names lie in the file: a signature, a version and three bytes of nothing, then
  /// the names' size, where the first free stretch of them begins, and the names' address.
  private func isSoundHeap(at address: Int) -> Bool {
    guard address <= bytes.byteCount, let head = bytes(address..<address + 32),
      head.starts(with: Array("HEAP".utf8)), let size = number(head, 8, 8),
      let free = number(head, 16, 8), let names = number(head, 24, 8)
    else { return false }
    let (end, overflows) = names.addingReportingOverflow(size)
    return !overflows && end <= bytes.byteCount - bytes.base
      && hasEnd(freeFrom: free, of: names..<end)
  }

  /// Whether the free stretches among a group's names end: each begins with where the next one is, 1
  /// for none, and its own length.
  private func hasEnd(freeFrom first: Int, of names: Range<Int>) -> Bool {
    var free = first
    // None has less than 16 bytes.
    for _ in 0...names.count / 16 {
      if free == 1 { return true }
      guard free <= names.count - 16,
        let head = bytes(names.lowerBound + free..<names.lowerBound + free + 16),
        let next = number(head, 0, 8)
      else { return false }
      free = next
    }
    return false
  }

  /// Of a compact dataset, whether it has what it claims; of chunks, whether each side has a length.
  private mutating func isSoundLayout(_ message: [UInt8]) -> Bool {
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
      sizes.chunk = (0..<sides).map { number(message, start + $0 * width, width) ?? 0 }
      return sizes.chunk.allSatisfy { $0 > 0 }
    default: return true
    }
  }

  private mutating func isSoundFill(_ message: [UInt8]) -> Bool {
    guard message.count >= 2 else { return false }
    if message[0] >= 3 { return message[1] & 0x20 == 0 || takeFill(message, sizeAt: 2) }
    guard message.count >= 4 else { return false }
    return (message[0] > 1 && message[3] == 0) || takeFill(message, sizeAt: 4)
  }

  /// Whether a fill value follows its size; none has a size of 0, or of −1.
  private mutating func takeFill(_ message: [UInt8], sizeAt place: Int) -> Bool {
    guard let size = number(message, place, 4) else { return false }
    if size > 0, size != UInt32.max { sizes.fill = size }
    return holds(message, sizeAt: place, 4)
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
}
