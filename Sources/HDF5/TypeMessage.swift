/// How long the description of a type is, told by its own words and within the bytes there are.
///
/// HDF5 1.10 copies as many values of an enumeration as its description claims, each as long as it
/// claims, whether or not they are there, divides by the sizes of a table's fields, whether or not
/// they are 0, and follows null once it has refused the type of an attribute.
///
/// Source: HDF5 File Format Specification 3.0, section IV.A.2.d.
struct TypeMessage {
  let bytes: [UInt8]

  /// The place behind a description that begins at a place; nil where it is not whole.
  func end(from start: Int, depth: Int = 0) -> Int? {
    guard depth < 32, start >= 0, start <= bytes.count - 8 else { return nil }
    let version = bytes[start] >> 4
    let members = Int(bytes[start + 1]) | Int(bytes[start + 2]) << 8
    let size = size(at: start)
    guard 1...3 ~= version, size > 0 else { return nil }
    let body = start + 8
    let end: Int?
    switch bytes[start] & 0xF {
    case 0, 4: end = body + 4
    case 1: end = isSoundFloat(bytes[start + 1], version) ? body + 12 : nil
    case 2: end = body + 2
    case 3: end = body
    case 7: end = bytes[start + 1] & 0xF <= 1 ? body : nil
    case 5: end = body + Int(bytes[start + 1])
    case 6: end = self.members(members, of: size, version, from: body, depth)
    case 8: end = enumeration(members, of: size, version, from: body, depth)
    // A length, an address and a number, whatever is said.
    case 9: end = size == 16 ? self.end(from: body, depth: depth + 1) : nil
    case 10: end = array(of: size, version, from: body, depth)
    default: end = nil
    }
    return end.flatMap { $0 <= bytes.count ? $0 : nil }
  }

  /// Whether a float's bytes are in an order there is, and its mantissa is as one there is.
  private func isSoundFloat(_ bits: UInt8, _ version: UInt8) -> Bool {
    // The order of the VAX has both bits.
    let isOrder = version < 3 || bits & 0x40 == 0 || bits & 1 == 1
    return isOrder && bits >> 4 & 3 != 3
  }

  /// The bytes of a value of the type whose description begins at a place.
  private func size(at start: Int) -> Int { number(at: start + 4) }

  /// A number of some bytes, all of them there.
  private func number(at start: Int, of width: Int = 4) -> Int {
    (0..<width).reversed().reduce(0) { $0 << 8 | Int(bytes[start + $1]) }
  }

  /// The fields of a table, each within its rows.
  private func members(
    _ count: Int, of size: Int, _ version: UInt8, from start: Int, _ depth: Int
  ) -> Int? {
    guard count > 0 else { return nil }
    let widthOfOffset = version >= 3 ? (1...4).first { size >> (8 * $0) == 0 } ?? 4 : 4
    var place = start
    for _ in 0..<count {
      guard let name = endOfName(from: place, isPadded: version < 3) else { return nil }
      let type = name + widthOfOffset + (version == 1 ? 28 : 0)
      // The first version's fields may have up to four sides.
      guard version > 1 || (name + 4 < bytes.count && bytes[name + 4] <= 4) else { return nil }
      guard let end = end(from: type, depth: depth + 1),
        number(at: name, of: widthOfOffset) + self.size(at: type) <= size
      else { return nil }
      place = end
    }
    return place
  }

  /// The type of the values, their names, and the values.
  private func enumeration(
    _ count: Int, of size: Int, _ version: UInt8, from start: Int, _ depth: Int
  ) -> Int? {
    guard var place = end(from: start, depth: depth + 1), self.size(at: start) == size else {
      return nil
    }
    for _ in 0..<count {
      guard let end = endOfName(from: place, isPadded: version < 3) else { return nil }
      place = end
    }
    return place + count * size
  }

  /// Its sides, which make up its size, and the type of its elements.
  private func array(
    of size: Int, _ version: UInt8, from start: Int, _ depth: Int
  ) -> Int? {
    guard start < bytes.count else { return nil }
    let rank = Int(bytes[start])
    guard rank <= 32 else { return nil }
    let sides = start + (version < 3 ? 4 : 1)
    let element = sides + (version < 3 ? 8 : 4) * rank
    guard let end = end(from: element, depth: depth + 1) else { return nil }
    var whole = self.size(at: element)
    for side in 0..<rank {
      let (product, overflows) = whole.multipliedReportingOverflow(by: number(at: sides + 4 * side))
      guard !overflows else { return nil }
      whole = product
    }
    return whole == size ? end : nil
  }

  /// Behind a text's closing zero, and what fills it up to eight bytes.
  private func endOfName(from start: Int, isPadded: Bool) -> Int? {
    guard start <= bytes.count, let zero = bytes[start...].firstIndex(of: 0) else { return nil }
    let length = zero - start + 1
    return start + (isPadded ? (length + 7) / 8 * 8 : length)
  }
}
