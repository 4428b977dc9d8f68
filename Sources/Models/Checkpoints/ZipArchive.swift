import CDeflate
import Foundation
import Sections

/// The members of a zip archive as PyTorch writes it: stored, or deflated, zip64 or not.
///
/// Only the central directory is believed, and only after it is compared with the file: sizes lie
/// within the file, members do not overlap, a deflated size is one that deflate can reach, and no
/// name leaves the archive. Names are looked up and never used as paths.
///
/// Source: PKWARE's APPNOTE 6.3.
struct ZipArchive: Sendable {
  struct Member: Sendable {
    var name: String
    var isDeflated: Bool
    /// 0 when the writer did not compute it.
    var checksum: UInt32
    var size: Int
    /// Where the stored or deflated bytes lie in the file.
    var range: Range<Int>
  }

  /// Deflate gains no more than this factor.
  private static let largestGain = 1032
  /// What all deflated members together may grow to: far more than weights shrink by.
  private static let totalGain = 64
  private static let totalAllowance = 64 << 20

  /// In the order of the central directory.
  let members: [Member]
  private let places: [String: Int]
  private let source: ByteSource

  /// Reads the central directory.
  init(_ source: ByteSource) throws(CheckpointError) {
    self.source = source
    let directory = try Directory(source)
    members = try directory.members(of: source)
    places = Dictionary(
      members.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    guard places.count == members.count else {
      throw zipProblem(source, "names a member twice. Do not trust it.")
    }
    // No overflow: each is at most 1032 times as large as the bytes it alone takes in the file.
    let total = members.filter(\.isDeflated).reduce(0) { $0 + $1.size }
    guard total <= source.count * Self.totalGain + Self.totalAllowance else {
      throw zipProblem(
        source, "would grow to \(total) bytes from \(source.count). Do not trust it.")
    }
  }

  subscript(name: String) -> Member? { places[name].map { members[$0] } }

  /// A member's bytes: where they lie in the file, or what they inflate to.
  ///
  /// Compares the checksum unless the writer left it out.
  func open(_ member: Member) throws(CheckpointError) -> (source: ByteSource, start: Int) {
    let name = quoted(member.name)
    if !member.isDeflated {
      let checksum = unsafe source.withBytes(in: member.range) { bytes in
        // Safety: libdeflate reads as many bytes as it is told there are.
        unsafe libdeflate_crc32(0, bytes.baseAddress, bytes.count)
      }
      guard member.checksum == 0 || checksum == member.checksum else {
        throw zipProblem(source, "has a damaged member \(name). Copy or download it again.")
      }
      return (source, member.range.lowerBound)
    }
    let inflated = unsafe ByteSource(file: source.file, count: member.size) { room in
      guard let decompressor = unsafe libdeflate_alloc_decompressor() else { return false }
      defer { unsafe libdeflate_free_decompressor(decompressor) }
      return unsafe source.withBytes(in: member.range) { bytes in
        // Safety: both sizes handed over are those of the buffers; libdeflate stays inside, and
        // without a place for the size it accepts nothing but a full buffer.
        let result = unsafe libdeflate_deflate_decompress(
          decompressor, bytes.baseAddress, bytes.count, room.baseAddress, room.count, nil)
        guard result == LIBDEFLATE_SUCCESS else { return false }
        return unsafe libdeflate_crc32(0, room.baseAddress, room.count) == member.checksum
      }
    }
    guard let inflated else {
      throw zipProblem(source, "has a damaged member \(name). Copy or download it again.")
    }
    return (inflated, 0)
  }

  /// The end of an archive, which says where its central directory lies.
  private struct Directory {
    private static let signature = UInt32(0x0201_4B50)
    private static let headerSize = 46

    private var start: Int
    private var end: Int
    private var count: Int

    init(_ source: ByteSource) throws(CheckpointError) {
      guard let tail = Self.tail(of: source) else {
        throw zipProblem(
          source,
          "is cut short: the directory at its end is missing. Copy or download it again.")
      }
      var count = UInt64(source.number(at: tail + 10, as: UInt16.self))
      var size = UInt64(source.number(at: tail + 12, as: UInt32.self))
      var start = UInt64(source.number(at: tail + 16, as: UInt32.self))
      var limit = tail
      if tail >= 20, source.number(at: tail - 20, as: UInt32.self) == 0x0706_4B50 {
        let wide = source.number(at: tail - 12, as: UInt64.self)
        guard tail >= 76, wide <= UInt64(tail - 76),
          source.number(at: Int(wide), as: UInt32.self) == 0x0606_4B50
        else { throw zipProblem(source, "has a damaged zip64 record. Copy or download it again.") }
        limit = Int(wide)
        count = source.number(at: limit + 32, as: UInt64.self)
        size = source.number(at: limit + 40, as: UInt64.self)
        start = source.number(at: limit + 48, as: UInt64.self)
      }
      guard size <= UInt64(limit), start <= UInt64(limit) - size,
        count <= size / UInt64(Self.headerSize)
      else {
        throw zipProblem(
          source, "has a directory that does not fit in it. Copy or download it again.")
      }
      self.start = Int(start)
      self.end = Int(start + size)
      self.count = Int(count)
    }

    /// Where the last record lies, whose comment must reach exactly to the end.
    private static func tail(of source: ByteSource) -> Int? {
      guard source.count >= 22 else { return nil }
      for place in stride(
        from: source.count - 22, through: max(0, source.count - 22 - 0xFFFF), by: -1)
      where source[place] == 0x50 && source.number(at: place, as: UInt32.self) == 0x0605_4B50 {
        let comment = Int(source.number(at: place + 20, as: UInt16.self))
        if place + 22 + comment == source.count { return place }
      }
      return nil
    }

    func members(of source: ByteSource) throws(CheckpointError) -> [Member] {
      var members: [Member] = []
      var extents: [Range<Int>] = []
      var position = start
      for _ in 0..<count {
        guard position + Self.headerSize <= end,
          source.number(at: position, as: UInt32.self) == Self.signature
        else { throw zipProblem(source, "has a damaged directory. Copy or download it again.") }
        let lengths = [28, 30, 32].map { Int(source.number(at: position + $0, as: UInt16.self)) }
        let next = position + Self.headerSize + lengths.reduce(0, +)
        guard next <= end else {
          throw zipProblem(source, "has a damaged directory. Copy or download it again.")
        }
        let nameStart = position + Self.headerSize
        let nameBytes = nameStart..<nameStart + lengths[0]
        let extra = nameBytes.upperBound..<nameBytes.upperBound + lengths[1]
        let (member, extent) = try self.member(at: position, nameBytes, extra: extra, source)
        members.append(member)
        extents.append(extent)
        position = next
      }
      extents.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
      for (one, other) in zip(extents, extents.dropFirst())
      where other.lowerBound < one.upperBound {
        throw zipProblem(source, "has members that share their bytes. Do not trust it.")
      }
      return members
    }

    private func member(
      at position: Int, _ nameBytes: Range<Int>, extra: Range<Int>, _ source: ByteSource
    ) throws(CheckpointError) -> (Member, extent: Range<Int>) {
      let name = try safeName(source.array(nameBytes), source)
      func damaged(_ what: String) -> CheckpointError {
        zipProblem(source, "has a member \(quoted(name)) \(what).")
      }
      let flags = source.number(at: position + 8, as: UInt16.self)
      let method = source.number(at: position + 10, as: UInt16.self)
      guard flags & 1 == 0 else {
        throw damaged("that is encrypted. Save it without a password")
      }
      guard method == 0 || method == 8 else {
        throw damaged(
          "compressed by method \(method). Store it plainly, as torch.save does, or deflate it")
      }
      var fields = [24, 20, 42].map { UInt64(source.number(at: position + $0, as: UInt32.self)) }
      try widen(&fields, extra: extra, source)
      let (size, packedSize, local) = (fields[0], fields[1], fields[2])
      guard local <= UInt64(start), UInt64(start) - local >= 30,
        source.number(at: Int(local), as: UInt32.self) == 0x0403_4B50
      else { throw damaged("that does not begin where the directory says. Do not trust it") }
      let header = Int(local)
      let localName = Int(source.number(at: header + 26, as: UInt16.self))
      let data = header + 30 + localName + Int(source.number(at: header + 28, as: UInt16.self))
      guard data <= start, packedSize <= UInt64(start - data) else {
        throw damaged("that does not fit in the file. Copy or download it again")
      }
      guard localName == nameBytes.count,
        source.array(header + 30..<header + 30 + localName) == source.array(nameBytes),
        source.number(at: header + 8, as: UInt16.self) == method
      else { throw damaged("that the directory describes otherwise. Do not trust it") }
      let isPlausible =
        method == 0
        ? size == packedSize : size / UInt64(ZipArchive.largestGain) <= packedSize
      guard isPlausible, size <= UInt64(Int.max) else {
        throw damaged("of \(size) bytes stored in \(packedSize), which cannot be. Do not trust it")
      }
      let range = data..<data + Int(packedSize)
      let member = Member(
        name: name, isDeflated: method == 8,
        checksum: source.number(at: position + 16, as: UInt32.self), size: Int(size), range: range)
      return (member, header..<range.upperBound)
    }

    /// Takes the fields that are full from the zip64 extra field.
    private func widen(
      _ fields: inout [UInt64], extra: Range<Int>, _ source: ByteSource
    ) throws(CheckpointError) {
      guard fields.contains(0xFFFF_FFFF) else { return }
      var place = extra.lowerBound
      while place + 4 <= extra.upperBound {
        let id = source.number(at: place, as: UInt16.self)
        let end = place + 4 + Int(source.number(at: place + 2, as: UInt16.self))
        guard end <= extra.upperBound else { break }
        if id == 1 {
          place += 4
          for field in fields.indices where fields[field] == 0xFFFF_FFFF && place + 8 <= end {
            fields[field] = source.number(at: place, as: UInt64.self)
            place += 8
          }
          return
        }
        place = end
      }
      throw zipProblem(source, "lacks the zip64 sizes of a member. Copy or download it again.")
    }

    private func safeName(
      _ bytes: [UInt8], _ source: ByteSource
    ) throws(CheckpointError) -> String {
      guard let name = String(validating: bytes, as: UTF8.self), !name.isEmpty,
        !name.unicodeScalars.contains("\0")
      else { throw zipProblem(source, "has a member without a readable name. Do not trust it.") }
      let parts = name.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
      guard !name.hasPrefix("/"), !name.contains("\\"), !parts.contains(".."),
        !(parts[0].count == 2 && parts[0].last == ":")
      else {
        throw zipProblem(
          source,
          "has a member named \(quoted(name)), which leads out of the archive. Do not trust it.")
      }
      return name
    }
  }
}

private func zipProblem(_ source: ByteSource, _ problem: String) -> CheckpointError {
  CheckpointError(file: source.file, problem: problem)
}
