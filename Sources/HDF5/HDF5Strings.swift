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
    return try unsafe StringElements(type: elementType, bytes: bytes, count: count).read(
      from: source
    ) { (type, memory) throws(HDF5Error) in
      try unsafe readSelection(box, as: type, into: memory)
    } failing: {
      error("refers to text that is not there. Copy or export the file again.")
    }
  }
}

/// Text as HDF5 leaves it in memory, made into strings.
struct StringElements {
  /// The type of one of them.
  let type: HDF5Handle
  /// Bytes of one; nil where each lies in the file's heap.
  let bytes: Int?
  let count: Int

  /// - Parameters:
  ///   - fill: has HDF5 fill the memory it is given with elements of a type.
  ///   - failing: what is said of references that lead nowhere.
  func read(
    from source: HDF5Source,
    _ fill: (hid_t, UnsafeMutableRawPointer) throws(HDF5Error) -> Void,
    failing: () -> HDF5Error
  ) throws(HDF5Error) -> [String] {
    let size = bytes ?? 16
    let element = bytes == nil ? withLibrary { eosin_hdf5_reference() } : type.id
    var memory = [UInt8](repeating: 0, count: size * count)
    // Safety: there is room for `count` elements of `size` bytes.
    try unsafe memory.withUnsafeMutableBytes { buffer in
      Result { () throws(HDF5Error) in try unsafe fill(element, buffer.baseAddress!) }
    }.get()
    if bytes != nil { return texts(memory, size: size) }
    var heap = TextHeap(source)
    guard let texts = heap?.texts(memory) else { throw failing() }
    return texts
  }

  private func texts(_ memory: [UInt8], size: Int) -> [String] {
    let isSpacePadded = withLibrary { H5Tget_strpad(type.id) == H5T_STR_SPACEPAD }
    return (0..<count).map { index in
      var text = memory[index * size..<(index + 1) * size]
      if let end = text.firstIndex(of: 0) { text = text[..<end] }
      while isSpacePadded, text.last == UInt8(ascii: " ") { text.removeLast() }
      return String(decoding: text, as: UTF8.self)
    }
  }
}
