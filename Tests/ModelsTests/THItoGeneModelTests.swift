import Foundation
import TensorCore
import TestSupport
import Testing

@testable import Models

/// Goldens: PyTorch 2.15 on the authors' code, seed 20240101, 16 spots of section C2.
@Suite struct THItoGeneModelTests {
  let golden: Golden
  let patches, adjacency: Tensor
  let configuration: THItoGene.Configuration

  init() throws {
    golden = try Golden("thitogene")
    patches = golden.patches([16, 3, 112, 112])
    adjacency = golden.input.tensor("adjacency")
    var configuration = THItoGene.Configuration()
    (configuration.layers, configuration.genes, configuration.width) = (2, 17, 20)
    (configuration.heads, configuration.graphHeads) = (3, 2)
    (configuration.capsules, configuration.capsuleWidth) = (5, 12)
    (configuration.graphHidden, configuration.graphOutput) = (24, 32)
    configuration.headHidden = 40
    self.configuration = configuration
  }

  private func model(
    _ form: AttentionNormalization, _ weights: [String: Tensor]? = nil
  ) throws -> THItoGene {
    var configuration = configuration
    configuration.graphAttention = form
    return try THItoGene(configuration, weights: weights ?? golden.weights)
  }

  private func expect(_ actual: Tensor, _ name: String) {
    expectGolden(actual, golden.expected.tensor(name), tolerance: 1e-4, name)
  }

  @Test func `every activation of the capsules is the authors' within 1e-4`() throws {
    let model = try model(.released)
    let kernels = try #require(model.dynamicConvolution)
    let gates = kernels.gates(patches, nil)
    expect(gates.channels, "odconv.attention.channel")
    expect(gates.filters, "odconv.attention.filter")
    expect(gates.candidates, "odconv.attention.kernel")
    expectGolden(
      gates.places.reshaped(to: [16, 4, 4]), golden.expected.tensor("odconv.attention.spatial"),
      tolerance: 1e-4, "odconv.attention.spatial")
    let first = kernels(patches, nil)
    expect(first.slice(0..<2, along: 0), "odconv.output.first2")
    var maps = relu(first)
    for (index, layer) in model.stem.enumerated() {
      maps = layer.convolution(maps, normalizedBy: layer.norm, epilogue: .relu, nil)
      if index == 0 { expect(maps.slice(0..<1, along: 0), "caps.relu_bn1.first1") }
      if index == 3 { expect(maps.slice(0..<2, along: 0), "caps.relu_bn4.first2") }
    }
    let primary = model.primaryCapsules(maps)
    expect(primary, "caps.primary_presquash")
    let squashed = squash(primary.reshaped(to: [16, 16, 8]))
    expect(squashed, "caps.primary")
    let routing = try #require(model.routing)
    expect(routing(squashed), "caps.digit")
  }

  @Test func `every activation after the capsules is the authors' within 1e-4`() throws {
    let model = try model(.released)
    let (x, y) = golden.positions
    let tokens = model.tokens(of: model.capsules(patches, nil), x: x, y: y)
    expect(tokens, "vit.input")
    let block = model.blocks[0]
    expect(block.attention(block.attentionNorm(tokens), nil), "vit.layer0.attention_out")
    let attended = model.blocks[1](block(tokens, nil), nil)
    expect(attended, "vit.output")
    let graph = try #require(model.graph)
    let head = graph.heads[0]
    let values = matmul(attended, head.weight)
    for form in AttentionNormalization.allCases {
      expect(head.shares(of: values, adjacency, form), "gat.head0.attention.\(form)")
    }
    let parts = graph.heads.map {
      elu($0(attended, adjacency, .released, dropoutRate: 0, nil))
    }
    expect(parts[0], "gat.head0")
    let output = graph.output(
      concatenate(parts, along: 1), adjacency, .released, dropoutRate: 0, nil)
    expect(output, "gat.out_att_pre_elu")
    expect(elu(output), "gat.output")
  }

  @Test(arguments: AttentionNormalization.allCases) func `outputs are the authors' within 1e-4`(
    form: AttentionNormalization
  ) throws {
    let (x, y) = golden.positions
    let name = form == .released ? "output" : "output.published"
    let predicted = try model(form)(patches, x: x, y: y, adjacency: adjacency)
    expect(predicted, name)
    let doubles = golden.expected.array("\(name).float64", as: Double.self)
    expectGolden(
      predicted, Tensor(shape: [16, 17], doubles.map(Float.init)), tolerance: 1e-4, "float64")
  }

