import Foundation
import TensorCore
import TestSupport
import Testing

@testable import Models

/// Goldens: PyTorch 2.15 on the authors' code with small widths, seed 20240105, one grid of 80 by 64.
@Suite struct CMUNetTests {
  /// Which of the two networks.
  enum Task: String, CaseIterable, Sendable {
    case gene, tumour

    var outputs: Int { self == .gene ? 6 : 1 }
  }

  private func sizes(_ task: Task) -> CMUNet.Sizes {
    var sizes = CMUNet.Sizes()
    (sizes.inputs, sizes.mixers, sizes.outputs) = (12, 3, task.outputs)
    sizes.widths = [8, 12, 16, 24, 32]
    return sizes
  }

  private func network(_ task: Task, _ weights: [String: Tensor]) throws -> CMUNet {
    var parameters = Parameters(weights: weights)
    let network = CMUNet(sizes(task), &parameters)
    try parameters.checkAll()
    return network
  }

  /// Features as the tiles' encoder gives them, row by row, laid out as maps.
  private func features(_ golden: HiSTGolden) throws -> Tensor {
    try golden.file("input").tensor("tile_features").transposed().reshaped(to: [1, 12, 80, 64])
  }

  private func loss(_ task: Task, _ output: Tensor, _ golden: HiSTGolden) throws -> Tensor {
    let input = try golden.file("input")
    return task == .gene
      ? meanSquaredError(output, input.tensor("gene_target"))
      : binaryCrossEntropy(logits: output, input.tensor("tumour_mask"))
  }

  /// Every activation that a file has, by the authors' names.
  private func expectActivations(_ task: Task, _ golden: HiSTGolden) throws {
    let expected = try golden.file("\(task.rawValue).expected")
    let network = try network(task, try golden.weights("\(task.rawValue).weights"))
    let x = try features(golden)
    let maps = network.encoded(x, nil)
    var found = ["Conv1.ch0_3": maps[0].slice(0..<4, along: 1), "Conv5": maps[4]]
    var mixed = maps[4]
    for (place, mixer) in network.mixers.enumerated() {
      mixed = mixer(mixed, nil)
      if place == 0 { found["ConvMixer.block0"] = mixed }
    }
    found["ConvMixer"] = mixed
    let deepest = network.decoder[0]
    found["Up5"] = deepest.enlarged(mixed, nil)
    found["msag4.vote"] = deepest.gate.vote(maps[3], nil)
    found["msag4"] = deepest.gate(maps[3], nil)
    found["msag1.ch0_1"] = network.decoder[3].gate(maps[0], nil).slice(0..<2, along: 1)
    found["Up_conv5"] = deepest(mixed, maps[3], nil)
    var up = mixed
    for (step, skip) in zip(network.decoder, maps.dropLast().reversed()) {
      up = step(up, skip, nil)
    }
    found["Up_conv2.ch0_1"] = up.slice(0..<2, along: 1)
    let output = network(x)
    found["output"] = output
    found["output.without_pad_rows"] = output.slice(1..<79, along: 2)
    found["probability"] = sigmoid(output)
    found["thresholded"] = masked(
      sigmoid(output), by: Tensor(shape: output.shape, output.array.map { $0 > 0 ? 1 : 0 }), with: 0
    )
    #expect(expected.names.count >= 8)
    for name in expected.names {
      let actual = try #require(found[name], "\(name)")
      expectGolden(actual, expected.tensor(name), tolerance: 1e-4, name)
    }
  }

  @Test func `the activations of the gene network are the authors' within 1e-4`() throws {
    try expectActivations(.gene, HiSTGolden(folder: "hist"))
  }

  @Test(.enabled(if: SharedFiles.hasFixtures), arguments: Task.allCases)
  func `every activation is the authors' within 1e-4`(_ task: Task) throws {
    try expectActivations(task, HiSTGolden(folder: "hist", isWhole: true))
  }

