import CDeflate
import Foundation

/// Reads a text file, plain or gzipped, as UTF-8 bytes without a byte order mark.
///
/// Which of the two it is shows in its first bytes, not in its name.
/// - Parameter limit: the most bytes a gzipped file may unpack to.
/// - Throws: when the file is not there, ends early, is damaged, unpacks to more than `limit`
///   bytes, or is UTF-16 text.
func readTextFile(_ url: URL, limit: Int = 8 << 30) throws(SectionError) -> [UInt8] {
  var bytes = try readFileBytes(url)
  if bytes.starts(with: gzipMagic) {
    bytes = try gunzip(bytes, from: url, limit: limit)
  }
  if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
    throw SectionError(file: url, problem: "is UTF-16 text. Save it as UTF-8.")
  }
  if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
  return bytes
}

private let gzipMagic: [UInt8] = [0x1F, 0x8B]

/// Deflate cannot expand by more.
private let greatestExpansion = 1032

/// Unpacks all members of a gzip file, one after the other.
///
/// The sizes in the trailers are taken as a first guess only. Zeros after the last member, as tapes
/// and some copies leave them, are ignored; anything else there is refused.
func gunzip(_ packed: [UInt8], from url: URL, limit: Int) throws(SectionError) -> [UInt8] {
  guard let decompressor = libdeflate_alloc_decompressor() else {
    throw SectionError(file: url, problem: "cannot be unpacked: no memory is left.")
  }
  defer { libdeflate_free_decompressor(decompressor) }

  var text: [UInt8] = []
  var start = 0
  repeat {
    let (member, consumed) = try unpackMember(
      packed, from: start, limit: limit - text.count, url: url, decompressor)
    if text.isEmpty { text = member } else { text += member }
    start += consumed
    if packed[start...].allSatisfy({ $0 == 0 }) { break }
    guard packed[start...].starts(with: gzipMagic) else {
      throw SectionError(
        file: url,
        problem: "has \(packed.count - start) bytes after its end that are not gzip. "
          + "Download it again.")
    }
  } while true
  return text
}

/// Unpacks the member that begins at `start`; gives its bytes and how many packed ones it took.
private func unpackMember(
  _ packed: [UInt8], from start: Int, limit: Int, url: URL, _ decompressor: OpaquePointer
) throws(SectionError) -> (bytes: [UInt8], consumed: Int) {
  let available = packed.count - start
  let most = min(limit, available * greatestExpansion)
  var room = min(most, firstGuess(packed, available: available))
  while true {
    var consumed = 0
    var result = LIBDEFLATE_SUCCESS
    let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      packed.withUnsafeBytes { input in
        // Safety: both lengths handed over are those of the buffers; libdeflate stays inside.
        result = libdeflate_gzip_decompress_ex(
          decompressor, input.baseAddress! + start, available, buffer.baseAddress, room,
          &consumed, &count)
      }
      if result != LIBDEFLATE_SUCCESS { count = 0 }
    }
    if result == LIBDEFLATE_SUCCESS { return (bytes, consumed) }
    guard result == LIBDEFLATE_INSUFFICIENT_SPACE else {
      let member = Array(packed[start...])
      throw SectionError(
        file: url, problem: memberProblem(member, room: room, decompressor))
    }
    guard room < most else {
      throw SectionError(
        file: url,
        problem: most < limit
          ? "is damaged: it unpacks to more than gzip allows. Download it again."
          : "unpacks to more than \(limit >> 20) MB, more than Eosin reads at once.")
    }
    room = min(most, room * 4)
  }
}

/// The size in the trailer when it is plausible, else four times what is packed.
private func firstGuess(_ packed: [UInt8], available: Int) -> Int {
  let trailer = packed.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
  let isPlausible = trailer >= available && trailer / 64 <= available
  return max(64, isPlausible ? trailer : available * 4)
}

// MARK: - What is wrong with a damaged member

private func memberProblem(
  _ member: [UInt8], room: Int, _ decompressor: OpaquePointer
) -> String {
  let cutShort = "ends early: \(member.count) bytes are not all of it. Download it again."
  guard let header = headerLength(member) else { return cutShort }
  let stream = Array(member[header...])
  var consumed = 0
  var checksum: UInt32 = 0
  func inflate(_ stream: [UInt8], room: Int) -> libdeflate_result {
    var result = LIBDEFLATE_SUCCESS
    _ = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      stream.withUnsafeBytes { input in
        // Safety: as in `unpackMember`; the checksum covers only bytes that were written.
        result = libdeflate_deflate_decompress_ex(
          decompressor, input.baseAddress, input.count, buffer.baseAddress, room, &consumed, &count)
        guard result == LIBDEFLATE_SUCCESS else { return count = 0 }
        checksum = libdeflate_crc32(0, buffer.baseAddress, count)
      }
    }
    return result
  }
  if inflate(stream, room: room) == LIBDEFLATE_SUCCESS {
    let trailer = stream[consumed...]
    if trailer.count < 8 { return cutShort }
    let stored = trailer.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    return stored == checksum
      ? "is damaged: its length does not match. Download it again."
      : "is damaged: its checksum does not match. Download it again."
  }
  // A stream that was cut goes on decoding when zeros follow; a damaged one stops where it did.
  let padding = min(room * 2 + 1024, 512 << 20)
  let longer = stream + [UInt8](repeating: 0, count: padding)
  return inflate(longer, room: room) == LIBDEFLATE_INSUFFICIENT_SPACE
    ? cutShort : "is damaged: its contents do not unpack. Download it again."
}

/// The bytes before the deflate stream, or nil when the member ends within them.
private func headerLength(_ member: [UInt8]) -> Int? {
  guard member.count >= 10 else { return nil }
  let flags = member[3]
  var length = 10
  if flags & 4 != 0 {
    guard member.count >= length + 2 else { return nil }
    length += 2 + Int(member[length]) + Int(member[length + 1]) << 8
  }
  for flag: UInt8 in [8, 16] where flags & flag != 0 {  // file name, comment: both end in zero
    guard length < member.count, let end = member[length...].firstIndex(of: 0) else { return nil }
    length = end + 1
  }
  if flags & 2 != 0 { length += 2 }
  return length < member.count ? length : nil
}
