import CDeflate
import CHDF5

/// Takes chunks of one dataset as they are stored, and undoes their filters; for one thread.
@safe
final class ChunkUnpacker {
  /// The chunk unpacked last: its first ``HDF5Dataset`` elements' bytes, perhaps with more behind.
  private(set) var bytes: [UInt8] = []

  private let dataset: HDF5Dataset
  private let chunkBytes: Int
  /// What a filter makes of ``bytes``, before the two change places.
  private var next: [UInt8] = []
  private let decompressor: OpaquePointer?

  init(_ dataset: HDF5Dataset, chunkBytes: Int) {
    self.dataset = dataset
    self.chunkBytes = chunkBytes
    unsafe decompressor = unsafe libdeflate_alloc_decompressor()
  }

  deinit { unsafe libdeflate_free_decompressor(decompressor) }

  /// Unpacks the chunk that begins at an element into ``bytes``; false where the file has none.
  func unpack(chunkAt origin: [Int]) throws(HDF5Error) -> Bool {
    guard let (stored, skipped) = try load(origin) else { return false }
    var length = stored
    for (index, filter) in dataset.filters.enumerated().reversed() {
      if skipped >> index & 1 == 1 { continue }
      switch filter.id {
      case HDF5Filter.fletcher32: length = try checked(length)
      case HDF5Filter.shuffle: unshuffle(length, size: Int(filter.values.first ?? 1))
      case HDF5Filter.deflate: length = try inflated(length)
      default: length = try withoutLZF(length)
      }
    }
    guard length == chunkBytes else {
      throw damaged("unpacks to \(length) bytes, not \(chunkBytes)")
    }
    return true
  }

  /// Reads a chunk as stored; its length, and which filters it did not go through.
  private func load(_ origin: [Int]) throws(HDF5Error) -> (length: Int, skipped: UInt32)? {
    let offset = origin.map { hsize_t($0) }
    let dataset = dataset.handle.id
    return try withLibrary { () throws(HDF5Error) in
      var size: hsize_t = 0
      // Safety: `offset` has as many numbers as the dataset sides.
      if unsafe H5Dget_chunk_storage_size(dataset, offset, &size) < 0 {
        // Where nothing was written HDF5 gives no size, or an error, depending on its version.
        let explanation = hdf5Explanation()
        if explanation.contains("not allocated") { return nil }
        throw damaged("is not to be found\(explanation)")
      }
      guard size > 0 else { return nil }
      guard let length = Int(exactly: size), length <= self.dataset.source.byteCount else {
        throw damaged("claims \(size) bytes, more than the file has")
      }
      // Nothing is made larger than what is stored can become.
      guard chunkBytes / 1032 <= length else {
        throw damaged("claims \(chunkBytes) bytes, more than its \(length) can unpack to")
      }
      makeRoom(&bytes, length)
      var skipped: UInt32 = 0
      // Safety: no more is read than there is room for, whatever the size just asked for was.
      guard unsafe eosin_hdf5_read_chunk(dataset, offset, &skipped, &bytes, bytes.count) >= 0 else {
        throw damaged("cannot be read\(hdf5Explanation())")
      }
      return (length, skipped)
    }
  }

  private func makeRoom(_ buffer: inout [UInt8], _ count: Int) {
    if buffer.count < count { buffer = [UInt8](repeating: 0, count: count) }
  }

  /// The most a filter may make: a chunk, and the checksums of filters before it.
  private var room: Int { chunkBytes + 4 * dataset.filters.count }

  private func inflated(_ length: Int) throws(HDF5Error) -> Int {
    makeRoom(&next, room)
    var made = 0
    // Safety: `next` has the room it is said to have.
    let status = unsafe libdeflate_zlib_decompress(
      decompressor, bytes, length, &next, room, &made)
    guard status == LIBDEFLATE_SUCCESS else { throw damaged("is no sound deflate stream") }
    swap(&bytes, &next)
    return made
  }

  private func withoutLZF(_ length: Int) throws(HDF5Error) -> Int {
    makeRoom(&next, room)
    // Safety: `next` has the room it is said to have.
    let made = unsafe eosin_hdf5_unpack_lzf(bytes, length, &next, room)
    guard made > 0 else { throw damaged("is no sound LZF data") }
    swap(&bytes, &next)
    return made
  }

  private func unshuffle(_ length: Int, size: Int) {
    makeRoom(&next, length)
    // Safety: both have room for `length` bytes.
    unsafe eosin_hdf5_unshuffle(bytes, &next, length, size)
    swap(&bytes, &next)
  }

  /// The length without the checksum at the end, which must be that of what is before it.
  private func checked(_ length: Int) throws(HDF5Error) -> Int {
    guard length >= 4 else { throw damaged("has no checksum") }
    let stored = bytes[length - 4..<length].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    // Safety: there are more bytes than are read.
    let computed = unsafe eosin_hdf5_fletcher32(bytes, length - 4)
    guard stored == computed else { throw damaged("has a checksum that is not its own") }
    return length - 4
  }

  private func damaged(_ what: String) -> HDF5Error {
    dataset.error("has a chunk that \(what). Copy or export the file again.")
  }
}
