import CHDF5
import Foundation

extension HDF5Dataset {
  /// Reads text, of all rows or of some; bytes that are no UTF-8 are replaced.
  ///
  /// - Throws: where the elements are no text, and for damaged data.
  public func readStrings(rows: Range<Int>? = nil) throws(HDF5Error) -> [String] {
    guard case .string(let bytes) = type else {
      throw error("holds \(type.words); text is expected.")
    }
    try refuseUnknownFilters()
    let box = box(rows)
    let count = try checkedCount(box, bytesOfElement: max(bytes ?? 16, 16))
    guard count > 0 else { return [] }
    // Texts of varying length lie in the file as they are, never packed.
    guard
      let texts = unsafe withLibrary({ unsafe eosin_hdf5_texts_create(source.byteCount + 1 << 24) })
    else { throw error("cannot be read: there is no memory left.") }
    defer { withLibrary { unsafe eosin_hdf5_texts_destroy(texts) } }
    return try unsafe StringElements(type: elementType, bytes: bytes, count: count).read {
      (memory) throws(HDF5Error) in
      try unsafe readSelection(
        box, as: elementType.id, into: memory, transfer: eosin_hdf5_texts_list(texts))
    }
  }
}

/// Text in memory as HDF5 leaves it, made into strings.
struct StringElements {
  /// The type of one of them.
  let type: HDF5Handle
  /// Bytes of one; nil where each is elsewhere and ends in a zero byte.
  let bytes: Int?
  let count: Int

  /// - Parameters:
  ///   - fill: has HDF5 fill the memory it is given.
  ///   - reclaim: has HDF5 free what the memory points to, where nobody else does.
  func read(
    _ fill: (UnsafeMutableRawPointer) throws(HDF5Error) -> Void,
    reclaim: (UnsafeMutableRawPointer) -> Void = { _ in }
  ) throws(HDF5Error) -> [String] {
    guard let bytes else { return try unsafe readVariable(fill, reclaim) }
    var memory = [UInt8](repeating: 0, count: max(1, bytes * count))
    // Safety: there is room for `count` elements of `bytes` bytes.
    try unsafe memory.withUnsafeMutableBytes { buffer in
      Result { () throws(HDF5Error) in try unsafe fill(buffer.baseAddress!) }
    }.get()
    let isSpacePadded = withLibrary { H5Tget_strpad(type.id) == H5T_STR_SPACEPAD }
    return (0..<count).map { index in
      var text = memory[index * bytes..<(index + 1) * bytes]
      if let end = text.firstIndex(of: 0) { text = text[..<end] }
      while isSpacePadded, text.last == UInt8(ascii: " ") { text.removeLast() }
      return String(decoding: text, as: UTF8.self)
    }
  }

  private func readVariable(
    _ fill: (UnsafeMutableRawPointer) throws(HDF5Error) -> Void,
    _ reclaim: (UnsafeMutableRawPointer) -> Void
  ) throws(HDF5Error) -> [String] {
    var pointers = unsafe [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    // Safety: an element is one pointer, and there is room for `count`; strings end in zero bytes.
    return try unsafe pointers.withUnsafeMutableBytes { buffer in
      Result { () throws(HDF5Error) in
        defer { unsafe reclaim(buffer.baseAddress!) }
        try unsafe fill(buffer.baseAddress!)
        let filled = unsafe buffer.assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)
        return unsafe filled.map { unsafe $0.map { unsafe String(cString: $0) } ?? "" }
      }
    }.get()
  }
}
