import Foundation
import TestSupport
import Testing
import Workbench

/// Small files of every kind that people have, sound ones and broken ones, through the program.
@Suite struct DamagedFileTests {
  static let counts = "\tA\tB\n10x21\t1\t0\n10x22\t2\t3\n11x21\t0\t4\n"
  static let spots = """
    x\ty\tnew_x\tnew_y\tpixel_x\tpixel_y\tselected
    10\t21\t10.1\t21.1\t10.5\t20.5\t1
    10\t22\t10.1\t22.1\t12\t22\t1
    11\t21\t11.1\t21.1\t14\t20\t1

    """

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func info(
    counts: [UInt8] = Array(counts.utf8), spots: [UInt8] = Array(spots.utf8), named name: String,
    image: String? = nil
  ) throws -> Program.Outcome {
    try Program.info(
      try ["--counts", folder.write(counts, to: name), "--spots", folder.write(spots, to: "s.tsv")]
        + (image.map { ["--image", $0] } ?? []))
  }

  static let readable: [(name: String, change: @Sendable (String) -> [UInt8])] = [
    ("plain.tsv", { Array($0.utf8) }),
    ("crlf.tsv", { Array($0.replacingOccurrences(of: "\n", with: "\r\n").utf8) }),
    ("bom.tsv", { [0xEF, 0xBB, 0xBF] + Array($0.utf8) }),
    ("comma.csv", { Array($0.replacingOccurrences(of: "\t", with: ",").utf8) }),
    ("noend.tsv", { Array($0.utf8.dropLast()) }),
    (
      "members.tsv.gz",
      { gzipped($0.utf8.prefix(9)) + gzipped([]) + gzipped($0.utf8.dropFirst(9)) }
    ),
    ("unnamed.tsv", { gzipped($0.utf8) }),
  ]

  @Test(arguments: readable.map(\.name))
  func `every usual kind of table is read`(name: String) throws {
    let change = try #require(Self.readable.first { $0.name == name }).change
    let outcome = try info(counts: change(Self.counts), spots: change(Self.spots), named: name)
    #expect(outcome.status == .exited(0) && outcome.error == "", "\(outcome.everything)")
    let info = try JSONDecoder().decode(SectionInfo.self, from: Data(outcome.output.utf8))
    #expect(info.spots == 3 && info.genes == 2 && info.countsInAll == 10 && info.notes.isEmpty)
  }

  @Test(arguments: [
    ("empty.tsv", [], ": is empty. Export the matrix again."),
    ("cut.tsv.gz", Array(gzipped(counts.utf8).dropLast(12)), ": is damaged: "),
    (
      "sum.tsv.gz", Array(gzipped(counts.utf8).dropLast(8)) + [1, 2, 3, 4, 42, 0, 0, 0],
      ": is damaged: "
    ),
    ("zeros.tsv", [UInt8](repeating: 0, count: 4096), ": is not text."),
    ("nan.tsv", Array("\tA\n1x1\tnan\n".utf8), ":2: spot '1x1', gene 'A': 'nan' is not a count."),
    ("short.tsv", Array("\tA\tB\n1x1\t1\n".utf8), ":2: spot '1x1' has 1 count"),
    ("huge.tsv", Array("\tA\n1x1\t1e30\n".utf8), "'1e30' is too large for a count."),
  ])
  func `a broken table of counts is refused in a sentence`(
    name: String, bytes: [UInt8], sentence: String
  ) throws {
    let outcome = try info(counts: bytes, named: name)
    #expect(outcome.status == .exited(1))
    expectDone(outcome, orSentenceAbout: folder.path(name))
    #expect(outcome.error.contains(sentence), "\(outcome.error)")
  }

