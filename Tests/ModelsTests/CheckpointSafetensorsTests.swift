import Foundation
import TestSupport
import Testing

@testable import Models

private func file(_ header: String, data: Int = 0) -> [UInt8] {
  header.utf8.count.littleBytes + Array(header.utf8) + [UInt8](repeating: 0, count: data)
}

private func randomTensors(_ generator: inout TestGenerator) -> [StoredTensor] {
  (0..<Int.random(in: 0...6, using: &generator)).map { index in
    let shape = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
      Int.random(in: 0...5, using: &generator)
    }
    let type = ScalarType.allCases.randomElement(using: &generator)!  // it has cases
    let bytes = (0..<shape.reduce(1, *) * type.byteCount).map { _ in
      UInt8.random(in: 0...255, using: &generator)
    }
    return StoredTensor(
      name: "layer.\(index).\(["w", "\"ü\n", "z"].randomElement(using: &generator)!)",
      shape: shape, type: type, source: ByteSource(bytes, file: ""), start: 0)
  }
}

@Test(arguments: 0..<64)
func `written tensors read back to the bit`(seed: Int) throws {
  var generator = TestGenerator(seed: seed)
  let tensors = randomTensors(&generator)
  let folder = try TemporaryFolder()
  let url = folder.url.appending(path: "a.safetensors")
  let metadata = seed % 3 == 0 ? [:] : ["b\"\u{1}": "ü\\", "a": ""]
  try Safetensors.write(tensors, metadata: metadata, to: url, replacing: false)
  let read = try Safetensors.read(url)
  #expect(read.metadata == metadata.mapValues(JSON.string))
  #expect(read.names.sorted() == tensors.map(\.name).sorted())
  for tensor in tensors {
    let found = try #require(read[tensor.name])
    #expect(found.shape == tensor.shape && found.type == tensor.type)
    #expect(found.packedBytes() == tensor.packedBytes())
  }
  try Safetensors.write(tensors.reversed(), metadata: metadata, to: url, replacing: true)
  let again = folder.url.appending(path: "b.safetensors")
  try Safetensors.write(read.tensors, metadata: metadata, to: again, replacing: false)
  #expect(try Data(contentsOf: url) == Data(contentsOf: again))
  #expect(folder.names.sorted() == ["a.safetensors", "b.safetensors"])
}

@Test func `a file of every type reads as safetensors' own writer meant it`() throws {
  let bytes = try fixture("checkpoint-views.safetensors")
  let file = try TensorFile.read(ByteSource(bytes, file: "views"))
  #expect(file.format == .safetensors)
  #expect(file["int64"]?.integers() == [0, 1, 2, 3, 4])
  #expect(file["int64"]?.doubles() == [0, 1, 2, 3, 4])
  #expect(file["uint8"]?.floats() == [0, 1, 2, 3, 4])
  #expect(file["bool"]?.integers() == [1, 0])
  #expect(file["scalar"]?.floats() == [3.5])
  #expect(file["scalar"]?.shape == [])
  #expect(file["empty"]?.shape == [0, 3])
  #expect(file["empty"]?.floats() == [])
  #expect(file["double"]?.integers() == nil)
  let doubles = try #require(file["double"]?.doubles())
  #expect(file["double"]?.floats() == doubles.map { Float($0) })
  // Written by the same rules: wide types first, then names, padded to eight bytes.
  let folder = try TemporaryFolder()
  let url = folder.url.appending(path: "views.safetensors")
  try Safetensors.write(file.tensors, to: url, replacing: false)
  #expect([UInt8](try Data(contentsOf: url)) == bytes)
}

@Test func `half precision reads exactly`() {
  func tensor(_ type: ScalarType, _ bits: [UInt16]) -> StoredTensor {
    StoredTensor(
      name: "a", shape: [bits.count], type: type,
      source: ByteSource(bits.flatMap(\.littleBytes), file: ""), start: 0)
  }
  #expect(
    tensor(.float16, [0x3C00, 0xC000, 0x7BFF, 0x0001, 0x7C00]).floats() == [
      1, -2, 65504, 0x1p-24, .infinity,
    ])
  #expect(tensor(.bfloat16, [0x3F80, 0xC000, 0x7F7F]).floats() == [1, -2, 0x1.FEp127])
  #expect(tensor(.int16, [0xFFFF, 2]).integers() == [-1, 2])
  #expect(tensor(.uint16, [0xFFFF, 2]).integers() == [65535, 2])
}

@Test func `a file cut anywhere is refused`() throws {
  let bytes = try fixture("checkpoint-views.safetensors")
  for count in 0..<bytes.count {
    let message = refusal(of: Array(bytes[..<count]))
    #expect(message?.hasPrefix("a.pt: ") == true, "cut at \(count)")
  }
  #expect(refusal(of: bytes + [0])?.contains("1 bytes after its last tensor") == true)
}

