import CHDF5

extension HDF5Dataset {
  /// Makes sure that the chunks which a box meets unpack to what a chunk has.
  ///
  /// For reading through the library, which copies a whole chunk out of whatever its filters made,
  /// as if all of it were there. Takes about as long as the reading itself.
  /// - Throws: for a chunk that is damaged, or of another size than the dataset says.
  func checkChunks(of box: [Range<Int>]) throws(HDF5Error) {
    let box = Array(box.prefix(sides.count))
    guard let chunk, !box.contains(where: \.isEmpty) else { return }
    let elementBytes = withLibrary {
      HDF5Handle(H5Dget_type(handle.id)).map { fileByteCount(of: $0.id) } ?? 0
    }
    let bytes = try chunkByteCount(chunk, elementBytes: elementBytes)
    let grid = zip(box, chunk).map { $0.lowerBound / $1..<($0.upperBound - 1) / $1 + 1 }
    guard grid.count == sides.count, chunk.count == sides.count else {
      throw error("has chunks of another shape than itself. Export the file again.")
    }
    let unpacker = ChunkUnpacker(self, chunkBytes: bytes)
    var place = grid.map(\.lowerBound)
    while true {
      _ = try unpacker.unpack(chunkAt: zip(place, chunk).map { $0 * $1 })
      var side = grid.count - 1
      while side >= 0, place[side] == grid[side].upperBound - 1 {
        place[side] = grid[side].lowerBound
        side -= 1
      }
      guard side >= 0 else { return }
      place[side] += 1
    }
  }

  /// The size of a chunk, within HDF5's own limit.
  func chunkByteCount(_ chunk: [Int], elementBytes: Int) throws(HDF5Error) -> Int {
    let (bytes, overflows) = chunk.reduce((elementBytes, false)) {
      let (product, overflows) = $0.0.multipliedReportingOverflow(by: $1)
      return (product, overflows || $0.1)
    }
    guard !overflows, bytes > 0, bytes <= Int(UInt32.max) else {
      throw error("has chunks of a size that cannot be. Export the file again.")
    }
    return bytes
  }
}

/// What an element takes in the file: of a type as the library gives it, in which pointers stand for
/// lists and texts of any length.
private func fileByteCount(of type: hid_t) -> Int {
  let size = H5Tget_size(type)
  switch H5Tget_class(type) {
  case H5T_VLEN: return bytesOfReference
  case H5T_STRING: return H5Tis_variable_str(type) > 0 ? bytesOfReference : size
  case H5T_COMPOUND:
    return (0..<UInt32(max(0, H5Tget_nmembers(type)))).reduce(size) { sum, member in
      guard let type = HDF5Handle(H5Tget_member_type(type, member)) else { return sum }
      return sum + fileByteCount(of: type.id) - H5Tget_size(type.id)
    }
  case H5T_ARRAY:
    guard let element = HDF5Handle(H5Tget_super(type)), H5Tget_size(element.id) > 0 else {
      return size
    }
    return size / H5Tget_size(element.id) * fileByteCount(of: element.id)
  default: return size
  }
}

/// A length, an address of eight bytes and an index: what stands in the file for what lies elsewhere.
private let bytesOfReference = 16
