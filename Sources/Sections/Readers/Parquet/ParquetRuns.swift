/// Unpacks integers of a few bits from runs of equal ones and groups of eight side by side: the
/// specification's hybrid of run lengths and bit packing.
///
/// - Parameters:
///   - bytes: the runs, from their start; what follows the last one needed is not looked at.
///   - width: the bits of each integer, 0 to 32.
///   - count: how many integers there are.
func unpackRuns(
  _ bytes: ArraySlice<UInt8>, width: Int, count: Int
) throws(ParquetProblem) -> [UInt32] {
  guard (0...32).contains(width) else { throw .damaged("a page packs \(width) bits a value") }
  var values: [UInt32] = []
  values.reserveCapacity(count)
  var position = bytes.startIndex
  while values.count < count {
    let header = try runHeader(bytes, &position)
    let left = count - values.count
    if header & 1 == 0 {
      let size = (width + 7) / 8
      guard bytes.endIndex - position >= size else { throw .damaged("a page's runs end early") }
      let value = bytes[position..<position + size].reversed().reduce(0) { $0 << 8 | UInt32($1) }
      position += size
      values.append(contentsOf: repeatElement(value, count: min(left, header >> 1)))
    } else {
      let wanted = min(left, (header >> 1) * 8)
      guard bytes.endIndex - position >= (wanted * width + 7) / 8 else {
        throw .damaged("a page's runs end early")
      }
      unpackBits(bytes[position...], width: width, count: wanted, into: &values)
      // Groups are whole, though the last may have lost what nothing needs.
      position = min(bytes.endIndex, position + (header >> 1) * width)
    }
  }
  return values
}

/// A run's header: whether bits are packed in the lowest bit, the length above it.
private func runHeader(
  _ bytes: ArraySlice<UInt8>, _ position: inout Int
) throws(ParquetProblem) -> Int {
  var header = 0
  for shift in stride(from: 0, to: 35, by: 7) {
    guard position < bytes.endIndex else { throw .damaged("a page's runs end early") }
    let byte = bytes[position]
    position += 1
    header |= Int(byte & 127) << shift
    if byte < 128 { return header }
  }
  throw .damaged("the length of a page's run does not end")
}

/// Appends `count` integers of `width` bits, lowest bits first; the bytes are known to suffice.
private func unpackBits(
  _ bytes: ArraySlice<UInt8>, width: Int, count: Int, into values: inout [UInt32]
) {
  var position = bytes.startIndex
  var bits: UInt64 = 0
  var available = 0
  let mask = (UInt64(1) << UInt64(width)) - 1
  for _ in 0..<count {
    while available < width {
      bits |= UInt64(bytes[position]) << UInt64(available)
      position += 1
      available += 8
    }
    values.append(UInt32(truncatingIfNeeded: bits & mask))
    bits >>= UInt64(width)
    available -= width
  }
}
