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
      HDF5Handle(H5Dget_type(handle.id)).map { H5Tget_size($0.id) } ?? 0
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
