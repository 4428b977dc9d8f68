import Foundation
import TensorCore
import TestSupport
import Testing

@testable import Models

/// An encoder's weights, patches and activations as the authors' code gave them.
private struct EncoderGolden {
  let weights, input, expected: SafetensorsFile

  init(_ name: String) throws {
    func file(_ part: String) throws -> SafetensorsFile {
      try SafetensorsFile(SharedFiles.fixtures.appending(path: "\(name)/\(part).safetensors"))
    }
    (weights, input, expected) = (try file("weights"), try file("input"), try file("expected"))
  }

  var patches: Tensor {
    channelRows(input.array("patches_hwc", as: UInt8.self), side: 224)
  }
}

/// Patches `[row, column, channel]` as encoders take them.
private func channelRows(_ pixels: [UInt8], side: Int) -> Tensor {
  Tensor(shape: [pixels.count / (3 * side * side), side * side, 3], pixels.map(Float.init))
    .transposed().reshaped(to: [-1, 3 * side * side])
}

/// Weights by name, the whole numbers among them as floats.
private func weights(
  _ file: SafetensorsFile, under prefix: String, without derived: [String] = []
) -> [String: Tensor] {
  let names = file.names.filter { name in
    name.hasPrefix(prefix) && !derived.contains { name.hasSuffix($0) }
  }
  return Dictionary(
    uniqueKeysWithValues: names.map { name in
      let own = String(name.dropFirst(prefix.count))
      return name.hasSuffix("num_batches_tracked")
        ? (own, Tensor(Float(file.array(name, as: Int64.self)[0]))) : (own, file.tensor(name))
    })
}

/// Goldens: PyTorch 2.15 on HiST's copy of timm 0.5.4, seed 20240108, 4 patches.
@Suite struct CTransPathGoldenTests {
  private static func reduced() -> CTransPath.Configuration {
    var configuration = CTransPath.Configuration()
    configuration.width = 16
    (configuration.depths, configuration.heads) = ([2, 2, 2, 2], [1, 2, 4, 8])
    return configuration
  }

  @Test func `the stem and the first stage are the authors' within 1e-4`() throws {
    let file = try SafetensorsFile(
      #require(
        Bundle.module.url(
          forResource: "Fixtures/ctranspath/first-stage", withExtension: "safetensors")))
    var configuration = Self.reduced()
    (configuration.depths, configuration.heads) = ([2, 0], [1, 1])
    var parameters = Parameters(weights: weights(file, under: "weights."))
    let encoder = CTransPath(configuration, &parameters)
    let images = PixelStandard.imageNet(
      channelRows(file.array("patch", as: UInt8.self), side: 224)
    ).reshaped(to: [1, 3, 224, 224])
    expectGolden(
      encoder.stages[0](encoder.stem(images, nil)), file.tensor("expected.layers.0.downsample"),
      tolerance: 1e-4, "layers.0.downsample")
    // The trimmed file holds all but the last norm.
    let error = #expect(throws: ParameterError.self) { try parameters.checkAll() }
    #expect(error?.missing.map(\.name) == ["norm.weight", "norm.bias"])
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `every activation is the authors' within 1e-4`() throws {
    let golden = try EncoderGolden("ctranspath")
    let encoder = try CTransPath(
      Self.reduced(),
      weights: weights(golden.weights, under: "", without: CTransPath.entry.derived))
    func expect(_ actual: Tensor, _ name: String) {
      expectGolden(
        actual.slice(0..<1, along: 0), golden.expected.tensor(name), tolerance: 1e-4, name)
    }
    let images = PixelStandard.imageNet(golden.patches).reshaped(to: [-1, 3, 224, 224])
    let embedded = encoder.stem(images, nil)
    expect(embedded, "patch_embed.first1")
    let plain = encoder.stages[0].blocks[0](embedded)
    expect(plain, "layers.0.blocks.0.first1")
    expect(encoder.stages[0].blocks[1](plain), "layers.0.blocks.1.first1")
    var tokens = encoder.stages[0](embedded)
    expect(tokens, "layers.0.downsample.first1")
    for stage in 1..<4 {
      tokens = encoder.stages[stage](tokens)
      if stage > 1 { expect(tokens, "layers.\(stage).first1") }
    }
    expect(encoder.norm(tokens), "norm.first1")
    expectGolden(
      encoder.features(golden.patches), golden.expected.tensor("output"), tolerance: 1e-4,
      "output")
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `masks and relative positions are those of the authors' file`() throws {
    let golden = try EncoderGolden("ctranspath")
    for (stage, resolution) in [56, 28, 14].enumerated() {
      let windows = SwinWindows(resolution: resolution, window: 7, isShifted: true)
      let masks = windows.masks.reshaped(to: [4, 49, 49])
      let all = gather(masks, windows.tokens.kinds)  // [windows, 49, 49]
      let name = "layers.\(stage).blocks.1.attn"
      #expect(all.array == golden.weights.array("\(name)_mask", as: Float.self))
      #expect(
        windows.relativePositions.map(Int64.init)
          == golden.weights.array("\(name).relative_position_index", as: Int64.self))
    }
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `the full-size network has the authors' parameters`() throws {
    let theirs = try authorsParameters("ctranspath").filter { name, _ in
      !CTransPath.entry.derived.contains { name.hasSuffix($0) }
    }
    let declared = CTransPath.declarations(CTransPath.Configuration())
    #expect(shapes(declared) == theirs)
    var found = CTransPath.Configuration()
    (found.width, found.depths, found.heads, found.window) = (8, [1], [1], 2)
    found.adopt(ParameterShapes(theirs))
    #expect(found == CTransPath.Configuration())
  }
}

/// Goldens: PyTorch 2.15 on open_clip 3.3.0, seed 20240109, 4 patches.
@Suite struct CLIPImageEncoderGoldenTests {
  private static func reduced(_ scaling: PixelStandard) -> CLIPImageEncoder.Configuration {
    var configuration = CLIPImageEncoder.Configuration()
    (configuration.width, configuration.layers, configuration.headWidth) = (96, 3, 32)
    (configuration.hidden, configuration.features) = (384, 40)
    configuration.scaling = scaling
    return configuration
  }

