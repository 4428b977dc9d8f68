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
      let size = bytes ?? 16
      nonisolated(unsafe) let memory = unsafe memory
      let isRead = try unsafe readStored(
        box: box, size: size, filledLike: bytes == nil ? nil : elementType.id,
        unchangedInto: memory
      ) { source, count, place, stride in
        for index in 0..<count {
          // Safety: the place and those that follow it are within the box, which fits the memory.
          unsafe (memory + (place + index * stride) * size)
            .copyMemory(from: source + index * size, byteCount: size)
        }
        return true
      }
      if !isRead { try unsafe readSelection(box, as: type, into: memory) }
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
    var heap = TextHeap(source.bytes)
    guard let texts = heap.texts(memory) else { throw failing() }
    return texts
  }

  private func texts(_ memory: [UInt8], size: Int) -> [String] {
    let isSpacePadded = withLibrary { H5Tget_strpad(type.id) == H5T_STR_SPACEPAD }
    // Safety: the memory holds `count` texts of `size` bytes.
    return unsafe memory.withUnsafeBytes { memory in
      (0..<count).map { index in
        let start = unsafe memory.baseAddress! + index * size
        var length = unsafe strnlen(start.assumingMemoryBound(to: CChar.self), size)
        while isSpacePadded, length > 0,
          unsafe start.load(fromByteOffset: length - 1, as: UInt8.self) == UInt8(ascii: " ")
        {
          length -= 1
        }
        return unsafe String(
          decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
      }
    }
  }
}
