import Foundation
import TestSupport
import Testing

@testable import HDF5

/// What is written reads back; anndata and h5py read it in Tests/AnnData.
@Suite struct HDF5WriterTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func written(_ body: (HDF5Writer) throws -> Void) throws -> HDF5Group {
    let url = folder.url.appending(path: "a.h5")
    let file = try HDF5Writer(creating: url)
    try body(file)
    try file.close()
    return try HDF5File(opening: url).root
  }

  @Test func `numbers of every kind read back`() throws {
    let root = try written { file in
      try file.write([Int8.min, -1, .max], shape: [3], to: "/int8")
      try file.write([Int16.min, .max], shape: [2], to: "/int16")
      try file.write([Int32.min, .max], shape: [2, 1], to: "/int32")
      try file.write([Int64.min, .max], shape: [1, 2], to: "/int64")
      try file.write([UInt8](0...255), shape: [16, 16], to: "/uint8")
      try file.write([Float.pi, -.infinity, .leastNonzeroMagnitude], shape: [3], to: "/float")
      try file.write([Double.pi, .greatestFiniteMagnitude], shape: [2], to: "/double")
      try file.write(2.5, to: "/alone")
      try file.write([Float](), shape: [0, 5], to: "/nothing")
    }
    #expect(try root.dataset("int8").read(Int.self) == [-128, -1, 127])
    #expect(try root.dataset("int16").read(Int.self) == [-32768, 32767])
    #expect(try root.dataset("int32").read(Int32.self) == [.min, .max])
    #expect(try root.dataset("int64").read(Int.self) == [.min, .max])
    #expect(try root.dataset("int64").shape == [1, 2])
    #expect(try root.dataset("uint8").read(UInt8.self) == [UInt8](0...255))
    #expect(
      try root.dataset("float").read(Float.self) == [.pi, -.infinity, .leastNonzeroMagnitude])
    #expect(try root.dataset("double").read(Double.self) == [.pi, .greatestFiniteMagnitude])
    #expect(try root.dataset("alone").read(Double.self) == [2.5])
    #expect(try root.dataset("nothing").shape == [0, 5])
  }

  @Test func `texts and attributes read back`() throws {
    let texts = ["", "ä, 木", "a \"b\"\n", String(repeating: "x", count: 5000)]
    let root = try written { file in
      try file.makeGroup("/group")
      try file.write(texts, to: "/group/texts")
      try file.write([String](), to: "/group/none")
      try file.write("one", to: "/group/one")
      try file.set("text", of: "/group", to: "word")
      try file.set("texts", of: "/group", to: texts)
      try file.set("shape", of: "/group", to: [Int64(3), 4])
      try file.set("truth", of: "/group", to: true)
    }
    let group = try root.group("group")
    #expect(try group.dataset("texts").readStrings() == texts)
    #expect(try group.dataset("none").readStrings() == [])
    #expect(try group.dataset("one").readStrings() == ["one"])
    #expect(try group.attributes.string("text") == "word")
    #expect(try group.attributes.strings("texts") == texts)
    #expect(try group.attributes.numbers("shape", as: Int.self) == [3, 4])
  }

  @Test func `chunks that nobody wrote hold the fill`() throws {
    let root = try written { file in
      for (name, places) in [("none", []), ("some", [[0, 2], [4, 0]])] {
        let array = try file.makeArray(
          shape: [5, 3], chunk: [2, 2], fill: Float(7), at: "/\(name)")
        for place in places { try array.write([1, 2, 3, 4], at: place) }
        try array.close()
      }
    }
    #expect(try root.dataset("none").read(Float.self) == Array(repeating: 7, count: 15))
    #expect(
      try root.dataset("some").read(Float.self)
        == [7, 7, 1, 7, 7, 3, 7, 7, 7, 7, 7, 7, 1, 2, 7])
  }

  @Test func `a list given in pieces is one list, whatever the pieces`() throws {
    let numbers = (0..<700_000).map { Int32($0 * 7919 % 1000) }
    let root = try written { file in
      let list = try file.makeList(of: Int32.self, length: numbers.count, at: "/list")
      var start = 0
      for size in [0, 1, 300_000, 262_143, 137_856] {
        try list.append(Array(numbers[start..<start + size]))
        start += size
      }
      try list.close()
      try file.makeList(of: Int32.self, length: 0, at: "/empty").close()
    }
    #expect(try root.dataset("list").read(Int32.self) == numbers)
    #expect(try root.dataset("empty").shape == [0])
  }

  @Test func `a file that is there is not written over, and the problem names it`() throws {
    let path = try folder.write("mine", to: "there.h5")
    let problem = #expect(throws: HDF5Error.self) {
      try HDF5Writer(creating: URL(filePath: path))
    }
    #expect(problem?.description.hasPrefix("\(path): cannot be written") == true)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
  }

  @Test func `what belongs into a group that is missing is named`() throws {
    let problem = #expect(throws: HDF5Error.self) {
      try written { try $0.write(1.0, to: "/nowhere/number") }
    }
    #expect(problem?.object == "/nowhere/number")
  }
}
