/// How long the description of a type is, told by its own words and within the bytes there are.
///
/// HDF5 1.10 copies as many values of an enumeration as its description claims, whether or not they
/// are there.
///
/// Source: HDF5 File Format Specification 3.0, section IV.A.2.d.
struct TypeMessage {
  let bytes: [UInt8]

  /// The place behind a description that begins at a place; nil where it is not whole.
  func end(from start: Int, depth: Int = 0) -> Int? {
    guard depth < 32, start >= 0, start <= bytes.count - 8 else { return nil }
    let version = bytes[start] >> 4
    let members = Int(bytes[start + 1]) | Int(bytes[start + 2]) << 8
    let size = (4..<8).reversed().reduce(0) { $0 << 8 | Int(bytes[start + $1]) }
    let body = start + 8
    let end: Int?
    switch bytes[start] & 0xF {
    case 0, 4: end = body + 4
    case 1: end = body + 12
    case 2: end = body + 2
    case 3, 7: end = body
    case 5: end = body + Int(bytes[start + 1])
    case 6: end = self.members(members, of: size, version, from: body, depth)
    case 8: end = enumeration(members, version, from: body, depth)
    // A length, an address and a number, whatever is said.
    case 9: end = size == 16 ? self.end(from: body, depth: depth + 1) : nil
    case 10: end = array(version, from: body, depth)
    default: end = nil
    }
    return end.flatMap { $0 <= bytes.count ? $0 : nil }
  }

  /// The fields of a table.
  private func members(
    _ count: Int, of size: Int, _ version: UInt8, from start: Int, _ depth: Int
  ) -> Int? {
    let widthOfOffset = version >= 3 ? (1...4).first { size >> (8 * $0) == 0 } ?? 4 : 4
    var place = start
    for _ in 0..<count {
      guard let name = endOfName(from: place, isPadded: version < 3) else { return nil }
      let type = name + widthOfOffset + (version == 1 ? 28 : 0)
      guard let end = end(from: type, depth: depth + 1) else { return nil }
      place = end
    }
    return place
  }

  /// The type of the values, their names, and the values.
  private func enumeration(
    _ count: Int, _ version: UInt8, from start: Int, _ depth: Int
  ) -> Int? {
    guard var place = end(from: start, depth: depth + 1) else { return nil }
    let width = (4..<8).reversed().reduce(0) { $0 << 8 | Int(bytes[start + $1]) }
    for _ in 0..<count {
      guard let end = endOfName(from: place, isPadded: version < 3) else { return nil }
      place = end
    }
    return place + count * width
  }

  private func array(_ version: UInt8, from start: Int, _ depth: Int) -> Int? {
    guard start < bytes.count else { return nil }
    let sides = Int(bytes[start])
    let element = version < 3 ? start + 4 + 8 * sides : start + 1 + 4 * sides
    return end(from: element, depth: depth + 1)
  }

  /// Behind a text's closing zero, and what fills it up to eight bytes.
  private func endOfName(from start: Int, isPadded: Bool) -> Int? {
    guard start <= bytes.count, let zero = bytes[start...].firstIndex(of: 0) else { return nil }
    let length = zero - start + 1
    return start + (isPadded ? (length + 7) / 8 * 8 : length)
  }
}
