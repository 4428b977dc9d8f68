import Foundation
import TensorCore
import TestSupport
import Testing

@testable import Models

/// Goldens: PyTorch 2.15 on the authors' code with 9 maps a patient, seed 20240106.
@Suite struct HiSTSurvivalTests {
  private let golden = HiSTGolden(folder: "hist-survival")
  private let whole = HiSTGolden(folder: "hist-survival", isWhole: true)

  private func network(_ sizes: ConvNeXtV2.Sizes, _ weights: [String: Tensor]) throws -> ConvNeXtV2
  {
    var sizes = sizes
    sizes.inputs = 9
    var parameters = Parameters(weights: weights)
    let network = ConvNeXtV2(sizes, &parameters)
    try parameters.checkAll()
    return network
  }

  private struct Cohort {
    let stacks, clinical: Tensor
    let times: [Double]
    let events: [Bool]
  }

  private func cohort(_ golden: HiSTGolden) throws -> Cohort {
    let input = try golden.file("input")
    let stacks = input.array("features", as: Float16.self).map(Float.init)
    let patients = input.shape("features")[0]
    let clinical = input.array("clinical", as: Int64.self).prefix(6 * patients).map { Float($0) }
    return Cohort(
      stacks: Tensor(shape: [patients, 9, 80, 64], stacks),
      clinical: Tensor(shape: [patients, 6], clinical),
      times: input.array("time", as: Float.self).map(Double.init),
      events: input.array("event", as: Int64.self).map { $0 == 1 })
  }

  /// Every activation of a risk network, of as many patients as there are.
  private func expectActivations(_ golden: HiSTGolden) throws {
    let expected = try golden.file("expected")
    let network = try network(.survival, try golden.weights("weights"))
    let cohort = try cohort(golden)
    let patients = cohort.stacks.shape[0]
    func expect(_ actual: Tensor, _ name: String, first count: Int? = nil) {
      let count = count ?? patients
      expectGolden(
        actual.slice(0..<count, along: 0), expected.tensor(name).slice(0..<count, along: 0),
        tolerance: 1e-4, name)
    }
    var x = cohort.stacks
    for (stage, (reduction, blocks)) in zip(network.reductions, network.stages).enumerated() {
      x = reduction(x)
      expect(x, "downsample\(stage).first2", first: 2)
      if stage == 0 { expect(blocks[0].responses(x), "stage0.block0.grn.first1", first: 1) }
      for block in blocks { x = block(x, nil) }
      expect(x, "stage\(stage).first2", first: 2)
    }
    let normed = network.norm(globalAveragePool(x))
    expect(normed, "norm")
    let joined = concatenate([normed, cohort.clinical], along: 1)
    expect(joined, "head_in")
    expect(network.head[0](joined), "head0")
    expect(network(cohort.stacks, clinical: cohort.clinical), "output")
  }

