import Testing

@testable import HDF5

@Suite struct TypeMessageTests {
  /// A whole number of one byte.
  private let byte: [UInt8] = [0x10, 8, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0]

  /// FALSE and TRUE, as h5py keeps booleans.
  private var boolean: [UInt8] {
    [0x18, 2, 0, 0, 1, 0, 0, 0] + byte + Array("FALSE\0\0\0TRUE\0\0\0\0".utf8) + [0, 1]
  }

  private func end(_ bytes: [UInt8]) -> Int? { TypeMessage(bytes: bytes).end(from: 0) }

  @Test func `a description ends where its words say`() {
    #expect(end(byte) == 12)
    #expect(end(boolean) == 38)
    // A list of booleans, and a text.
    #expect(end([0x19, 0, 0, 0, 16, 0, 0, 0] + boolean) == 46)
    #expect(end([0x19, 0, 0, 0, 15, 0, 0, 0] + boolean) == nil)
    #expect(end([0x13, 0, 0, 0, 5, 0, 0, 0]) == 8)
    // A table of one field `a` at 0, as version 1 and 3 write it.
    let first: [UInt8] = [0x16, 1, 0, 0, 1, 0, 0, 0] + Array("a\0\0\0\0\0\0\0".utf8)
    #expect(end(first + Array(repeating: 0, count: 32) + byte) == 60)
    #expect(end([0x36, 1, 0, 0, 1, 0, 0, 0] + Array("a\0".utf8) + [0] + byte) == 23)
  }

  @Test func `an enumeration of more values than there are is none`() {
    var wide = boolean
    wide[8 + 7] = 5  // each value of 83 million bytes
    #expect(end(wide) == nil)
    var many = boolean
    many[2] = 9
    #expect(end(many) == nil)
  }

  @Test func `a description cut short is none, wherever it ends`() {
    for length in boolean.indices { #expect(end(Array(boolean.prefix(length))) == nil) }
    // Lists of lists without an end.
    let nested = Array(repeating: [0x19, 0, 0, 0, 16, 0, 0, 0] as [UInt8], count: 100).flatMap {
      $0
    }
    #expect(end(nested + byte) == nil)
  }
}
