import CHDF5
import Foundation
import TestSupport
import Testing

@testable import HDF5

@Suite struct DamagedHDF5Tests {
  let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
  let place = FileManager.default.temporaryDirectory.appending(path: "eosin-\(UUID()).h5")

  /// Opens a file of some bytes and reads everything in it; what went wrong first, or nil.
  func readAll(_ bytes: [UInt8]) throws -> String? {
    try Data(bytes).write(to: place)
    defer { try? FileManager.default.removeItem(at: place) }
    return message { try read(HDF5File(opening: place).root) }
  }

  private func read(_ group: HDF5Group) throws {
    _ = group.attributes.names
    for name in try group.members {
      switch group.kind(of: name) {
      case .group: try read(group.group(name))
      case .dataset:
        let dataset = try group.dataset(name)
        if dataset.type.isNumber, dataset.path != "chunked/claimed", name != "zstd" {
          _ = try dataset.read(Double.self)
        }
      default: break
      }
    }
  }

  @Test func `a file cut anywhere says so in one sentence`() throws {
    let bytes = try Array(Data(contentsOf: fixtures.appending(path: "kinds.h5")))
    #expect(try readAll(bytes) == nil)
    for length in [0, 1, 8, 96, 512, 2048, bytes.count / 2, bytes.count - 1] {
      let said = try readAll(Array(bytes.prefix(length)))
      #expect(said != nil, "\(length)")
      #expect(said?.contains("\n") == false)
    }
    #expect(
      try readAll(Array(bytes.prefix(bytes.count / 2)))?.contains("is cut short: it has") == true)
    #expect(try readAll([])?.contains("is no HDF5 file") == true)
  }

  @Test func `a chunk with a changed byte is found by its checksum`() throws {
    var bytes = try Array(Data(contentsOf: fixtures.appending(path: "kinds.h5")))
    let file = try HDF5File(opening: fixtures.appending(path: "kinds.h5"))
    let checked = try file.root.dataset("chunked/checked")
    // A stretch of the first chunk as stored, found by its checksum at the end.
    let unpacker = ChunkUnpacker(checked, chunkBytes: 3 * 4 * 4)
    #expect(try unpacker.unpack(chunkAt: [0, 0]))
    let planes: [UInt8] = [0, 1, 2, 3, 11, 12, 13, 14, 22, 23, 24, 25]
    let places = bytes.indices.dropLast(planes.count).filter {
      Array(bytes[$0..<$0 + planes.count]) == planes
    }
    #expect(!places.isEmpty)
    for place in places { bytes[place + 3] ^= 1 }
    #expect(try readAll(bytes)?.contains("has a chunk that") == true)
  }

  @Test func `folders, pipes and missing files are no HDF5 files`() throws {
    #expect(
      message { _ = try HDF5File(opening: fixtures) }?.contains("is no file. Give an HDF5 file")
        == true)
    #expect(
      message { _ = try HDF5File(opening: fixtures.appending(path: "none.h5")) }?.contains(
        "cannot be opened: No such file or directory. Check the path.") == true)
    #expect(!HDF5File.recognizes(fixtures.appending(path: "make_hdf5.py")))
    #expect(HDF5File.recognizes(fixtures.appending(path: "newer.h5")))
  }

  @Test(.enabled(if: SharedFiles.hasData))
  func `the broken samples give one sentence each`() {
    let folder = SharedFiles.data.appending(path: "malformed")
    #expect(
      message { _ = try HDF5File(opening: folder.appending(path: "not_hdf5.h5")) }?.hasSuffix(
        "is no HDF5 file, to go by its first bytes. Check that it is the right file.") == true)
    #expect(
      message { _ = try HDF5File(opening: folder.appending(path: "truncated.h5")) }?.hasSuffix(
        "is cut short: it has 1000071 bytes and should have more. Copy it again.") == true)
  }
}

@Suite struct LZFTests {
  func unpack(_ packed: [UInt8], room: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0xEE, count: room + 16)
    let made = eosin_hdf5_unpack_lzf(packed, packed.count, &bytes, room)
    // What lies behind the room is not touched.
    #expect(bytes[room...].allSatisfy { $0 == 0xEE })
    return made == 0 ? nil : Array(bytes.prefix(made))
  }

  /// Literals of `text`, then a reference of `count` bytes to `back` before.
  func packed(_ text: [UInt8], count: Int, back: Int) -> [UInt8] {
    let length = count - 2
    let head =
      length < 7
      ? [UInt8(length << 5 | (back - 1) >> 8)]
      : [UInt8(7 << 5 | (back - 1) >> 8), UInt8(length - 7)]
    return [UInt8(text.count - 1)] + text + head + [UInt8((back - 1) & 255)]
  }

  @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 9, 20], [3, 8, 9, 30, 264])
  func `references repeat what is before, themselves too`(back: Int, count: Int) {
    let text = Array("the quick brown fox jumps".utf8)
    var expected = text
    for _ in 0..<count { expected.append(expected[expected.count - back]) }
    let bytes = packed(text, count: count, back: back)
    for room in [expected.count, expected.count + 7, expected.count + 100] {
      #expect(unpack(bytes, room: room) == expected)
    }
    #expect(unpack(bytes, room: expected.count - 1) == nil)
    for length in 1..<bytes.count where length != text.count + 1 {
      #expect(unpack(Array(bytes.prefix(length)), room: expected.count) == nil)
    }
  }

  @Test func `references before the beginning are refused`() {
    #expect(unpack(packed([1, 2, 3], count: 4, back: 4), room: 100) == nil)
    #expect(unpack(packed([1, 2, 3], count: 4, back: 3), room: 100) == [1, 2, 3, 1, 2, 3, 1])
  }
}