  @Test(arguments: AttentionNormalization.allCases)
  func `a spot without neighbours is treated as the authors treat it`(
    form: AttentionNormalization
  ) throws {
    let edge = try SafetensorsFile(
      #require(
        Bundle.module.url(forResource: "Fixtures/thitogene/edge.safetensors", withExtension: nil)))
    let (x, y) = golden.positions
    let model = try model(form)
    let adjacency = edge.tensor("adjacency")
    var tokens = model.tokens(of: model.capsules(patches, nil), x: x, y: y)
    for block in model.blocks { tokens = block(tokens, nil) }
    let attention = try #require(model.graph)
    let graph = attention(tokens, adjacency, form, nil)
    expectGolden(graph, edge.tensor("gat.output.\(form)"), tolerance: 1e-4, "graph, \(form)")
    expectGolden(
      model.genes(graph), edge.tensor("output.\(form)"), tolerance: 1e-4, "output, \(form)")
  }

  /// One of the stem's ReLUs has an input within rounding of 0, and the gradients behind it differ by
  /// up to 1 % with the side it falls on: moving one layer's weights by their last bits shows both
  /// sides. The authors' gradients must be those of one of them.
  @Test(.enabled(if: SharedFiles.hasFixtures), arguments: ["eval.", "eval_published.", "train."])
  func `every gradient is the authors' within 1e-3`(prefix: String) throws {
    var closest: [String: Float]?
    for seed in 0..<24 {
      let far = try gradientDifferences(prefix, movingLastBits: seed).filter { !($0.value <= 1e-3) }
      if far.count < closest?.count ?? .max { closest = far }
      if far.isEmpty { return }
    }
    Issue.record("gradients beyond 1e-3 in the closest of 24: \(closest ?? [:])")
  }

  private func gradientDifferences(
    _ prefix: String, movingLastBits seed: Int
  ) throws -> [String: Float] {
    var weights = golden.weights
    if seed > 0, let kernels = weights["odconv2d.weight"] {
      var generator = SeededGenerator(seed: UInt64(seed))
      let size: Float = 4e-7 * Float(1 + seed / 8)
      weights["odconv2d.weight"] = Tensor(
        shape: kernels.shape,
        kernels.array.map { $0 * (1 + size * Float(generator.nextUnit() - 0.5)) })
    }
    weights = weights.mapValues { $0.tracked() }
    let patches = patches.tracked()
    let model = try model(prefix == "eval_published." ? .published : .released, weights)
    let training =
      prefix == "train."
      ? TrainingPass(generator: SeededGenerator(seed: 0), dropsOut: false) : nil
    let (x, y) = golden.positions
    let observed = golden.input.tensor("expression").reshaped(to: [16, 17])
    let predicted = model(patches, x: x, y: y, adjacency: adjacency, training: training)
    let loss = meanSquaredError(predicted, observed)
    expectGolden(
      loss, golden.gradients.tensor("\(prefix)loss"), tolerance: 1e-5, "\(prefix)loss")
    for name in golden.gradients.names where training != nil && name.hasPrefix("train.after.") {
      let moved = training!.statistics[String(name.dropFirst("train.after.".count))]!
      expectGolden(moved, golden.gradients.tensor(name), tolerance: 1e-4, name)
    }
    return goldenGradientDifferences(
      of: loss, weights, patches: patches, golden.gradients, prefix: prefix)
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `five steps of training have the authors' losses within 1e-4, weights within 1e-3`()
    throws
  {
    var weights = golden.weights
    var optimizer = Adam(learningRate: 1e-4)
    let (x, y) = golden.positions
    let observed = golden.input.tensor("expression").reshaped(to: [16, 17])
    var parameters = Parameters(listing: ())
    _ = THItoGene(configuration, &parameters)
    let trained = parameters.declarations.filter(\.isTrained).map(\.name)
    for (step, expected) in golden.training.array("losses", as: Double.self).enumerated() {
      let tracked = weights.mapValues { $0.tracked() }
      let training = TrainingPass(generator: SeededGenerator(seed: 0), dropsOut: false)
      let predicted = try model(.released, tracked)(
        patches, x: x, y: y, adjacency: adjacency, training: training)
      let loss = meanSquaredError(predicted, observed)
      #expect(abs(Double(loss.item) - expected) < 1e-4 * expected, "loss before step \(step + 1)")
      let gradients = loss.gradients(for: trained.map { tracked[$0]! })
      optimizer.update(&weights, Dictionary(uniqueKeysWithValues: zip(trained, gradients)))
      weights.merge(training.statistics) { $1 }
      for name in golden.training.names where name.hasPrefix("step\(step + 1).") {
        expectGolden(
          weights[String(name.dropFirst(6))]!, golden.training.tensor(name), tolerance: 1e-3, name)
      }
    }
    let after = try model(.released, weights)(patches, x: x, y: y, adjacency: adjacency)
    expectGolden(
      after, golden.training.tensor("after5.output_eval"), tolerance: 1e-3, "after five steps")
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `the full-size network has the authors' parameters`() throws {
    var parameters = Parameters(listing: ())
    _ = THItoGene(THItoGene.Configuration(), &parameters)
    #expect(shapes(parameters.declarations) == (try authorsParameters("thitogene")))
  }
}
