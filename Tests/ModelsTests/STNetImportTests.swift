import Foundation
import Sections
import TensorCore
import TestSupport
import Testing

@testable import Models

/// Files of torchvision and of the authors.
@Suite struct STNetImportTests {
  private static let settings: [String: JSON] = [
    "growth": .integer(4), "blocks": .array([.integer(2), .integer(1)]),
    "firstChannels": .integer(8), "patchSidePixels": .integer(16),
  ]

  private func panel(_ count: Int) -> Panel {
    Panel(name: "genes", genes: (0..<count).map { "G\($0)" })
  }

  private func tensors(genes: Int) throws -> [StoredTensor] {
    try Checkpoint(
      untrained: modelEntry(named: "st-net"), genes: panel(genes), seed: 1,
      settings: Self.settings
    ).tensors
  }

  private func imported(
    _ tensors: [StoredTensor], as name: String? = nil, genes: Int
  ) throws -> Checkpoint {
    try Checkpoint(
      importing: TensorFile(
        format: .torchZip, tensors: tensors, metadata: [:], source: ByteSource([], file: "a.pth")),
      from: URL(filePath: "a.pth"), as: try name.map(modelEntry(named:)), genes: panel(genes),
      normalization: .stnet, settings: ["patchSidePixels": .integer(16)])
  }

  /// As torchvision wrote names before version 0.3, when batches were not counted.
  private func aged(_ tensors: [StoredTensor]) -> [StoredTensor] {
    tensors.filter { !$0.name.hasSuffix("num_batches_tracked") }.map { tensor in
      let name = tensor.name.replacing(/(denselayer\d+\.(?:norm|conv))([12])/) {
        "\($0.1).\($0.2)"
      }
      return StoredTensor(name: name, shape: tensor.shape, floats: tensor.floats())
    }
  }

  @Test func `old names are those of today`() throws {
    let today = try tensors(genes: 5)
    let old = aged(today)
    #expect(old.contains { $0.name == "features.denseblock1.denselayer2.norm.2.running_mean" })
    let checkpoint = try imported(old, genes: 5)
    #expect(checkpoint.modelName == "stnet")
    #expect(checkpoint.configuration["blocks"] == .array([.integer(2), .integer(1)]))
    for tensor in today {
      #expect(checkpoint[tensor.name]?.floats() == tensor.floats(), "\(tensor.name)")
    }
    _ = try checkpoint.network(file: "a.pth")
  }

  @Test func `a classifier of a thousand classes gives way to one of the genes`() throws {
    let backbone = try tensors(genes: 1000)
    let checkpoint = try imported(backbone, genes: 5)
    #expect(checkpoint["classifier.weight"]?.floats().allSatisfy { $0 == 0 } == true)
    #expect(checkpoint["classifier.bias"]?.shape == [5])
    let conv = "features.conv0.weight"
    #expect(checkpoint[conv]?.floats() == backbone.first { $0.name == conv }?.floats())
    let network = try #require(try checkpoint.network(file: "a.pth") as? STNet)
    let predicted = network.predict(Tensor(shape: [1, 3, 16, 16], repeating: 99))
    #expect(predicted.array == [0, 0, 0, 0, 0])
    // A thousand genes are a thousand genes.
    let whole = try imported(backbone, genes: 1000)
    #expect(whole["classifier.weight"]?.floats().contains { $0 != 0 } == true)
  }

  @Test func `another list of genes, and another model, are refused`() throws {
    let error = #expect(throws: CheckpointError.self) {
      try imported(try tensors(genes: 5), genes: 6)
    }
    #expect(error?.problem.contains("predicts 5 genes, and genes names 6") == true)
    let other = #expect(throws: CheckpointError.self) {
      try imported(try tensors(genes: 5), as: "histogene", genes: 5)
    }
    #expect(other?.problem.hasSuffix("It fits stnet: say --model stnet.") == true)
  }

  @Test func `the authors' dictionary of model and optim is read, without module before names`()
    throws
  {
    let tensors = try tensors(genes: 5)
    let entries = tensors.enumerated().map { place, tensor in
      (
        "module.\(tensor.name)",
        PickleSample.tensor(
          "\(place)", count: tensor.count, shape: tensor.shape, strides: tensor.strides)
      )
    }
    let root = PickleSample.dictionary([
      ("model", PickleSample.dictionary(entries)),
      ("optim", PickleSample.dictionary([("state", PickleSample.dictionary([]))])),
    ])
    let storages = tensors.enumerated().map { ("\($0)", floatBytes($1.floats())) }
    let folder = try TemporaryFolder()
    let url = try folder.write(
      torchZip(root, storages: Dictionary(uniqueKeysWithValues: storages)).bytes, as: "epoch_1.pth")
    let file = try TensorFile(reading: url)
    #expect(file.strippedPrefix == "module." && file.metadata["optim"] == nil)
    let checkpoint = try Checkpoint(
      importing: file, from: url, as: nil, genes: panel(5), normalization: .stnet,
      settings: ["patchSidePixels": .integer(16)])
    for tensor in tensors {
      #expect(checkpoint[tensor.name]?.floats() == tensor.floats(), "\(tensor.name)")
    }
  }

  @Test(arguments: [
    ("mean", JSON.array([.number(0.5)])),
    ("deviation", .array([.number(0), .number(1), .number(1)])),
    ("patchSidePixels", .integer(7)), ("patchSidePixels", .integer(60_000)),
    ("blocks", .array([])), ("blocks", .array([.integer(1_000_000_000)])), ("growth", .integer(0)),
  ])
  func `values no network can be made of are refused`(name: String, value: JSON) {
    #expect(throws: ModelError.self) { try STNet.configuration([name: value]) }
  }
}
