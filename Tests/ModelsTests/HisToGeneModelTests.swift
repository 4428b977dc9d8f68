import Foundation
import TensorCore
import TestSupport
import Testing

@testable import Models

/// Goldens: PyTorch 2.15 on the authors' code, seed 20240102, 16 spots of section C2.
@Suite struct HisToGeneModelTests {
  let golden: Golden
  let patches: Tensor
  let configuration: HisToGene.Configuration

  init() throws {
    golden = try Golden("histogene")
    patches = golden.patches([16, 3 * 112 * 112])
    var configuration = HisToGene.Configuration()
    configuration.width = 12
    configuration.layers = 2
    configuration.genes = 19
    self.configuration = configuration
  }

  private func expect(_ actual: Tensor, _ name: String) {
    expectGolden(actual, golden.expected.tensor(name), tolerance: 1e-4, name)
  }

  @Test func `every activation is the authors' within 1e-4`() throws {
    let model = try HisToGene(configuration, weights: golden.weights)
    let (x, y) = golden.positions
    expect(model.patchEmbedding(patches), "patch_embedding")
    let input = model.embed(model.encode(patches), x: x, y: y)
    expect(input, "vit.input")
    let block = model.blocks[0]
    let normed = block.attentionNorm(input)
    expect(normed, "layer0.attn.norm")
    let shares = attentionShares(block.queriesKeysValues(normed), heads: 16, scale: 1 / 8)
    expect(shares.slice(0..<1, along: 0), "layer0.attn.softmax.head0")
    let attended = block.attention(normed, nil)
    expect(attended, "layer0.attn.out")
    let middle = input + attended
    expect(gelu(block.widening(block.feedForwardNorm(middle))), "layer0.ff.gelu")
    expect(block.feedForward(block.feedForwardNorm(middle), nil), "layer0.ff.out")
    let output = model.blocks[1](block(input, nil), nil)
    expect(output, "vit.output")
    expect(model.headNorm(output), "gene_head.norm")
    let predicted = model(patches, x: x, y: y)
    expect(predicted, "output")
    let doubles = golden.expected.array("output.float64", as: Double.self)
    expectGolden(
      predicted, Tensor(shape: [16, 19], doubles.map(Float.init)), tolerance: 1e-4, "float64")
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `every gradient is the authors' within 1e-3`() throws {
    let weights = golden.trackedWeights
    let patches = patches.tracked()
    let model = try HisToGene(configuration, weights: weights)
    let (x, y) = golden.positions
    let observed = golden.input.tensor("expression").reshaped(to: [16, 19])
    let loss = meanSquaredError(model(patches, x: x, y: y), observed)
    expectGolden(loss, golden.gradients.tensor("loss"), tolerance: 1e-5, "loss")
    expectGoldenGradients(of: loss, weights, patches: patches, golden.gradients)
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `five steps of training are the authors' within 1e-4`() throws {
    var weights = golden.weights
    var optimizer = Adam(learningRate: 1e-4)
    let (x, y) = golden.positions
    let observed = golden.input.tensor("expression").reshaped(to: [16, 19])
    let losses = golden.training.array("losses", as: Double.self)
    for (step, expected) in losses.enumerated() {
      let tracked = weights.mapValues { $0.tracked() }
      let model = try HisToGene(configuration, weights: tracked)
      let loss = meanSquaredError(model(patches, x: x, y: y), observed)
      #expect(abs(Double(loss.item) - expected) < 1e-4 * expected, "loss before step \(step + 1)")
      let names = Array(tracked.keys.sorted())
      let gradients = loss.gradients(for: names.map { tracked[$0]! })
      optimizer.update(&weights, Dictionary(uniqueKeysWithValues: zip(names, gradients)))
      for name in golden.training.names where name.hasPrefix("step\(step + 1).") {
        expectGolden(
          weights[String(name.dropFirst(6))]!, golden.training.tensor(name), tolerance: 1e-4, name)
      }
    }
    let model = try HisToGene(configuration, weights: weights)
    expectGolden(
      model(patches, x: x, y: y), golden.training.tensor("after5.output"), tolerance: 1e-4,
      "output after five steps")
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `the full-size network has the authors' parameters`() throws {
    var parameters = Parameters(listing: ())
    _ = HisToGene(HisToGene.Configuration(), &parameters)
    #expect(shapes(parameters.declarations) == (try authorsParameters("histogene")))
  }
}

@Suite struct SmallHisToGeneTests {
  @Test func `weights that do not fit are named`() {
    var configuration = HisToGene.Configuration()
    (configuration.width, configuration.patchSidePixels) = (4, 2)
    (configuration.layers, configuration.heads, configuration.genes) = (1, 1, 3)
    var parameters = Parameters(generator: SeededGenerator(seed: 1))
    let model = HisToGene(configuration, &parameters)
    let predicted = model(Tensor(shape: [2, 12], repeating: 9), x: [0, 1], y: [5, 6])
    #expect(predicted.shape == [2, 3])
    var weights = parameters.values
    weights["gene_head.1.bias"] = Tensor(shape: [2], repeating: 0)
    weights["x_embed.weight"] = nil
    weights["x_embed.wait"] = Tensor(0)
    let error = #expect(throws: ParameterError.self) {
      try HisToGene(configuration, weights: weights)
    }
    #expect(error?.missing.map(\.name) == ["x_embed.weight"])
    #expect(error?.unexpected == ["x_embed.wait"])
    #expect(error?.misshapen.map(\.found) == [[2]])
  }
}
