import Foundation
import TestSupport
import Testing

@testable import HDF5

/// What fuzzing found: see `Fixtures/make_damaged.py`. Without the checks these end the process.
@Suite struct UntrustedHDF5Tests {
  let damaged = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures/damaged.h5")

  @Test(arguments: [
    ("short", "has a chunk that unpacks to 8 bytes, not 32."),
    ("lost", "refers to text that is not"),
  ])
  func `text that is not there is no text`(name: String, sentence: String) throws {
    let dataset = try HDF5File(opening: damaged).root.dataset(name)
    #expect(message { _ = try dataset.readStrings() }?.contains(sentence) == true)
  }

  @Test func `a chunk longer than it is does not fit`() throws {
    let dataset = try HDF5File(opening: damaged).root.dataset("long")
    #expect(message { _ = try dataset.read(Int32.self) }?.contains("has a chunk that") == true)
  }

  @Test(arguments: [
    ("filled", "has a header that is damaged."),
    ("compact", "claims more than its 8 bytes."),
    ("table", "has a header that is damaged."),
  ])
  func `what claims more than is there is refused when opened`(
    name: String, sentence: String
  ) throws {
    let root = try HDF5File(opening: damaged).root
    #expect(message { _ = try root.dataset(name) }?.contains(sentence) == true)
  }

  private func expectDamagedHeader(of dataset: String, in bytes: [UInt8]) throws {
    let place = FileManager.default.temporaryDirectory.appending(path: "eosin-\(UUID()).h5")
    try Data(bytes).write(to: place)
    defer { try? FileManager.default.removeItem(at: place) }
    let refusal = message { _ = try HDF5File(opening: place).root.dataset(dataset) }
    #expect(refusal?.contains("has a header that is damaged.") == true)
  }

  private func kinds() throws -> [UInt8] {
    let file = damaged.deletingLastPathComponent().appending(path: "kinds.h5")
    return [UInt8](try Data(contentsOf: file))
  }

