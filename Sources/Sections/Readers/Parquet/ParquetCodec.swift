import CDeflate
import CSnappy
import CZstd

/// The largest page read, unpacked. Writers make pages of about a megabyte.
private let greatestPage = 1 << 29

/// Unpacks a page.
///
/// - Parameters:
///   - codec: the number by which Parquet knows how it is packed.
///   - size: how long it says it is unpacked. Room is made for a part of it first, and for more only
///     while the packed bytes go on filling it, so that a size that is not true costs little.
func unpackPage(
  _ packed: ArraySlice<UInt8>, codec: Int, size: Int
) throws(ParquetProblem) -> ArraySlice<UInt8> {
  guard (0...greatestPage).contains(size) else {
    throw ParquetProblem(
      "has a page of \(grouped(size)) bytes, more than Eosin reads at once. "
        + "Write it with smaller pages.")
  }
  let unpack: (UnsafeBufferPointer<UInt8>, UnsafeMutableBufferPointer<UInt8>) -> Int?
  switch codec {
  case 0:
    guard packed.count == size else { throw .damaged("a page is not as long as it says") }
    return packed
  case 1: unpack = unpackSnappy
  case 2: unpack = unpackGzip
  case 6: unpack = unpackZstd
  default:
    throw ParquetProblem(
      "is packed with \(codecName(codec)), which Eosin does not read. "
        + "Write it with snappy, gzip or zstd.")
  }
  if size == 0 { return [] }
  var room = min(size, max(1 << 16, packed.count * 32))
  while true {
    var unpackedCount: Int?
    let bytes = [UInt8](unsafeUninitializedCapacity: room) { output, count in
      // Safety: each codec is told both lengths and stays inside; it gives what it wrote.
      unpackedCount = packed.withUnsafeBufferPointer { unpack($0, output) }
      count = unpackedCount ?? 0
    }
    if unpackedCount == size { return bytes[...] }
    guard unpackedCount == nil, room < size else {
      throw .damaged("a page does not unpack")
    }
    room = min(size, room * 32)
  }
}

private func codecName(_ codec: Int) -> String {
  switch codec {
  case 3: "LZO"
  case 4: "Brotli"
  case 5, 7: "LZ4"
  default: "a codec of number \(codec)"
  }
}

private func unpackSnappy(
  _ packed: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
) -> Int? {
  guard let source = packed.baseAddress, let target = output.baseAddress else { return nil }
  var count = output.count
  let result = source.withMemoryRebound(to: CChar.self, capacity: packed.count) { source in
    target.withMemoryRebound(to: CChar.self, capacity: output.count) { target in
      snappy_uncompress(source, packed.count, target, &count)
    }
  }
  return result == SNAPPY_OK ? count : nil
}

private func unpackGzip(
  _ packed: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
) -> Int? {
  guard let decompressor = libdeflate_alloc_decompressor() else { return nil }
  defer { libdeflate_free_decompressor(decompressor) }
  var count = 0
  let result = libdeflate_gzip_decompress(
    decompressor, packed.baseAddress, packed.count, output.baseAddress, output.count, &count)
  return result == LIBDEFLATE_SUCCESS ? count : nil
}

private func unpackZstd(
  _ packed: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
) -> Int? {
  let count = ZSTD_decompress(output.baseAddress, output.count, packed.baseAddress, packed.count)
  return ZSTD_isError(count) == 0 ? count : nil
}
