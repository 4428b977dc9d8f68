import Foundation
import TestSupport
import Testing

@testable import Sections

@Suite struct PanelTests {
  let folder = TemporaryFolder()

  @Test func `a list is read line by line`() throws {
    let panel = try Panel(
      reading: folder.write("\u{FEFF}# cancer\r\nFASN\r\n\r\nGNAS\r\nFASN", to: "cancer.txt"))
    #expect(panel == Panel(name: "cancer", genes: ["FASN", "GNAS"]))
    let (found, missing) = panel.indices(in: ["ACTB", "GNAS"])
    #expect(found == [1] && missing == ["FASN"])
  }

  @Test func `a list of something else is refused`() {
    #expect(
      message { _ = try Panel(reading: folder.write("A\nB C\n", to: "p.txt")) }?.contains(
        "p.txt:2: 'B C' is more than one gene symbol.") == true)
    #expect(
      message { _ = try Panel(reading: folder.write("# none\n", to: "p.txt")) }?.contains(
        "names no genes") == true)
  }

  /// An `.npy` file of objects with the pickle given.
  private func numpy(_ pickle: [UInt8], shape: String = "(2,)") -> [UInt8] {
    let header = "{'descr': '|O', 'fortran_order': False, 'shape': \(shape), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
      + Array(header.utf8) + pickle
  }

  private func arrayPickle(_ module: String = "numpy.core.multiarray") -> [UInt8] {
    func text(_ string: String) -> [UInt8] {
      [0x58, UInt8(string.utf8.count), 0, 0, 0] + Array(string.utf8)
    }
    var bytes: [UInt8] = [0x80, 3]
    bytes += Array("c\(module)\n_reconstruct\n".utf8) + [0x71, 0]
    bytes += Array("cnumpy\nndarray\n".utf8) + [0x4B, 0, 0x85, 0x43, 1, 0x62, 0x87, 0x52]
    bytes += [0x28, 0x4B, 1, 0x4B, 2, 0x85] + Array("cnumpy\ndtype\n".utf8)
    bytes += text("O8") + [0x89, 0x88, 0x87, 0x52]
    bytes += [0x28, 0x4B, 3] + text("|") + [0x4E, 0x4E, 0x4E, 0x4A, 255, 255, 255, 255]
    bytes += [0x74, 0x62, 0x89, 0x5D, 0x28] + text("FASN") + text("GNAS") + [0x65, 0x74, 0x62]
    return bytes + Array(".".utf8)
  }

  @Test func `an array of objects gives its strings`() throws {
    let panel = try Panel(reading: folder.write(numpy(arrayPickle()), to: "p.npy"))
    #expect(panel.genes == ["FASN", "GNAS"])
  }

  @Test func `a pickle that would run something is refused`() {
    let call =
      [0x80, 2] + Array("cos\nsystem\n".utf8) + [0x58, 1, 0, 0, 0, 0x61, 0x85, 0x52, 0x2E]
    for pickle in [call, arrayPickle("os"), Array(arrayPickle().dropLast(9)), []] {
      #expect(
        message { _ = try Panel(reading: folder.write(numpy(pickle), to: "p.npy")) }?.contains(
          "holds objects other than a list of strings; they are not read") == true)
    }
    #expect(
      message {
        _ = try Panel(reading: folder.write(numpy(arrayPickle(), shape: "(3,)"), to: "p.npy"))
      } != nil)
  }

  @Test func `a header without end is refused before it is searched`() {
    let shape = "(2" + String(repeating: " ", count: 60_000)
    let header = "{'descr': '|O', 'shape': \(shape)}\n"
    let length = UInt16(header.utf8.count)
    let bytes =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
      + Array(header.utf8)
    #expect(
      message { _ = try numpyStrings(bytes, from: folder.url) }?.contains(
        "has a header of \(length) bytes. Save a one-dimensional array") == true)
  }

  @Test(arguments: 0..<64)
  func `a damaged array never crashes`(seed: Int) {
    var generator = SeededNumbers(state: UInt64(seed))
    var bytes = numpy(arrayPickle())
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      bytes[Int.random(in: 6..<bytes.count, using: &generator)] = UInt8.random(
        in: 0...255, using: &generator)
    }
    _ = message { _ = try numpyStrings(bytes, from: folder.url) }
  }

  /// Needs the authors' lists, which are not part of the project.
  @Test(.enabled(if: SharedFiles.hasData), arguments: ["her_hvg_cut_1000", "skin_hvg_cut_1000"])
  func `the authors' arrays are their text lists`(name: String) throws {
    let folder = SharedFiles.data.appending(path: "panels")
    let array = try Panel(reading: folder.appending(path: "\(name).npy"))
    #expect(array == (try Panel(reading: folder.appending(path: "\(name).txt"))))
    #expect(array.genes.count == (name.hasPrefix("her") ? 785 : 171))
  }
}
