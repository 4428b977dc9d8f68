import Foundation
import TestSupport
import Testing

@testable import Models

extension TemporaryFolder {
  /// Writes a file and gives its place.
  func write(_ bytes: [UInt8], as name: String) throws -> URL {
    URL(filePath: try write(bytes, to: name))
  }
}

/// SplitMix64: the same numbers from the same seed everywhere.
struct TestGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) { state = UInt64(seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return bits ^ bits >> 31
  }
}

func fixture(_ name: String) throws -> [UInt8] {
  let url = try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil))
  return [UInt8](try Data(contentsOf: url))
}

/// What reading bytes as a checkpoint is refused with, or nil when it is not.
func refusal(of bytes: [UInt8]) -> String? {
  do throws(CheckpointError) {
    let file = try TensorFile.read(ByteSource(bytes, file: "a.pt"))
    for tensor in file.tensors { _ = tensor.floats() }
    return nil
  } catch {
    return error.description
  }
}

/// Bytes with a few changed, removed or repeated.
func mutated(_ bytes: [UInt8], seed: Int) -> [UInt8] {
  var generator = TestGenerator(seed: seed)
  var bytes = bytes
  for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
    let place = bytes.indices.randomElement(using: &generator)!  // it is not empty
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: bytes.remove(at: place)
    case 1: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
    case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF].randomElement(using: &generator)!
    case 3: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    default: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    }
  }
  return bytes
}

extension FixedWidthInteger {
  /// The bytes of the number, the lowest first.
  var littleBytes: [UInt8] {
    (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) }
  }
}

/// A zip archive as a test wants it, right or wrong.
struct ZipSample {
  struct Member {
    var name: String
    var contents: [UInt8]
    /// What the directory says the size is, where it lies.
    var claimedSize: UInt32?
    var method: UInt16 = 0
    var flags: UInt16 = 0
    /// What the directory says the start is, where it lies.
    var claimedStart: UInt32?
    var uncompressed: Int?
    var checksum: UInt32 = 0
  }

  var members: [Member] = []
  var comment: [UInt8] = []
  var isZip64 = false

  var bytes: [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let start = UInt32(file.count)
      let size = UInt32(member.contents.count)
      let full = member.claimedSize ?? UInt32(member.uncompressed ?? member.contents.count)
      let common =
        member.flags.littleBytes + member.method.littleBytes + UInt32(0).littleBytes
        + member.checksum.littleBytes + size.littleBytes + full.littleBytes
        + UInt16(member.name.utf8.count).littleBytes
      file += UInt32(0x0403_4B50).littleBytes + UInt16(20).littleBytes + common
      file += UInt16(0).littleBytes + Array(member.name.utf8) + member.contents
      directory += UInt32(0x0201_4B50).littleBytes + UInt16(20).littleBytes
      directory += UInt16(20).littleBytes + common + [UInt8](repeating: 0, count: 12)
      directory += (member.claimedStart ?? start).littleBytes + Array(member.name.utf8)
    }
    let start = file.count
    file += directory
    let count = members.count
    if isZip64 {
      let record = file.count
      file += UInt32(0x0606_4B50).littleBytes + UInt64(44).littleBytes
      file += [UInt8](repeating: 0, count: 12)
      file += count.littleBytes + count.littleBytes + directory.count.littleBytes
      file += start.littleBytes
      file += UInt32(0x0706_4B50).littleBytes + UInt32(0).littleBytes + record.littleBytes
      file += UInt32(1).littleBytes
    }
    file += UInt32(0x0605_4B50).littleBytes + UInt32(0).littleBytes
    let shown = isZip64 ? UInt16.max : UInt16(count)
    file += shown.littleBytes + shown.littleBytes
    file += (isZip64 ? UInt32.max : UInt32(directory.count)).littleBytes
    file += (isZip64 ? UInt32.max : UInt32(start)).littleBytes
    return file + UInt16(comment.count).littleBytes + comment
  }
}

/// Pickles of protocol 2, piece by piece.
enum PickleSample {
  static let start: [UInt8] = [0x80, 2]
  static let stop = Array(".".utf8)
  static let mark = Array("(".utf8)
  static let emptyDictionary = Array("}".utf8)
  static let emptyTuple = Array(")".utf8)
  static let setItems = Array("u".utf8)
  static let setItem = Array("s".utf8)
  static let reduce = Array("R".utf8)
  static let tuple = Array("t".utf8)
  static let none = Array("N".utf8)

  static func text(_ text: String) -> [UInt8] {
    Array("X".utf8) + UInt32(text.utf8.count).littleBytes + Array(text.utf8)
  }

  static func integer(_ value: Int32) -> [UInt8] { Array("J".utf8) + value.littleBytes }

  static func long(_ value: Int64) -> [UInt8] { [0x8A, 8] + value.littleBytes }

  static func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }

  static func integers(_ values: [Int]) -> [UInt8] {
    mark + values.flatMap { long(Int64($0)) } + tuple
  }

  static func storage(_ key: String, _ type: String, count: Int) -> [UInt8] {
    mark + text("storage") + global("torch", type) + text(key) + text("cpu") + long(Int64(count))
      + tuple + Array("Q".utf8)
  }

  static func tensor(
    _ key: String, type: String = "FloatStorage", count: Int, offset: Int = 0, shape: [Int],
    strides: [Int]
  ) -> [UInt8] {
    global("torch._utils", "_rebuild_tensor_v2") + mark + storage(key, type, count: count)
      + long(Int64(offset)) + integers(shape) + integers(strides) + [0x89]
      + global("collections", "OrderedDict") + emptyTuple + reduce + tuple + reduce
  }

  static func dictionary(_ pairs: [(String, [UInt8])]) -> [UInt8] {
    emptyDictionary + mark + pairs.flatMap { text($0.0) + $0.1 } + setItems
  }

  static func pickle(_ value: [UInt8]) -> [UInt8] { start + value + stop }
}

/// What `torch.save` writes, around a pickle.
func torchZip(
  _ value: [UInt8], storages: [String: [UInt8]] = [:], byteOrder: String? = "little"
) -> ZipSample {
  var zip = ZipSample()
  zip.members = [.init(name: "archive/data.pkl", contents: PickleSample.pickle(value))]
  if let byteOrder {
    zip.members.append(.init(name: "archive/byteorder", contents: Array(byteOrder.utf8)))
  }
  for (key, bytes) in storages.sorted(by: { $0.key < $1.key }) {
    zip.members.append(.init(name: "archive/data/\(key)", contents: bytes))
  }
  return zip
}

func torchLegacy(
  _ value: [UInt8], storages: [(key: String, count: Int, bytes: [UInt8])], isLittle: Bool = true
) -> [UInt8] {
  let magic: [UInt8] = [0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
  var file = PickleSample.pickle(magic) + PickleSample.pickle(PickleSample.integer(1001))
  file += PickleSample.pickle(
    PickleSample.dictionary([("little_endian", [isLittle ? 0x88 : 0x89])]))
  file += PickleSample.pickle(value)
  file += PickleSample.pickle(
    PickleSample.mark + storages.flatMap { PickleSample.text($0.key) } + Array("l".utf8))
  for storage in storages {
    file += isLittle ? storage.count.littleBytes : storage.count.littleBytes.reversed()
    file += storage.bytes
  }
  return file
}

func floatBytes(_ values: [Float], isBigEndian: Bool = false) -> [UInt8] {
  values.flatMap { isBigEndian ? $0.bitPattern.littleBytes.reversed() : $0.bitPattern.littleBytes }
}