  @Test(arguments: ["raw", "normalised"])
  func `attention and what follows the last block are the authors' within 1e-4`(variant: String)
    throws
  {
    let file = try SafetensorsFile(
      #require(
        Bundle.module.url(forResource: "Fixtures/vit-b-32/parts", withExtension: "safetensors")))
    var parameters = Parameters(weights: weights(file, under: "weights."))
    let encoder = CLIPImageEncoder(Self.reduced(.raw), &parameters)
    func part(_ name: String) -> Tensor { file.tensor("\(variant).\(name)") }
    func expect(_ actual: Tensor, _ name: String) {
      expectGolden(actual, part(name), tolerance: 1e-4, name)
    }
    let block = encoder.blocks[0]
    expect(block.attention(block.attentionNorm(part("ln_pre"))), "block0.attn")
    expect(encoder.lastNorm(part("block2")), "ln_post")
    let features = encoder.project(part("ln_post"))
    expect(features, "encode_image")
    expect(normalizedRows(features), "output")
  }

  @Test(.enabled(if: SharedFiles.hasFixtures), arguments: [PixelStandard.raw, .clip])
  func `every activation is the authors' within 1e-4`(scaling: PixelStandard) throws {
    let golden = try EncoderGolden("vit-b-32")
    var encoder = try CLIPImageEncoder(
      Self.reduced(scaling), weights: weights(golden.weights, under: "visual."))
    let variant = scaling == .raw ? "raw" : "normalised"
    func expect(_ actual: Tensor, _ name: String) {
      let expected = golden.expected.tensor("\(variant).\(name)")
      let part = expected.shape[0] == 1 ? actual.slice(0..<1, along: 0) : actual
      expectGolden(part, expected, tolerance: 1e-4, name)
    }
    let embedded = encoder.embed(golden.patches)
    let patches = (embedded - encoder.positionEmbedding).slice(1..<50, along: 1)
    expect(patches.transposed().reshaped(to: [4, 96, 7, 7]), "conv1.first1")
    let first = encoder.firstNorm(embedded)
    expect(first, "ln_pre")
    let block = encoder.blocks[0]
    let attended = block.attention(block.attentionNorm(first))
    expect(attended, "block0.attn")
    let hidden = quickGELU(block.widening(block.feedForwardNorm(first + attended)))
    expect(hidden, "block0.quickgelu.first1")
    expect(block(first), "block0")
    let last = encoder.tokens(golden.patches)
    expect(last, "block2")
    expect(encoder.lastNorm(last), "ln_post")
    expect(encoder.features(golden.patches), "output")
    var plain = Self.reduced(scaling)
    plain.normalizesFeatures = false
    encoder = try CLIPImageEncoder(plain, weights: weights(golden.weights, under: "visual."))
    expect(encoder.features(golden.patches), "encode_image")
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `the full-size network has the authors' parameters`() throws {
    let theirs = try authorsParameters("vit-b-32")
    let own = shapes(CLIPImageEncoder.declarations(CLIPImageEncoder.Configuration()))
    #expect(
      Dictionary(uniqueKeysWithValues: own.map { ("visual.\($0)", $1) })
        == theirs.filter { $0.key.hasPrefix("visual.") })
    var found = CLIPImageEncoder.Configuration()
    (found.width, found.layers, found.imageSidePixels, found.features) = (64, 1, 32, 3)
    found.adopt(ParameterShapes(theirs).under("visual."))
    #expect(found == CLIPImageEncoder.Configuration())
  }
}
