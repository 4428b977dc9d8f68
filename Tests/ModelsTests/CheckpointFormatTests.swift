import Foundation
import Sections
import TestSupport
import Testing

@testable import Models

private func sample() -> Checkpoint {
  Checkpoint(
    modelName: "histogene",
    configuration: [
      "width": .integer(1024), "dropout": .number(0.1), "heads": .array([.integer(3)]),
    ],
    genes: ["FASN", "GNAS", "É"], normalization: .published,
    trainingProtocol: ["sections": .array([.string("A1")]), "seed": .integer(0), "note": .null],
    tensors: [
      StoredTensor(name: "head.weight", shape: [2, 2], floats: [1, -2, .infinity, 0.5]),
      StoredTensor(name: "count", shape: [], integers: [3]),
    ])
}

@Test(arguments: Normalization.presets)
func `a checkpoint reads back as it was written`(normalization: Normalization) throws {
  let folder = try TemporaryFolder()
  let url = folder.url.appending(path: "a.safetensors")
  var checkpoint = sample()
  checkpoint.normalization = normalization
  try checkpoint.write(to: url, replacing: false)
  let read = try Checkpoint(reading: url)
  #expect(read.modelName == checkpoint.modelName)
  #expect(read.configuration == checkpoint.configuration)
  #expect(read.genes == checkpoint.genes)
  #expect(read.normalization == normalization)
  #expect(read.trainingProtocol == checkpoint.trainingProtocol)
  #expect(read["head.weight"]?.floats() == [1, -2, .infinity, 0.5])
  #expect(read["count"]?.integers() == [3])
  #expect(read["other"] == nil)
}

@Test func `the fingerprint is that of the file and of nothing else`() throws {
  let folder = try TemporaryFolder()
  let url = folder.url.appending(path: "a.safetensors")
  let checkpoint = sample()
  try checkpoint.write(to: url, replacing: false)
  let fingerprint = try checkpoint.fingerprint()
  #expect(try Checkpoint(reading: url).fingerprint() == fingerprint)
  var hash = XXHash64()
  [UInt8](try Data(contentsOf: url)).withUnsafeBytes { hash.update($0) }
  #expect(fingerprint == "xxh64:" + String(format: "%016llx", hash.hash))
  var other = sample()
  other.genes.swapAt(0, 1)
  #expect(try other.fingerprint() != fingerprint)
  var turned = sample()
  turned.tensors.reverse()
  #expect(try turned.fingerprint() == fingerprint)
}

@Test func `a file that Eosin did not write says how to import it`() throws {
  let folder = try TemporaryFolder()
  let plain = try folder.write(try fixture("checkpoint-views.safetensors"), as: "v.safetensors")
  #expect(
    throws: CheckpointError(
      file: plain.path,
      problem: "is a plain safetensors file without eosin.format. Import it: eosin model import "
        + "v.safetensors --model NAME --genes LIST.")
  ) { try Checkpoint(reading: plain) }
  let torch = try folder.write(try fixture("checkpoint-views.pt"), as: "v.pt")
  #expect(
    throws: CheckpointError(
      file: torch.path,
      problem: "is a PyTorch checkpoint. Import it: eosin model import v.pt --model NAME "
        + "--genes LIST.")
  ) { try Checkpoint(reading: torch) }
}

@Test(
  arguments: [
    ("eosin.format", "2", "is of format 2; this Eosin reads up to 1. Update Eosin."),
    ("eosin.format", "x", "has a damaged eosin.format"),
    ("eosin.genes", "[1]", "has a damaged eosin.genes"),
    ("eosin.genes", #"["A","A"]"#, "has a damaged eosin.genes"),
    ("eosin.normalization", "{}", "has a damaged eosin.normalization"),
    ("eosin.configuration", "[]", "has a damaged eosin.configuration"),
    ("eosin.protocol", "{", "has a damaged eosin.protocol"),
    ("eosin.model", nil, "without eosin.model"),
  ] as [(String, String?, String)])
func `metadata that is wrong is named`(key: String, value: String?, part: String) throws {
  let folder = try TemporaryFolder()
  let url = folder.url.appending(path: "a.safetensors")
  try sample().write(to: url, replacing: false)
  var metadata: [String: String] = [:]
  for (name, json) in try TensorFile(reading: url).metadata {
    if case .string(let text) = json { metadata[name] = text }
  }
  metadata[key] = value
  try Safetensors.write([], metadata: metadata, to: url, replacing: true)
  let error = #expect(throws: CheckpointError.self) { try Checkpoint(reading: url) }
  #expect(error?.problem.contains(part) == true)
}

@Test(
  arguments: [
    (0, 0xEF46_DB37_51D8_E999), (1, 0x1F25_C8D0_BC1F_4BB6), (3, 0x31D2_363F_52E5_64C9),
    (4, 0x9BB6_4B7D_66EE_9FDA), (8, 0xDAB9_9D95_C6F9_0092), (13, 0xF78B_0313_08F5_BFC8),
    (31, 0xA2AA_5F33_CC4A_6119), (32, 0x23C3_C17E_F790_FD97), (33, 0x50A7_CFC7_BA58_8784),
    (64, 0x0EB6_4B3E_F6EE_B01F), (100, 0xA61F_8D4C_170F_E531), (1000, 0x5F23_5FA0_33F1_A3FB),
  ] as [(Int, UInt64)])
func `the hash is that of the xxHash library`(count: Int, expected: UInt64) {
  // Bytes (7 i + 3) mod 256, by python-xxhash 3.
  let bytes = (0..<count).map { UInt8(($0 * 7 + 3) % 256) }
  for step in [1, 5, 32, 1000] {
    var hash = XXHash64()
    for start in stride(from: 0, to: count, by: step) {
      Array(bytes[start..<min(count, start + step)]).withUnsafeBytes { hash.update($0) }
    }
    #expect(hash.hash == expected)
  }
}

@Test(
  arguments: [
    "null", "true", "-3", "0.5", #""a\"\\\n\u0001ü""#, "[]", "[1,[2.5,{}]]",
    #"{"a":1,"b":[null],"ü":""}"#, "1e-05", "9223372036854775807",
  ])
func `plain values read back from their text`(text: String) throws {
  #expect(try #require(JSON(text: text)).text == text)
}

@Test(
  arguments: [
    "", "{", "[1,]", "{\"a\":1,}", "01", "1.", ".5", "+1", "1e", "nul", "\"a", "\"\\x\"",
    "\"\\ud800\"", "\"\\u12\"", "\"\t\"", "1 2", "{\"a\":1,\"a\":2}", "{1:2}", "1e999",
    String(repeating: "[", count: 100) + String(repeating: "]", count: 100),
  ])
func `text that is not JSON is none`(text: String) { #expect(JSON(text: text) == nil) }

@Test func `escaped characters are read`() {
  #expect(JSON(text: #""\ud83d\ude00\/\u00fc""#) == .string("😀/ü"))
  #expect(JSON.number(.nan).text == "null")
}

@Test func `a configuration goes to plain values and back`() throws {
  struct Configuration: Codable, Equatable {
    var width = 32
    var rates = [0.1, 1e-5]
    var note: String?
  }
  let json = try JSON(encoding: Configuration())
  #expect(
    json == .object(["width": .integer(32), "rates": .array([.number(0.1), .number(1e-5)])]))
  #expect(try json.decoded(as: Configuration.self) == Configuration())
}
