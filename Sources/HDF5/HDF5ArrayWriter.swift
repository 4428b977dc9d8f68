import CDeflate
import CHDF5
import Foundation

/// A number that arrays and attributes of an HDF5 file are made of.
public protocol HDF5StoredNumber: Numeric, Sendable, BitwiseCopyable {
  /// How the file stores it.
  static var hdf5Number: eosin_hdf5_number { get }
}

extension Int8: HDF5StoredNumber {
  /// A signed byte.
  public static var hdf5Number: eosin_hdf5_number { eosin_hdf5_int8 }
}
extension Int16: HDF5StoredNumber {
  /// Two bytes.
  public static var hdf5Number: eosin_hdf5_number { eosin_hdf5_int16 }
}
extension Int32: HDF5StoredNumber {
  /// Four bytes.
  public static var hdf5Number: eosin_hdf5_number { eosin_hdf5_int32 }
}
extension Int64: HDF5StoredNumber {
  /// Eight bytes.
  public static var hdf5Number: eosin_hdf5_number { eosin_hdf5_int64 }
}
extension UInt8: HDF5StoredNumber {
  /// A byte.
  public static var hdf5Number: eosin_hdf5_number { eosin_hdf5_uint8 }
}
extension Float: HDF5StoredNumber {
  /// Four bytes, IEEE 754.
  public static var hdf5Number: eosin_hdf5_number { eosin_hdf5_float32 }
}
extension Double: HDF5StoredNumber {
  /// Eight bytes, IEEE 754.
  public static var hdf5Number: eosin_hdf5_number { eosin_hdf5_float64 }
}

/// Writes an array of an ``HDF5Writer`` chunk by chunk, so that one chunk is in memory at a time.
///
/// Chunks are shuffled and deflated here, several times as fast as in libhdf5, as its filters
/// `shuffle` and `gzip` would. Must be closed before its file is.
@safe public final class HDF5ArrayWriter<Number: HDF5StoredNumber> {
  private var array: hid_t
  private let numbersInChunk: Int
  private let url: URL
  private let path: String
  private let compressor: OpaquePointer?

  init(_ array: hid_t, numbersInChunk: Int, url: URL, path: String) {
    self.array = array
    self.numbersInChunk = numbersInChunk
    self.url = url
    self.path = path
    unsafe compressor = libdeflate_alloc_compressor(4)
  }

  deinit {
    unsafe libdeflate_free_compressor(compressor)
    if array >= 0 { withLibrary { _ = eosin_hdf5_close_array(array) } }
  }

  /// Writes one chunk, whole, its part beyond the array's end filled with anything.
  ///
  /// - Parameter offset: where its first number is in the array; a multiple of the chunk's sides.
  public func write(_ numbers: [Number], at offset: [Int]) throws(HDF5Error) {
    precondition(numbers.count == numbersInChunk, "\(numbers.count) numbers are not a chunk")
    let bytes = shuffled(numbers)
    let deflated = deflated(bytes)
    let stored = deflated ?? bytes
    try call {
      unsafe eosin_hdf5_write_chunk(
        array, offset.map { hsize_t($0) }, stored, stored.count, deflated == nil ? 1 : 0)
    }
  }

  /// Closes the array.
  public func close() throws(HDF5Error) {
    guard array >= 0 else { return }
    defer { array = -1 }
    try call { eosin_hdf5_close_array(array) }
  }

  private func call(_ body: () -> Int32) throws(HDF5Error) {
    try withLibrary { () throws(HDF5Error) in
      if body() != 0 { throw writingFailure(url, path) }
    }
  }

  /// The first bytes of all numbers, then the second ones, and so on.
  private func shuffled(_ numbers: [Number]) -> [UInt8] {
    let size = MemoryLayout<Number>.size
    let count = numbers.count
    // Safety: `size · count` bytes are read and written, all that both hold.
    return unsafe [UInt8](unsafeUninitializedCapacity: size * count) { room, filled in
      unsafe numbers.withUnsafeBytes { bytes in
        for byte in 0..<size {
          for place in 0..<count {
            unsafe room[byte * count + place] = bytes[place * size + byte]
          }
        }
      }
      filled = size * count
    }
  }

  /// The bytes as zlib, or nil where that is no shorter.
  private func deflated(_ bytes: [UInt8]) -> [UInt8]? {
    // Safety: libdeflate is told the sizes of both.
    let result = unsafe [UInt8](unsafeUninitializedCapacity: bytes.count) { room, filled in
      filled = unsafe libdeflate_zlib_compress(
        compressor, bytes, bytes.count, room.baseAddress, bytes.count)
    }
    return result.isEmpty ? nil : result
  }
}