  @Test func `the activations of the risk network are the authors' within 1e-4`() throws {
    try expectActivations(golden)
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `the activations of all patients are the authors' within 1e-4`() throws {
    try expectActivations(whole)
  }

  @Test func `both losses of risks are the authors' within 1e-5`() throws {
    let expected = try golden.file("expected")
    let input = try golden.file("input")
    let times = input.array("time", as: Float.self).map(Double.init)
    let events = input.array("event", as: Int64.self).map { $0 == 1 }
    let risks = expected.tensor("output")
    let released = try CoxLoss.released(risks, times: times, events: events)
    expectGolden(released, expected.tensor("coxph.loss"), tolerance: 1e-5, "released")
    let breslow = try CoxLoss.breslow(risks, times: times, events: events)
    let double = expected.array("cox_breslow_time_ordered.loss", as: Double.self)[0]
    #expect(abs(Double(breslow.item) - double) <= 1e-5 * abs(double), "\(breslow.item), \(double)")
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `every gradient of the risk network is the authors' within 1e-3`() throws {
    let expected = try whole.file("gradients")
    let cohort = try cohort(whole)
    let weights = try whole.weights("weights").mapValues { $0.tracked() }
    let stacks = cohort.stacks.tracked()
    let risks = try network(.survival, weights)(stacks, clinical: cohort.clinical)
    let loss = try CoxLoss.released(risks, times: cohort.times, events: cohort.events)
    expectGolden(loss, expected.tensor("loss"), tolerance: 1e-5, "loss")
    // The released loss does not change when all risks are shifted only if none is divided by their
    // length; what the last bias gets is the sum over patients.
    expectGoldenGradients(of: loss, weights, patches: stacks, expected)
    let ofInput = loss.gradients(for: [stacks])[0].slice(0..<1, along: 0)
    expectGolden(ofInput, expected.tensor("input.first1"), tolerance: 1e-3, "input.first1")
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `five steps of training are the authors' within 1e-3`() throws {
    let expected = try whole.file("training")
    let cohort = try cohort(whole)
    var weights = try whole.weights("weights")
    var optimizer = AdamW(learningRate: 1e-3, weightDecay: 0.05)
    (optimizer.betas, optimizer.decayed) = ((0.9, 0.95), .severalAxesExceptBiases)
    let schedule = LearningRateSchedule.cosine(minimum: 1e-5, epochs: 100)
    let run = GoldenRun(losses: expected.array("losses", as: Double.self), tolerance: 1e-3)
    try run.train(&weights, optimizer, rate: { schedule.rate(atEpoch: $0, from: 1e-3) }) {
      weights, _ in
      let risks = try network(.survival, weights)(cohort.stacks, clinical: cohort.clinical)
      return try CoxLoss.released(risks, times: cohort.times, events: cohort.events)
    }
    for name in ["head.0.weight", "stages.0.0.grn.gamma"] {
      expectGolden(weights[name]!, expected.tensor("step5.\(name)"), tolerance: 1e-3, name)
    }
    let risks = try network(.survival, weights)(cohort.stacks, clinical: cohort.clinical)
    expectGolden(risks, expected.tensor("after5.output"), tolerance: 1e-3, "after five steps")
  }

  @Test func `decay draws what the authors' decays, global response norms included`() throws {
    struct Config: Decodable { var weightDecay, noWeightDecay: [String] }
    let weights = try golden.weights("weights")
    let decayed = Set(
      weights.filter { DecayedParameters.severalAxesExceptBiases.contains($0.key, $0.value.shape) }
        .keys)
    #expect(decayed.contains("stages.0.0.grn.gamma") && decayed.contains("stages.3.1.grn.beta"))
    #expect(decayed.contains("head.2.weight") && !decayed.contains("norm.weight"))
    #expect(decayed.count == 14 * 5 + 4 + 3)
    guard SharedFiles.hasFixtures else { return }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let config = try decoder.decode(
      Config.self,
      from: try Data(
        contentsOf: SharedFiles.fixtures.appending(path: "hist-survival/config.json")))
    #expect(Set(config.weightDecay) == decayed)
    #expect(Set(config.noWeightDecay) == Set(weights.keys).subtracting(decayed))
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `the response network's outputs, losses and gradients are the authors'`() throws {
    let expected = try whole.file("icb.expected")
    let weights = try whole.weights("icb.weights").mapValues { $0.tracked() }
    let scores = try network(.response, weights)(try cohort(whole).stacks)
    expectGolden(scores, expected.tensor("output"), tolerance: 1e-4, "output")
    expectGolden(softmax(scores), expected.tensor("probabilities"), tolerance: 1e-4, "shares")
    let classes = classes(expected)
    let own = ClassWeights(of: classes, count: 3)
    let loss = own.trainingLoss(scores, classes)
    expectGolden(loss, expected.tensor("loss_index_targets"), tolerance: 1e-5, "training loss")
    // The gradients stored are those of the loss with classes given as shares.
    let shared = own.validationLoss(scores, classes)
    for name in ["downsample_layers.0.0.weight", "head.weight"] {
      expectGolden(
        shared.gradients(for: [weights[name]!])[0], expected.tensor("grad.\(name)"),
        tolerance: 1e-3, name)
    }
  }

  private func classes(_ expected: SafetensorsFile) -> [Int] {
    let shares = expected.array("labels_onehot", as: Float.self)
    return (0..<expected.shape("labels_onehot")[0]).map { patient in
      (0..<3).first { shares[patient * 3 + $0] == 1 }!  // One in each row.
    }
  }

  @Test func `class weights and both losses of classes are the authors'`() throws {
    let expected = try golden.file("icb.expected")
    let classes = classes(expected)
    let own = ClassWeights(of: classes, count: 3)
    expectGolden(
      Tensor(shape: [3], own.weights), expected.tensor("class_weights"), tolerance: 1e-6, "weights")
    let scores = expected.tensor("output")
    expectGolden(
      own.trainingLoss(scores, classes), expected.tensor("loss_index_targets"), tolerance: 1e-5,
      "training loss")
    expectGolden(
      own.validationLoss(scores, classes), expected.tensor("loss_onehot_targets"), tolerance: 1e-5,
      "validation loss")
    let network = try network(.response, try golden.weights("icb.weights"))
    let patients = try cohort(golden).stacks
    expectGolden(
      network(patients), scores.slice(0..<patients.shape[0], along: 0), tolerance: 1e-4, "output")
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `the full-size network has the authors' parameters`() throws {
    var parameters = Parameters(listing: ())
    _ = ConvNeXtV2(.survival, &parameters)
    #expect(shapes(parameters.declarations) == (try authorsParameters("hist-survival")))
  }
}
