import Foundation

/// A hash of several things, which names what was made of them.
///
/// The 64-bit xxHash: tells things apart but for chance, and is no proof against a forger.
public struct Fingerprint: Sendable {
  private var hash = XXHash64()

  /// Of nothing yet.
  public init() {}

  /// Adds a text; where one ends and the next begins makes a difference.
  public mutating func add(_ text: String) {
    var text = text + "\0"
    // Safety: as below.
    text.withUTF8 { bytes in unsafe add(UnsafeRawBufferPointer(bytes)) }
  }

  /// Adds numbers as they lie in memory.
  public mutating func add<Number: BitwiseCopyable>(_ numbers: [Number]) {
    // Safety: as below; numbers without references are their bytes.
    unsafe numbers.withUnsafeBytes { bytes in unsafe add(bytes) }
  }

  /// Adds bytes as they are.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    // Safety: the hash reads within the bytes it is handed.
    unsafe hash.update(bytes)
  }

  /// Adds the content of a file; nothing where it cannot be read.
  public mutating func add(contentsOf url: URL) {
    guard let source = try? ByteSource(mapping: url) else { return }
    // Safety: as above.
    unsafe source.withBytes(in: 0..<source.count) { bytes in unsafe add(bytes) }
  }

  /// All that was added, in 16 hexadecimal digits.
  public var digits: String {
    let digits = String(hash.hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
