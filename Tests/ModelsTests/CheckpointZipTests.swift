import CDeflate
import Foundation
import Testing

@testable import Models

private func archive(_ bytes: [UInt8]) throws -> ZipArchive {
  try ZipArchive(ByteSource(bytes, file: "a.zip"))
}

private func contents(_ name: String, in archive: ZipArchive) throws -> [UInt8] {
  let member = try #require(archive[name])
  let place = try archive.open(member)
  return place.source.array(place.start..<place.start + member.size)
}

private func deflated(_ bytes: [UInt8]) throws -> [UInt8] {
  let compressor = try #require(libdeflate_alloc_compressor(6))
  defer { libdeflate_free_compressor(compressor) }
  var room = [UInt8](repeating: 0, count: bytes.count + 64)
  let count = libdeflate_deflate_compress(compressor, bytes, bytes.count, &room, room.count)
  return Array(room[..<count])
}

@Test(arguments: [false, true], [0, 5])
func `stored and deflated members are found`(isZip64: Bool, comment: Int) throws {
  let text = [UInt8](repeating: 7, count: 5000)
  var zip = ZipSample(isZip64: isZip64)
  zip.comment = [UInt8](repeating: 0x50, count: comment)
  zip.members = [
    .init(
      name: "a/one", contents: [1, 2, 3], checksum: libdeflate_crc32(0, [1, 2, 3] as [UInt8], 3)),
    .init(
      name: "a/two", contents: try deflated(text), method: 8, uncompressed: text.count,
      checksum: libdeflate_crc32(0, text, text.count)),
    .init(name: "a/none", contents: []),
  ]
  let read = try archive(zip.bytes)
  #expect(read.members.map(\.name) == ["a/one", "a/two", "a/none"])
  #expect(try contents("a/one", in: read) == [1, 2, 3])
  #expect(try contents("a/two", in: read) == text)
  #expect(try contents("a/none", in: read) == [])
  #expect(read["one"] == nil)
}

@Test(
  arguments: ["../../pwned", "/etc/passwd", "a/../b", "..", "C:/a", #"..\a"#, "a\0b", "", "a/.."])
func `names that lead out of the archive are refused`(name: String) throws {
  let zip = ZipSample(members: [.init(name: name, contents: [1])])
  let error = #expect(throws: CheckpointError.self) { try archive(zip.bytes) }
  #expect(error?.problem.contains("Do not trust it.") == true)
}

@Test func `impossible archives are refused before anything is allocated`() throws {
  let plain = ZipSample.Member(name: "a", contents: [1, 2, 3])
  func problem(_ members: [ZipSample.Member]) -> String? {
    let error = #expect(throws: CheckpointError.self) {
      let read = try archive(ZipSample(members: members).bytes)
      for member in read.members { _ = try read.open(member) }
    }
    return error?.problem
  }
  var bomb = plain
  bomb.method = 8
  bomb.claimedSize = 0xFFFF_FFF0
  #expect(
    problem([bomb])
      == "has a member 'a' of 4294967280 bytes stored in 3, which cannot be. Do not trust it.")
  var longer = plain
  longer.claimedSize = 4
  #expect(problem([longer])?.contains("of 4 bytes stored in 3") == true)
  var second = ZipSample.Member(name: "b", contents: [1, 2, 3])
  second.claimedStart = 0
  #expect(problem([plain, second])?.contains("describes otherwise") == true)
  second.name = "a"
  #expect(problem([plain, second]) == "has members that share their bytes. Do not trust it.")
  #expect(problem([plain, plain]) == "names a member twice. Do not trust it.")
  var encrypted = plain
  encrypted.flags = 1
  #expect(problem([encrypted])?.contains("is encrypted") == true)
  var unknown = plain
  unknown.method = 93
  #expect(problem([unknown])?.contains("compressed by method 93") == true)
  var wrong = plain
  wrong.checksum = 1
  #expect(problem([wrong]) == "has a damaged member 'a'. Copy or download it again.")
  var noise = ZipSample.Member(name: "c", contents: [9, 9, 9])
  noise.method = 8
  noise.uncompressed = 100
  #expect(problem([noise]) == "has a damaged member 'c'. Copy or download it again.")
}

@Test func `many members that grow together are refused`() throws {
  // Each inflates by a factor deflate can reach; together they would fill the memory.
  let zeros = [UInt8](repeating: 0, count: 1 << 20)
  let packed = try deflated(zeros)
  let members = (0..<100).map { index in
    ZipSample.Member(
      name: "\(index)", contents: packed, method: 8, uncompressed: zeros.count)
  }
  let error = #expect(throws: CheckpointError.self) {
    try archive(ZipSample(members: members).bytes)
  }
  #expect(error?.problem.contains("would grow to 104857600 bytes") == true)
}

@Test(arguments: 0..<64)
func `a changed archive is read or refused`(seed: Int) throws {
  let zip = ZipSample(
    members: [.init(name: "a", contents: [1, 2, 3]), .init(name: "b/c", contents: [])],
    isZip64: seed % 2 == 0
  ).bytes
  for round in 0..<16 {
    guard let read = try? archive(mutated(zip, seed: seed * 16 + round)) else { continue }
    for member in read.members { _ = try? read.open(member) }
  }
  for count in 0..<zip.count {
    #expect(throws: CheckpointError.self) { try archive(Array(zip[..<count])) }
  }
}
