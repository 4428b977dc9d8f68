import Foundation
import Testing

@testable import Sections

@Suite struct GzipFileTests {
  let folder = TemporaryFolder()

  func read(_ bytes: [UInt8], limit: Int = 1 << 30) throws -> String {
    String(
      decoding: try readTextFile(folder.write(bytes, to: "A1.tsv.gz"), limit: limit),
      as: UTF8.self)
  }

  @Test func `plain text under a gz name is read as it is`() throws {
    #expect(try read(Array("a\tb\n".utf8)) == "a\tb\n")
  }

  @Test func `members follow each other and zeros at the end are ignored`() throws {
    let text = String(repeating: "0\t1\t0\n", count: 5000)
    #expect(try read(gzipped(text) + gzipped("end\n")) == text + "end\n")
    #expect(try read(gzipped(text) + [UInt8](repeating: 0, count: 100)) == text)
    #expect(try read(gzipped("") + gzipped("x")) == "x")
  }

  @Test func `the size in the trailer is not trusted`() throws {
    let text = String(repeating: "0\t", count: 200_000)
    // The last member's size is that of a few bytes: far too little for the first.
    #expect(try read(gzipped(text) + gzipped("x")) == text + "x")
  }

  @Test func `a byte order mark is dropped and UTF-16 is refused`() throws {
    #expect(try read([0xEF, 0xBB, 0xBF, 0x61]) == "a")
    #expect(
      message { _ = try read([0xFF, 0xFE, 0x61, 0]) }?.hasSuffix(
        "is UTF-16 text. Save it as UTF-8.") == true)
  }

  @Test func `a file cut anywhere says that it ends early or is damaged`() {
    var generator = SeededNumbers(state: 1)
    let text = (0..<4000).map { _ in "\(Int.random(in: 0..<30, using: &generator))\t" }.joined()
    let whole = gzipped(text)
    var early = 0
    let lengths = Array(stride(from: 3, to: whole.count, by: 97))
    for length in lengths {
      let found = message { _ = try read(Array(whole[..<length])) } ?? "was read"
      #expect(found.contains("Download it again."), "\(length): \(found)")
      if found.contains("ends early") { early += 1 }
    }
    #expect(early * 10 > lengths.count * 9)
  }

  @Test func `a changed checksum is told from a changed stream`() {
    var bytes = gzipped(String(repeating: "0\t1\t", count: 500))
    bytes[bytes.count - 8] ^= 1
    #expect(
      message { _ = try read(bytes) }?.contains(
        "is damaged: its checksum does not match") == true)
    bytes[bytes.count - 8] ^= 1
    bytes[bytes.count - 4] ^= 1
    #expect(message { _ = try read(bytes) }?.contains("its length does not match") == true)
  }

  @Test func `anything but zeros after the end is refused`() {
    #expect(
      message { _ = try read(gzipped("x") + [1, 2, 3]) }?.contains(
        "has 3 bytes after its end that are not gzip") == true)
  }

  @Test func `a file that unpacks beyond the limit is refused`() {
    let bomb = gzipped(String(repeating: "0", count: 3 << 20))
    #expect(
      message { _ = try read(bomb, limit: 1 << 20) }?.contains(
        "unpacks to more than 1 MB") == true)
  }

  @Test func `a missing file and a folder are refused`() {
    let missing = folder.url.appending(path: "none")
    #expect(
      message { _ = try readTextFile(missing) } == "\(missing.path): is not there. Check the path.")
    #expect(
      message { _ = try readTextFile(folder.url) }?.contains("is a folder, not a file") == true)
  }
}