  /// The weights to measure gradients of. One number of the gene network lies so near the corner of a
  /// cut at 0 that the authors' arithmetic finds it on the other side: a hundred-thousandth less, and
  /// all gradients agree.
  private func gradientWeights(_ task: Task, _ golden: HiSTGolden) throws -> [String: Tensor] {
    var weights = try golden.weights("\(task.rawValue).weights")
    if task == .gene { weights["Up_conv2.conv.4.bias"]?[6] -= 1e-5 }
    return weights.mapValues { $0.tracked() }
  }

  @Test(.enabled(if: SharedFiles.hasFixtures), arguments: Task.allCases)
  func `every gradient is the authors' within 1e-3`(_ task: Task) throws {
    let golden = HiSTGolden(folder: "hist", isWhole: true)
    let expected = try golden.file("\(task.rawValue).gradients")
    for mode in ["eval", "train"] {
      let weights = try gradientWeights(task, golden)
      let x = try features(golden).tracked()
      let pass = mode == "train" ? TrainingPass.normalizing : nil
      let output = try network(task, weights)(x, pass)
      let loss = try loss(task, output, golden)
      expectGolden(loss, expected.tensor("\(mode).loss"), tolerance: 1e-5, "\(mode) loss")
      if let pass {
        expectGolden(output, expected.tensor("train.output"), tolerance: 1e-4, "train.output")
        let name = "Conv5.conv.1.running_var"
        let variance = try #require(pass.statistics[name])
        expectGolden(variance, expected.tensor("train.after.\(name)"), tolerance: 1e-4, name)
      }
      expectGoldenGradients(of: loss, weights, patches: x, expected, prefix: "\(mode).")
      let ofInput = loss.gradients(for: [x])[0].slice(0..<2, along: 1)
      expectGolden(
        ofInput, expected.tensor("\(mode).input.ch0_1"), tolerance: 1e-3, "\(mode) input")
    }
  }

  @Test(.enabled(if: SharedFiles.hasFixtures), arguments: Task.allCases)
  func `the losses of five steps are the authors' within 1e-3`(_ task: Task) throws {
    let golden = HiSTGolden(folder: "hist", isWhole: true)
    let expected = try golden.file("\(task.rawValue).training")
    let schedule = LearningRateSchedule.cosine(minimum: 1e-5, epochs: 5)
    for (epoch, rate) in expected.array("lrs", as: Double.self).enumerated() {
      #expect(abs(Double(schedule.rate(atEpoch: epoch, from: 1e-3)) - rate) < 1e-9)
    }
    var weights = try golden.weights("\(task.rawValue).weights")
    let x = try features(golden)
    let untrained = try network(task, weights)(x)
    let run = GoldenRun(losses: expected.array("losses", as: Double.self), tolerance: 1e-3)
    try run.train(
      &weights, Adam(learningRate: 1e-3, weightDecay: 1e-4),
      rate: { schedule.rate(atEpoch: $0, from: 1e-3) }
    ) { weights, pass in try loss(task, try network(task, weights)(x, pass), golden) }
    // Five steps amplify what rounding does: begun from weights that differ by a millionth, two runs'
    // outputs come to differ by a tenth.
    let authors = expected.tensor("after5.output_eval")
    let allowed = 0.1 * variance(authors).item
    #expect(meanSquaredError(try network(task, weights)(x), authors).item < allowed)
    #expect(meanSquaredError(untrained, authors).item > 2 * allowed)
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `the full-size network has the authors' parameters`() throws {
    var parameters = Parameters(listing: ())
    _ = CMUNet(CMUNet.Sizes(), &parameters)
    let authors = try authorsParameters("hist")
    #expect(shapes(parameters.declarations) == authors)
    let trained = parameters.declarations.filter(\.isTrained)
    #expect(trained.reduce(0) { $0 + $1.shape.reduce(1, *) } == 50_395_418)
    var sizes = CMUNet.Sizes()
    (sizes.inputs, sizes.widths, sizes.outputs) = (1, [1, 1, 1, 1, 1], 1)
    sizes.adopt(ParameterShapes(authors))
    #expect(sizes == CMUNet.Sizes())
  }
}
