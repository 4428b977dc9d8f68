import Foundation
import Sections
import TensorCore
import TestSupport
import Testing

@testable import Models

@Suite struct TumourCheckpointTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func checkpoint() throws -> TumourCheckpoint {
    var configuration = HiST.Configuration()
    configuration.encoder = EncoderSample.checkpoint().settings
    (configuration.widths, configuration.genes) = ([4, 6, 6, 8, 8], 1)
    (configuration.mixers, configuration.mixerSide) = (1, 3)
    var parameters = Parameters(generator: SeededGenerator(seed: 3))
    _ = HiST(configuration, &parameters)
    return TumourCheckpoint(
      try HiSTTumour(configuration, weights: parameters.values),
      categories: ["invasive cancer", "cancer in situ"],
      trainingProtocol: [
        "summary": .string("trained on A1"), "sections": .array([.string("A1")]),
        "patients": .array([.string("A")]), "heldOut": .array([.string("B1")]),
      ])
  }

  private func file(_ name: String) -> URL { folder.url.appending(path: name) }

  @Test func `what is written reads back to the bit, encoder and labels with it`() throws {
    let checkpoint = try checkpoint()
    let url = file("tumour.safetensors")
    try checkpoint.write(to: url, replacing: false)
    let read = try TumourCheckpoint(reading: url)
    #expect(TumourCheckpoint.isOne(url))
    #expect(read.configuration == checkpoint.configuration)
    #expect(read.categories == ["cancer in situ", "invasive cancer"])
    #expect(read.trainingProtocol == checkpoint.trainingProtocol)
    #expect(read.heldOutSections == ["B1"] && read.protocolSummary == "trained on A1")
    let origin = read.origin(model: "HiST", fingerprint: try read.fingerprint())
    #expect(origin.standing(ofSection: "A1", patient: "A") == .trainedOn)
    #expect(origin.standing(ofSection: "B1", patient: "B") == .patientUnseen)
    #expect(try read.fingerprint() == checkpoint.fingerprint())
    let weights = try checkpoint.network(file: "a").weights
    let others = try read.network(file: "b").weights
    #expect(weights.mapValues(\.array) == others.mapValues(\.array))
    #expect(weights.keys.contains { $0.hasPrefix(FrozenEncoder.prefix) })
    try read.write(to: file("again.safetensors"), replacing: false)
    #expect(try Data(contentsOf: url) == Data(contentsOf: file("again.safetensors")))
    #expect(throws: CheckpointError.self) { try read.write(to: url, replacing: false) }
  }

  private func refusal(_ read: () throws -> Void) -> String? {
    #expect(throws: CheckpointError.self) { try read() }?.problem
  }

  @Test func `it is taken for nothing else, and nothing else for it`() throws {
    let url = file("tumour.safetensors")
    try checkpoint().write(to: url, replacing: false)
    #expect(
      refusal { _ = try Checkpoint(reading: url) }
        == "holds tumour regions, not gene expression: map them with 'eosin tumour --model', or show "
        + "them with --tumour.")
    #expect(
      refusal { _ = try EncoderCheckpoint(reading: url) }
        == "holds tumour regions, not an encoder. Name the file of an encoder.")
    let encoder = file("encoder.safetensors")
    try EncoderSample.checkpoint().write(to: encoder, replacing: false)
    #expect(
      refusal { _ = try TumourCheckpoint(reading: encoder) }
        == "holds an encoder, which maps no tumour. Name a file that 'eosin train tumour' wrote.")
    let model = SharedFiles.sampleData.appending(path: "models/ridge.safetensors")
    #expect(
      refusal { _ = try TumourCheckpoint(reading: model) }?
        .hasPrefix("holds a model of gene expression, which maps no tumour.") == true)
    #expect(!TumourCheckpoint.isOne(model) && !TumourCheckpoint.isOne(file("none.safetensors")))
  }

  @Test(arguments: [
    ("eosin.tumour", "[]"), ("eosin.tumour", "[1]"), ("eosin.tumour", "{"),
    ("eosin.format", "9"), ("eosin.configuration", "{\"widths\":[4,6,6,8]}"),
    ("eosin.configuration", "{}"), ("eosin.protocol", "7"),
  ])
  func `a damaged file is refused`(_ key: String, _ value: String) throws {
    let url = file("tumour.safetensors")
    try checkpoint().write(to: url, replacing: false)
    let read = try TensorFile(reading: url)
    var metadata = read.metadata.compactMapValues { value in
      if case .string(let text) = value { text } else { nil }
    }
    metadata[key] = value
    try Safetensors.write(
      read.tensors, metadata: metadata, to: file("damaged.safetensors"), replacing: false)
    #expect(throws: CheckpointError.self) {
      try TumourCheckpoint(reading: file("damaged.safetensors"))
    }
  }

  @Test func `a file that lacks a weight is refused with the weight's name`() throws {
    let url = file("tumour.safetensors")
    try checkpoint().write(to: url, replacing: false)
    let read = try TensorFile(reading: url)
    let lacking = "Conv1.conv.0.bias"
    let metadata = read.metadata.compactMapValues { value in
      if case .string(let text) = value { text } else { nil }
    }
    try Safetensors.write(
      read.tensors.filter { $0.name != lacking }, metadata: metadata, to: url, replacing: true)
    let problem = refusal {
      _ = try TumourCheckpoint(reading: url).network(file: url.path)
    }
    #expect(problem?.contains(lacking) == true, "\(problem ?? "")")
  }
}