  /// Where an attribute's name begins, after its version, 1, and the lengths of name, type and space.
  private func attributeName(in bytes: [UInt8]) throws -> Int {
    try #require(
      bytes.indices.dropLast(40).first {
        bytes[$0..<$0 + 5].elementsEqual("name\0".utf8) && bytes[$0 - 8] == 1
          && bytes[$0 - 6] == 5
      })
  }

  /// Where the sides of chunks of 3 by 4 begin, after the layout's version, 3, its kind, chunked, the
  /// number of sides and an address; behind them an element's bytes.
  private func chunkSides(in bytes: [UInt8]) -> [Int] {
    bytes.indices.dropLast(32).filter {
      bytes[$0..<$0 + 3].elementsEqual([3, 2, 3])
        && bytes[$0 + 11..<$0 + 19].elementsEqual([3, 0, 0, 0, 4, 0, 0, 0])
    }.map { $0 + 11 }
  }

  @Test func `a heap with a stretch of zeros ends`() throws {
    var bytes = [UInt8](try Data(contentsOf: damaged))
    let heap = try #require(
      bytes.indices.dropLast(4).first { bytes[$0..<$0 + 4].elementsEqual("GCOL".utf8) })
    for place in heap + 16..<heap + 1000 { bytes[place] = 0 }
    let place = FileManager.default.temporaryDirectory.appending(path: "eosin-\(UUID()).h5")
    try Data(bytes).write(to: place)
    defer { try? FileManager.default.removeItem(at: place) }
    let text = try HDF5File(opening: place).root.dataset("text")
    #expect(message { _ = try text.readStrings() }?.contains("refers to text that is not") == true)
    #expect(message { _ = try text.attributes.string("name") }?.contains("refers to text") == true)
  }

  @Test func `a file whose first group leads nowhere is refused`() throws {
    var bytes = [UInt8](try Data(contentsOf: damaged))
    // The first message of the first group's header: where its links are, now where it goes on.
    #expect(bytes[96] == 1 && bytes[112] == 0x11)
    bytes[112] = 0x10
    for place in 120..<128 { bytes[place] = 0xFF }
    try expectDamagedHeader(of: "text", in: bytes)
  }

  @Test func `a file whose addresses are of other sizes is refused`() throws {
    var bytes = [UInt8](try Data(contentsOf: damaged))
    bytes[13] = 4
    try expectDamagedHeader(of: "text", in: bytes)
  }

  @Test func `a group whose names lie nowhere is refused`() throws {
    var bytes = [UInt8](try Data(contentsOf: damaged))
    let kind: [UInt8] = [0x11, 0, 16, 0]  // a symbol table: two addresses, after four bytes more
    let table = try #require(
      bytes.indices.dropLast(24).first { bytes[$0..<$0 + 4].elementsEqual(kind) })
    for place in table + 16..<table + 24 { bytes[place] = 0xFF }
    try expectDamagedHeader(of: "text", in: bytes)
  }

  @Test func `a group whose free names lead round in a circle is refused`() throws {
    var bytes = [UInt8](try Data(contentsOf: damaged))
    let heap = try #require(
      bytes.indices.dropLast(32).first { bytes[$0..<$0 + 8].elementsEqual("HEAP\0\0\0\0".utf8) })
    func number(_ place: Int) -> Int {
      bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    let free = number(heap + 16)
    bytes.replaceSubrange(
      number(heap + 24) + free..<number(heap + 24) + free + 8, with: bytes[heap + 16..<heap + 24])
    try expectDamagedHeader(of: "text", in: bytes)
  }

  @Test func `a group whose tree leads nowhere is refused`() throws {
    var bytes = [UInt8](try Data(contentsOf: damaged))
    let tree = try #require(
      bytes.indices.dropLast(40).first { bytes[$0..<$0 + 6].elementsEqual("TREE\0\0".utf8) })
    for place in tree + 32..<tree + 40 { bytes[place] = 0xFF }
    try expectDamagedHeader(of: "text", in: bytes)
  }

  @Test func `an attribute whose space is of no version is refused`() throws {
    var bytes = [UInt8](try Data(contentsOf: damaged))
    let name = try attributeName(in: bytes)
    let typeSize = Int(bytes[name - 4])
    bytes[name + 8 + (typeSize + 7) / 8 * 8] = 0
    try expectDamagedHeader(of: "text", in: bytes)
  }

  @Test func `an attribute whose type is of no version is refused`() throws {
    var bytes = [UInt8](try Data(contentsOf: damaged))
    let name = try attributeName(in: bytes)
    bytes[name + 8] |= 0x40
    try expectDamagedHeader(of: "text", in: bytes)
  }

  @Test func `chunks without length are refused`() throws {
    var bytes = try kinds()
    for place in chunkSides(in: bytes) { bytes[place + 4] = 0 }
    try expectDamagedHeader(of: "chunked/gzip", in: bytes)
  }

  @Test func `chunks of elements of another size than the type's are refused`() throws {
    var bytes = try kinds()
    for place in chunkSides(in: bytes) { bytes[place + 8] += 1 }
    try expectDamagedHeader(of: "chunked/gzip", in: bytes)
  }

  @Test func `an attribute whose name ends before it does is refused`() throws {
    var bytes = [UInt8](try Data(contentsOf: damaged))
    let name = try attributeName(in: bytes)
    bytes[name + 2] = 0
    try expectDamagedHeader(of: "text", in: bytes)
  }

  @Test func `a fill value of a size below zero is refused`() throws {
    var bytes = try kinds()
    // The message of each dataset's fill value: version 2, defined, of no bytes.
    let message: [UInt8] = [5, 0, 8, 0, 1, 0, 0, 0, 2]
    for place in bytes.indices.dropLast(16)
    where bytes[place..<place + 9].elementsEqual(message) { bytes[place + 15] = 0xC9 }
    try expectDamagedHeader(of: "chunked/gzip", in: bytes)
  }

  @Test func `rows longer than those of their chunks are refused`() throws {
    var bytes = try kinds()
    // The type of `rows`: version 2, a compound of six, of 42 bytes; now of 16 MB.
    let type: [UInt8] = [0x26, 6, 0, 0, 42, 0, 0, 0]
    let place = try #require(
      bytes.indices.dropLast(8).first { bytes[$0..<$0 + 8].elementsEqual(type) })
    (bytes[place + 4], bytes[place + 7]) = (0, 1)
    try expectDamagedHeader(of: "rows", in: bytes)
  }

  @Test(
    arguments: [
      // `place`: version 2, an array, of 16 bytes, of one side.
      ([0x2A, 0, 0, 0, 16, 0, 0, 0, 1], 4, 0), ([0x2A, 0, 0, 0, 16, 0, 0, 0, 1], 4, 24),
      // `good`: version 1, an enumeration of two, of one byte.
      ([0x18, 2, 0, 0, 1, 0, 0, 0], 6, 1),
      // `code`: the name's end, its place 4, and an integer of one byte.
      ([0, 0, 0, 0, 4, 0, 0, 0, 0x10, 8], 4, 42),
    ] as [([UInt8], Int, UInt8)])
  func `a field whose size or place is not what its parts make it is refused`(
    type: [UInt8], byte: Int, value: UInt8
  ) throws {
    var bytes = try kinds()
    let table = try #require(
      bytes.indices.dropLast(16).first {
        bytes[$0..<$0 + 8].elementsEqual([0x26, 6, 0, 0, 42, 0, 0, 0])
      })
    let place = try #require(
      bytes.indices[table...].dropLast(16).first {
        bytes[$0..<$0 + type.count].elementsEqual(type)
      })
    bytes[place + byte] = value
    try expectDamagedHeader(of: "rows", in: bytes)
  }

  @Test func `sound text is read beside it`() throws {
    let text = try HDF5File(opening: damaged).root.dataset("text")
    #expect(try text.readStrings() == ["one", "two"])
    #expect(try text.attributes.string("name") == "five")
  }

  @Test func `a name that would steer a terminal is made harmless`() {
    let error = HDF5Error(
      file: damaged, object: "a\u{1B}[2J" + String(repeating: "b", count: 500),
      problem: "is\u{7} odd.")
    #expect(error.description.hasSuffix("bbbb' is\u{FFFD} odd."))
    #expect(error.description.contains("'a\u{FFFD}[2Jbb") && error.description.count < 300)
  }
}
