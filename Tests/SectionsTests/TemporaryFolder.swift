import CDeflate
import Foundation

@testable import Sections

/// A folder that is removed when the test lets go of it.
final class TemporaryFolder {
  let url: URL

  init() {
    url = FileManager.default.temporaryDirectory.appending(path: "eosin-\(UUID().uuidString)")
    try! FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file, making the folders on its path.
  @discardableResult
  func write(_ text: String, to path: String) -> URL { write(Array(text.utf8), to: path) }

  @discardableResult
  func write(_ bytes: [UInt8], to path: String) -> URL {
    let file = url.appending(path: path)
    try! FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try! Data(bytes).write(to: file)
    return file
  }
}

/// One gzip member.
func gzipped(_ text: String) -> [UInt8] {
  let compressor = libdeflate_alloc_compressor(6)!
  defer { libdeflate_free_compressor(compressor) }
  let bytes = Array(text.utf8)
  return [UInt8](unsafeUninitializedCapacity: bytes.count + 100) { buffer, count in
    count = libdeflate_gzip_compress(
      compressor, bytes, bytes.count, buffer.baseAddress, buffer.count)
  }
}

/// Numbers that are the same in every run: SplitMix64.
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
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
