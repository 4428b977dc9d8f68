import Foundation
import Testing

@testable import HDF5

/// Files made by `Fixtures/make_hdf5.py`: `kinds.h5` as HDF5 1.8 writes, `newer.h5` the same as 1.10
/// does, after a user block.
@Suite struct HDF5FileTests {
  static let files = ["kinds.h5", "newer.h5"]

  func open(_ name: String) throws -> HDF5File {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    return try HDF5File(opening: folder.appending(path: "Fixtures").appending(path: name))
  }

  @Test(arguments: files)
  func `numbers of every size and byte order are read as any kind`(name: String) throws {
    let numbers = try open(name).root.group("numbers")
    let kinds = [
      "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "big_i4", "big_f8",
    ]
    for kind in kinds {
      let dataset = try numbers.dataset(kind)
      #expect(dataset.shape == [6])
      #expect(try dataset.read(Float.self) == [0, 1, 2, 3, 4, 5], "\(kind)")
      #expect(try dataset.read(Double.self) == [0, 1, 2, 3, 4, 5], "\(kind)")
      #expect(try dataset.read(Int.self) == [0, 1, 2, 3, 4, 5], "\(kind)")
      #expect(try dataset.read(UInt32.self, rows: 2..<5) == [2, 3, 4], "\(kind)")
      #expect(try dataset.read(UInt8.self, rows: 0..<0).isEmpty, "\(kind)")
    }
    #expect(try numbers.dataset("booleans").readBooleans() == [true, false, true])
    #expect(try numbers.dataset("booleans").type == .boolean)
    #expect(try numbers.dataset("single").shape == [])
    #expect(try numbers.dataset("single").read(Float.self) == [2.5])
    #expect(try numbers.dataset("none").read(Float.self) == [])
  }