@Test(arguments: 0..<64)
func `a changed safetensors file is read or refused`(seed: Int) throws {
  let bytes = try fixture("checkpoint-views.safetensors")
  for round in 0..<8 {
    _ = refusal(of: mutated(bytes, seed: seed * 8 + round))
    // The header alone, where a change matters.
    _ = refusal(of: mutated(Array(bytes[..<904]), seed: seed * 8 + round) + bytes[904...])
  }
}

@Test(
  arguments: [
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}"#,
      "repeats"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      "'b' lies at bytes 0 to 4 where byte 4 is next"
    ),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "'a' lies at bytes 4 to 8"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "'a' has 4 bytes for shape [2]"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}"#, "cut short"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775808]}}"#, "whole number"),
    (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "whole number"),
    (
      #"{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,4]}}"#,
      "larger than any memory"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[0,9223372036854775807,9223372036854775807],"data_offsets":[0,0]}}"#,
      "larger than any memory"
    ),
    (
      #"{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}"#,
      "'F8_E4M3', which Eosin does not read"
    ),
    (#"{"a":{"dtype":"F32","shape":[1]}}"#, "two data_offsets of 'a'"),
    (#"{"a":[[[1]]]}"#, "should have '{'"),
    (#"{"__metadata__":{"a":1}}"#, "should have"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x"#, "should have the end"),
  ])
func `a header that does not fit the file is refused`(header: String, part: String) throws {
  let message = try #require(refusal(of: file(header, data: 4)))
  #expect(message.contains(part), "\(message)")
}

@Test func `a header size beyond the limit is not believed`() {
  #expect(
    refusal(of: [UInt8](repeating: 0xFF, count: 7) + [0x7F] + Array("{}".utf8))
      == "a.pt: is neither a safetensors file nor a PyTorch checkpoint. Name a .safetensors, "
      + ".ckpt, .pt or .pth file.")
  #expect(
    refusal(of: UInt64(100_000_001).littleBytes + Array("{}".utf8))
      == "a.pt: says its header has 100000001 bytes, more than the 100000000 allowed. It is "
      + "damaged or no safetensors file.")
}

@Test func `a failed writing leaves what was there`() throws {
  let folder = try TemporaryFolder()
  let url = try folder.write([1, 2, 3], as: "a.safetensors")
  let tensor = StoredTensor(name: "a", shape: [2], floats: [1, 2])
  #expect(throws: CheckpointError.self) {
    try Safetensors.write([tensor, tensor], to: url, replacing: true)
  }
  #expect(
    throws: CheckpointError(
      file: url.path, problem: "is already there. Name another file, or ask to replace it.")
  ) { try Safetensors.write([tensor], to: url, replacing: false) }
  #expect(try Data(contentsOf: url) == Data([1, 2, 3]))
  #expect(folder.names == ["a.safetensors"])
  let missing = folder.url.appending(path: "no/b.safetensors")
  let error = #expect(throws: CheckpointError.self) {
    try Safetensors.write([tensor], to: missing, replacing: false)
  }
  #expect(error?.problem.contains("there is no folder") == true)
}

@Test(.enabled(if: SharedFiles.hasFixtures), arguments: ["thitogene", "histogene", "hist2st"])
func `the models' weights are rewritten to the same bytes`(model: String) throws {
  let url = SharedFiles.fixtures.appending(path: "\(model)/weights.safetensors")
  let file = try TensorFile(reading: url)
  let golden = try SafetensorsFile(url)
  #expect(file.names.sorted() == golden.names)
  for tensor in file.tensors where tensor.type == .float32 {
    #expect(tensor.floats() == golden.array(tensor.name, as: Float.self))
  }
  let folder = try TemporaryFolder()
  let copy = folder.url.appending(path: "weights.safetensors")
  try Safetensors.write(file.tensors, to: copy, replacing: false)
  #expect(try Data(contentsOf: copy) == Data(contentsOf: url))
}

@Test func `a path that is no file is refused`() throws {
  let folder = try TemporaryFolder()
  let missing = folder.url.appending(path: "a.pt")
  #expect(
    throws: CheckpointError(file: missing.path, problem: "is not there. Check the path.")
  ) { try TensorFile(reading: missing) }
  #expect(
    throws: CheckpointError(
      file: folder.url.path, problem: "is not a plain file. Name a checkpoint file.")
  ) { try TensorFile(reading: folder.url) }
  let empty = try folder.write([], as: "empty.pt")
  #expect(
    throws: CheckpointError(file: empty.path, problem: "is empty. Copy or download it again.")
  ) { try TensorFile(reading: empty) }
}
