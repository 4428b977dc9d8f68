/// Reads text of any length out of a file's global heap, believing nothing that does not fit.
///
/// Source: HDF5 File Format Specification 3.0, section III.E.
struct TextHeap {
  /// The numbers of an object and the text in it.
  private typealias Collection = [UInt32: String]

  private let stored: AddressedBytes
  private var collections: [UInt64: Collection] = [:]
  /// The one used last, as neighbours mostly lie in the same.
  private var last: (address: UInt64, collection: Collection)?
  /// What was read so far, which is never more than the file has twice.
  private var bytesRead = 0

  /// The heap of a file whose addresses are of eight bytes.
  init(_ stored: AddressedBytes) { self.stored = stored }

  /// The texts that references of sixteen bytes each lead to; nil where one leads nowhere.
  mutating func texts(_ references: [UInt8]) -> [String]? {
    var texts: [String] = []
    texts.reserveCapacity(references.count / 16)
    for start in stride(from: 0, to: references.count, by: 16) {
      let length: UInt32 = number(references, at: start)
      guard length > 0 else {
        texts.append("")
        continue
      }
      let address: UInt64 = number(references, at: start + 4)
      let index: UInt32 = number(references, at: start + 12)
      guard let text = collection(at: address)?[index] else { return nil }
      texts.append(text)
    }
    return texts
  }

  private mutating func collection(at address: UInt64) -> Collection? {
    if let last, last.address == address { return last.collection }
    guard let collection = collections[address] ?? load(address) else { return nil }
    collections[address] = collection
    last = (address, collection)
    return collection
  }

  /// Reads a collection: its size, then objects one after the other, each with its number and size.
  private mutating func load(_ address: UInt64) -> Collection? {
    guard let start = Int(exactly: address), let header = bytes(16, at: start),
      header.starts(with: Array("GCOL\u{1}".utf8)),
      let size = Int(exactly: number(header, at: 8) as UInt64), size >= 16,
      let collection = bytes(size, at: start)
    else { return nil }
    var texts: Collection = [:]
    var place = 16
    while size - place >= 16 {
      let index: UInt16 = number(collection, at: place)
      guard let length = Int(exactly: number(collection, at: place + 8) as UInt64) else {
        return nil
      }
      // What is free fills the rest.
      if index == 0 { break }
      guard length <= size - place - 16 else { return nil }
      let object = collection[place + 16..<place + 16 + length]
      texts[UInt32(index)] = String(decoding: object.prefix { $0 != 0 }, as: UTF8.self)
      place = min(size, place + 16 + (length + 7) / 8 * 8)
    }
    return texts
  }

  private mutating func bytes(_ count: Int, at start: Int) -> [UInt8]? {
    let (end, overflows) = start.addingReportingOverflow(count)
    guard !overflows, let bytes = stored(start..<end) else { return nil }
    bytesRead += count
    return bytesRead / 2 <= stored.byteCount + 4096 ? bytes : nil
  }

  private func number<Number: FixedWidthInteger>(_ bytes: [UInt8], at place: Int) -> Number {
    precondition(place >= 0 && place <= bytes.count - MemoryLayout<Number>.size)
    // Safety: the number lies within the bytes.
    return unsafe bytes.withUnsafeBytes {
      unsafe Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Number.self))
    }
  }
}