  @Test func `numbers that do not fit are refused`() throws {
    let file = try open("kinds.h5")
    for (path, type) in [("numbers/negative", "whole"), ("numbers/halves", "whole")] {
      let dataset = try file.root.dataset(path)
      let said = message { _ = try dataset.read(UInt32.self) }
      #expect(said?.contains("'\(path)' holds a number that is negative") == true, "\(type)")
    }
    #expect(try file.root.dataset("numbers/negative").read(Int.self) == [-3, 5])
    #expect(try file.root.dataset("numbers/halves").read(Float.self) == [0.5, -1.5])
    let text = try file.root.dataset("texts/utf8")
    #expect(message { _ = try text.read(Float.self) }?.contains("holds text; numbers") == true)
    let number = try file.root.dataset("numbers/i4")
    #expect(message { _ = try number.readStrings() }?.contains("holds whole numbers; text") == true)
    #expect(
      message { _ = try number.read(Int.self, rows: 4..<9) }?.contains("has the shape") == true)
  }

  @Test(arguments: files, ["gzip", "lzf", "shuffled", "checked", "plain"])
  func `chunks of every plain filter give the table and any part of it`(
    name: String, packing: String
  ) throws {
    let dataset = try open(name).root.dataset("chunked/\(packing)")
    #expect(dataset.shape == [7, 11])
    #expect(dataset.chunk == [3, 4])
    #expect(try dataset.read(Int.self) == Array(0..<77))
    #expect(try dataset.read(Int.self, rows: 2..<4) == Array(22..<44))
    let box = try dataset.read(UInt8.self, box: [1..<6, 3..<9])
    var expected: [UInt8] = []
    for row in 1..<6 { expected += (3..<9).map { UInt8(row * 11 + $0) } }
    #expect(box == expected)
  }

  @Test(arguments: files)
  func `chunks that are one wide along the last side are spread`(name: String) throws {
    let dataset = try open(name).root.dataset("chunked/colors")
    #expect(try dataset.read(UInt8.self) == Array(0..<90))
    #expect(try dataset.read(Int.self) == Array(0..<90))
    let part = try dataset.read(Float.self, box: [1..<4, 2..<6, 1..<3])
    var expected: [Float] = []
    for row in 1..<4 {
      for column in 2..<6 { expected += [1, 2].map { Float(row * 18 + column * 3 + $0) } }
    }
    #expect(part == expected)
    #expect(try open(name).root.dataset("chunked/floats").read(Double.self).last == 38)
  }

  @Test(arguments: files)
  func `chunks that were never written hold the fill value`(name: String) throws {
    let dataset = try open(name).root.dataset("chunked/partly")
    #expect(try dataset.read(Int.self) == [1, 2, 3, 4, 7, 7, 7, 7, 7, 7])
  }

  @Test(arguments: files)
  func `what is claimed without being stored is refused before memory is taken`(
    name: String
  ) throws {
    let dataset = try open(name).root.dataset("chunked/claimed")
    #expect(dataset.shape == [1 << 40])
    for said in [
      message { _ = try dataset.read(Float.self) },
      message { try dataset.checkClaim(bytesOfElement: 4) },
    ] {
      #expect(
        said?.hasSuffix(
          "'chunked/claimed' claims 1099511627776 elements, of which its 0 bytes in the file cannot "
            + "be. Export the file again.") == true)
    }
    #expect(try dataset.read(Float.self, rows: 5..<8) == [0, 0, 0])
  }

  @Test(arguments: files)
  func `an unknown filter is named`(name: String) throws {
    let dataset = try open(name).root.dataset("chunked/zstd")
    #expect(dataset.filters.map(\.name) == ["Zstandard"])
    #expect(
      message { _ = try dataset.read(Int.self) }?.hasSuffix(
        "'chunked/zstd' is packed with the filter Zstandard, which Eosin does not have. Write the "
          + "file again with gzip or LZF.") == true)
  }

  @Test(arguments: files)
  func `text of fixed and varying length is read`(name: String) throws {
    let texts = try open(name).root.group("texts")
    #expect(try texts.dataset("utf8").readStrings() == ["", "µm", "FASN"])
    #expect(try texts.dataset("utf8").readStrings(rows: 1..<3) == ["µm", "FASN"])
    #expect(try texts.dataset("ascii").readStrings() == ["a", "bc", ""])
    #expect(try texts.dataset("fixed").readStrings() == ["abc", "", "abcde"])
    #expect(try texts.dataset("fixed_utf8").readStrings() == ["", "µm", "FASN"])
    #expect(try texts.dataset("padded").readStrings() == ["ab", "c"])
    #expect(try texts.dataset("one").readStrings() == ["only"])
    #expect(try texts.dataset("utf8").type == .string(bytes: nil))
    #expect(try texts.dataset("fixed").type == .string(bytes: 5))
  }

  @Test(arguments: files)
  func `one long text many times over does not fill memory`(name: String) throws {
    let texts = try open(name).root.group("texts")
    #expect(try texts.dataset("long").readStrings() == [String(repeating: "x", count: 65_536)])
    #expect(try texts.dataset("same").readStrings(rows: 7..<9).map(\.count) == [65_536, 65_536])
    // All share the one text's memory.
    let all = try texts.dataset("same").readStrings()
    #expect(all.count == 100_000)
    #expect(all.last?.utf8.count == 65_536)
  }

  @Test(arguments: files)
  func `a table of rows is read a field at a time`(name: String) throws {
    let rows = try open(name).root.dataset("rows")
    #expect(try rows.field("index").readStrings() == ["a", "b", "cccc"])
    #expect(try rows.field("code").read(Int.self) == [1, -1, 0])
    #expect(try rows.field("size").read(Float.self, rows: 1..<3) == [1.5, 2.5])
    #expect(try rows.field("place").shape == [3, 2])
    #expect(try rows.field("place").read(Double.self) == [1, 2, 3, 4, 5, 6])
    #expect(try rows.field("good").readBooleans() == [true, false, true])
    #expect(try rows.field("note").readStrings() == ["x", "yy", ""])
    #expect(message { _ = try rows.field("other") }?.contains("has no field 'other'") == true)
  }

  @Test(arguments: files)
  func `groups list their members and say what they are`(name: String) throws {
    let file = try open(name)
    #expect(try file.root.members == ["chunked", "marked", "numbers", "rows", "texts"])
    let marked = try file.root.group("marked")
    #expect(try marked.members.prefix(3) == ["z", "a", "m"])
    #expect(file.root.kind(of: "marked/z") == .dataset)
    #expect(file.root.kind(of: "marked") == .group)
    #expect(file.root.kind(of: "marked/x/y") == nil)
    #expect(marked.kind(of: "soft") == .dataset)
    #expect(marked.kind(of: "broken") == .other)
    #expect(marked.kind(of: "outside") == .other)
    #expect(try marked.dataset("reference").type == .other("references"))
    #expect(message { _ = try file.root.group("rows") }?.contains("is no group") == true)
    #expect(message { _ = try file.root.dataset("X") }?.contains("is not there") == true)
  }

  @Test(arguments: files)
  func `attributes are read as text or numbers`(name: String) throws {
    let attributes = try open(name).root.group("marked").attributes
    #expect(
      attributes.names == ["fixed", "flag", "list", "nothing", "number", "shape", "text"])
    #expect(try attributes.string("text") == "csr_matrix")
    #expect(try attributes.string("fixed") == "bytes")
    #expect(try attributes.strings("list") == ["one", "two"])
    #expect(try attributes.numbers("shape", as: Int.self) == [30, 20])
    #expect(try attributes.number("number", as: Double.self) == 1.5)
    #expect(try attributes.number("flag", as: Int.self) == 1)
    #expect(try attributes.numbers("nothing", as: Float.self) == [])
    #expect(try attributes.string("missing") == nil)
    #expect(message { _ = try attributes.string("shape") }?.contains("text is expected") == true)
  }

  @Test func `many threads read one file`() throws {
    let file = try open("kinds.h5")
    DispatchQueue.concurrentPerform(iterations: 64) { index in
      let name = ["gzip", "lzf", "checked", "plain"][index % 4]
      let values = try? file.root.dataset("chunked/\(name)").read(Int.self)
      #expect(values == Array(0..<77))
    }
  }
}

/// What an operation throws, as the user sees it, or nil when it works.
func message(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return "\(error)"
  }
}