  @Test(arguments: [
    ("bomb.png", png(width: 100_000, height: 100_000), "claims 100000 × 100000 pixels"),
    ("huge.jpg", jpeg(width: 65500, height: 65500), "huge.jpg: "),
    ("empty.png", [], "is empty; copy or export it again."),
    ("text.jpg", Array("x\ty\n".utf8), "is no JPEG, PNG, TIFF or whole slide"),
    ("tiff.jpg", Array("II*\0\u{8}\0\0\0".utf8), "is a TIFF"),
  ])
  func `an image that cannot be read becomes a note`(
    name: String, bytes: [UInt8], sentence: String
  ) throws {
    let image = try folder.write(bytes, to: name)
    let outcome = try info(named: "C2.tsv", image: image)
    #expect(outcome.status == .exited(0) && outcome.error == "", "\(outcome.everything)")
    let info = try JSONDecoder().decode(SectionInfo.self, from: Data(outcome.output.utf8))
    #expect(info.image == nil && info.spots == 3 && info.notes.count == 1)
    #expect(info.notes[0].hasPrefix("No image: \(image): ") && info.notes[0].contains(sentence))

    let frame = try Program.run(
      [
        "view", "--size", "80x24", "--counts", folder.path("C2.tsv"), "--spots",
        folder.path("s.tsv"), "--image", image,
      ], megabytes: 2000)
    #expect(frame.status == .exited(0))
    #expect(frame.error == "C2: \(info.notes[0])\n")
  }

  @Test func `a section of one spot has all but clusters`() throws {
    let counts = try folder.write("\tA\tB\n1x1\t3\t4\n", to: "Z1.tsv")
    for command in [["info", "--json"], ["genes", "--json"], ["view"], ["render"]] {
      let outcome = try Program.run(command + ["--counts", counts])
      #expect(outcome.status == .exited(0), "\(outcome.everything)")
    }
    let outcome = try Program.run(["cluster", "-k", "2", "--counts", counts])
    #expect(outcome.status == .exited(1))
    #expect(outcome.error.contains("Section Z1 has 1 spot to cluster, fewer than the 2 clusters"))
  }

  @Test func `spots without any counts have expression zero`() throws {
    let counts = try folder.write("\tA\tB\n1x1\t0\t0\n2x1\t0\t0\n3x1\t0\t0\n", to: "Z1.tsv")
    let commands = [
      ["genes"], ["cluster", "-k", "2"], ["view"], ["render", "--show", "clusters"],
    ]
    for command in commands {
      for normalization in ["released", "raw"] {
        let outcome = try Program.run(
          command + ["--counts", counts, "--normalization", normalization])
        #expect(outcome.status == .exited(0), "\(outcome.everything)")
        #expect(!outcome.output.contains("nan"), "\(outcome.output)")
      }
    }
  }
}

/// One gzip member, its bytes stored as they are.
private func gzipped(_ content: some Sequence<UInt8>) -> [UInt8] {
  let bytes = Array(content)
  precondition(bytes.count <= 0xFFFF, "one stored block")
  let length = UInt16(bytes.count)
  return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1] + littleEndian(length) + littleEndian(~length)
    + bytes + littleEndian(checksum(bytes)) + littleEndian(UInt32(bytes.count))
}

/// A PNG's header, and nothing of the pixels it claims.
private func png(width: UInt32, height: UInt32) -> [UInt8] {
  func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + content
    return bigEndian(UInt32(content.count)) + body + bigEndian(checksum(body))
  }
  return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    + chunk("IHDR", bigEndian(width) + bigEndian(height) + [8, 2, 0, 0, 0])
    + chunk("IDAT", [0x78, 0x9C]) + chunk("IEND", [])
}

/// A grey JPEG's header up to its scan, and nothing of the pixels it claims.
private func jpeg(width: UInt16, height: UInt16) -> [UInt8] {
  [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8] + bigEndian(height) + bigEndian(width) + [1, 1, 0x11, 0]
    + [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x55, 0xFF, 0xD9]
}

/// CRC-32 as gzip and PNG use it.
private func checksum(_ bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(0xFFFF_FFFF as UInt32) { sum, byte in
    (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in
      sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1
    }
  }
}

private func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  stride(from: value.bitWidth - 8, through: 0, by: -8).map {
    UInt8(truncatingIfNeeded: value >> $0)
  }
}

private func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  bigEndian(value).reversed()
}
