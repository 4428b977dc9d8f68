import Testing

@testable import TensorCore

/// Five steps of the same gradients with PyTorch 2.15.0 on a CPU: `torch.optim` with the settings
/// named, weights and gradients as written here; the bias gets none at the second step.
///
/// Tolerance 1e-6 of the largest: a few roundings of single precision.
@Suite struct OptimizerGoldenTests {
  private static let weightGradients: [[Float]] = [
    [0.1, -0.2, 0, 5], [-0.3, 0.4, 1e-3, -2], [0.05, 0, -0.7, 0.5], [1.5, -1, 0.2, 0.1],
    [-0.25, 0.125, 0, -4],
  ]
  private static let biasGradients: [[Float]?] = [
    [0.5, -0.5], nil, [2, 0.01], [-1, 0.3], [0, -0.6],
  ]

  private func expectAfterFive(
    _ optimizer: some Optimizer, _ weight: [Float], _ bias: [Float],
    schedule: LearningRateSchedule = .constant, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var optimizer = optimizer
    var weights = [
      "head.weight": Tensor(shape: [2, 2], [1, -2, 0.5, 3]),
      "head.bias": Tensor(shape: [2], [0.25, -0.75]),
    ]
    for step in 0..<5 {
      optimizer.learningRate = schedule.rate(atEpoch: step, from: 0.01)
      var gradients = ["head.weight": Tensor(shape: [2, 2], Self.weightGradients[step])]
      gradients["head.bias"] = Self.biasGradients[step].map { Tensor(shape: [2], $0) }
      optimizer.update(&weights, gradients)
    }
    expectClose(
      weights["head.weight"]!, Tensor(shape: [2, 2], weight), tolerance: 1e-6, "weight",
      sourceLocation: sourceLocation)
    expectClose(
      weights["head.bias"]!, Tensor(shape: [2], bias), tolerance: 1e-6, "bias",
      sourceLocation: sourceLocation)
  }

  @Test func `Adam as it comes`() {
    expectAfterFive(
      Adam(learningRate: 0.01), [0.98903954, -1.9890877, 0.505263269, 2.98188806],
      [0.22504212, -0.727627158])
  }

  @Test func `Adam with weight_decay 0.1`() {
    expectAfterFive(
      Adam(learningRate: 0.01, weightDecay: 0.1),
      [0.977197409, -1.97012079, 0.489131838, 2.97849941], [0.22466065, -0.723498464])
  }

  @Test func `Adam with betas 0.8 and 0.95 and eps 1e-3`() {
    var optimizer = Adam(learningRate: 0.01)
    optimizer.betas = (0.8, 0.95)
    optimizer.epsilon = 1e-3
    expectAfterFive(
      optimizer, [0.988681018, -1.98892343, 0.509565949, 2.98450732], [0.225946903, -0.728798628])
  }

  @Test func `AdamW with weight_decay 0.1`() {
    expectAfterFive(
      AdamW(learningRate: 0.01, weightDecay: 0.1),
      [0.984074354, -1.97913563, 0.502774417, 2.96697783], [0.224094629, -0.724675834])
  }

  /// In PyTorch two groups of parameters, the bias in one with `weight_decay` 0.
  private var asInHiST: AdamW {
    var optimizer = AdamW(learningRate: 0.01, weightDecay: 0.5)
    optimizer.betas = (0.9, 0.95)
    optimizer.decayed = .severalAxesExceptBiases
    return optimizer
  }

  @Test func `AdamW with betas 0.9 and 0.95, weight_decay 0.5 on the weight alone`() {
    expectAfterFive(
      asInHiST, [0.964623094, -1.93987811, 0.492805988, 2.90774798], [0.225122899, -0.727568626])
  }

  @Test func `the same with CosineAnnealingLR rising to 0.05 over 4 epochs`() {
    expectAfterFive(
      asInHiST, [0.89438796, -1.82515311, 0.499422014, 2.75176907], [0.185071543, -0.691735387],
      schedule: .cosine(minimum: 0.05, epochs: 4))
  }

  @Test func `SGD without momentum`() {
    expectAfterFive(
      SGD(learningRate: 0.01), [0.989000022, -1.99325013, 0.504990041, 3.00399995],
      [0.235000014, -0.74210006])
  }

  @Test func `SGD with momentum 0.9`() {
    expectAfterFive(
      SGD(learningRate: 0.01, momentum: 0.9),
      [0.978866935, -1.98781586, 0.515135646, 2.88857508], [0.197604999, -0.732775986])
  }
}

@Suite struct OptimizerTests {
  @Test func `Adam's first step is the learning rate long, whatever the gradient`() {
    var optimizer = Adam(learningRate: 0.1)
    var weights = ["w": Tensor(shape: [2], [1, 1])]
    optimizer.update(&weights, ["w": Tensor(shape: [2], [0.001, -50])])
    expectClose(weights["w"]!, Tensor(shape: [2], [0.9, 1.1]), tolerance: 1e-4)
  }

  @Test func `decay draws towards zero`() {
    var added = Adam(learningRate: 0.1, weightDecay: 0.5)
    var direct = AdamW(learningRate: 0.1, weightDecay: 0.5)
    var weights = [["w": Tensor(4)], ["w": Tensor(4)]]
    added.update(&weights[0], ["w": Tensor(0)])
    direct.update(&weights[1], ["w": Tensor(0)])
    #expect(abs(weights[0]["w"]!.item - 3.9) < 1e-5)
    #expect(abs(weights[1]["w"]!.item - 3.8) < 1e-5)
  }

  @Test(arguments: [
    ("head.weight", [4, 3], true), ("norm.gamma", [1, 1, 1, 8], true), ("norm.weight", [8], false),
    ("head.bias", [8], false), ("odd.bias", [1, 8], false), ("bias", [1, 8], true),
  ])
  func `HiST's decay spares biases and what has one axis`(
    name: String, shape: [Int], isDecayed: Bool
  ) {
    #expect(DecayedParameters.severalAxesExceptBiases.contains(name, shape) == isDecayed)
    #expect(DecayedParameters.all.contains(name, shape))
  }

  @Test func `a step leaves untracked weights, and others untouched`() {
    var optimizer = SGD(learningRate: 1)
    var weights = ["a": Tensor(1).tracked(), "b": Tensor(2)]
    optimizer.update(&weights, ["a": Tensor(3).tracked()])
    #expect(weights.mapValues(\.item) == ["a": -2, "b": 2])
    #expect(!weights["a"]!.isTracked)
  }
}

@Suite struct OptimizerStateTests {
  static let optimizers: [any Optimizer] = [
    Adam(learningRate: 0.01), Adam(learningRate: 0.01, weightDecay: 0.1),
    AdamW(learningRate: 0.01, weightDecay: 0.1), SGD(learningRate: 0.01),
    SGD(learningRate: 0.01, momentum: 0.9),
  ]

  /// Random weights, and five steps of random gradients that now and then leave a parameter out.
  private func run(seed: UInt64) -> (weights: [String: Tensor], gradients: [[String: Tensor]]) {
    var generator = SeededGenerator(seed: seed)
    let shapes = ["head.weight": [3, 2], "head.bias": [3], "scale": [], "none": [0, 4]]
    let names = shapes.keys.sorted()
    func draw(keeping share: Double) -> [String: Tensor] {
      var drawn: [String: Tensor] = [:]
      for name in names where generator.nextUnit() < share {
        drawn[name] = randomTensor(shapes[name]!, in: -3...3, using: &generator)
      }
      return drawn
    }
    return (draw(keeping: 1), (0..<5).map { _ in draw(keeping: 0.7) })
  }

  private func bits(_ tensors: [String: Tensor]) -> [String: [UInt32]] {
    tensors.mapValues { $0.shape.map(UInt32.init) + $0.array.map(\.bitPattern) }
  }

  @Test(arguments: 0..<64 as Range<UInt64>)
  func `five steps are three, a stored and restored state, and two, to the bit`(
    seed: UInt64
  ) throws {
    let (start, gradients) = run(seed: seed)
    for fresh in Self.optimizers {
      var (whole, weights) = (fresh, start)
      for step in 0..<5 { whole.update(&weights, gradients[step]) }
      var (first, resumed) = (fresh, start)
      for step in 0..<3 { first.update(&resumed, gradients[step]) }
      let stored = first.state.mapValues { Tensor(shape: $0.shape, $0.array) }
      var second = fresh
      try second.restore(stored, for: resumed)
      #expect(bits(second.state) == bits(first.state))
      for step in 3..<5 { second.update(&resumed, gradients[step]) }
      #expect(bits(resumed) == bits(weights))
      #expect(bits(second.state) == bits(whole.state))
    }
  }

  @Test func `the state goes by PyTorch's names`() {
    var weights = ["head.bias": Tensor(1)]
    var adam = Adam(learningRate: 0.1)
    for _ in 0..<2 { adam.update(&weights, ["head.bias": Tensor(1)]) }
    #expect(
      adam.state.keys.sorted() == [
        "exp_avg.head.bias", "exp_avg_sq.head.bias", "step.head.bias",
      ])
    #expect(adam.state["step.head.bias"]!.item == 2)
    var still = SGD(learningRate: 0.1)
    still.update(&weights, ["head.bias": Tensor(1)])
    #expect(still.state.isEmpty)
    var moving = SGD(learningRate: 0.1, momentum: 0.5)
    for _ in 0..<2 { moving.update(&weights, ["head.bias": Tensor(1)]) }
    #expect(moving.state.mapValues(\.item) == ["momentum_buffer.head.bias": 1.5])
  }

  @Test func `a state of something else is refused and changes nothing`() throws {
    let weights = ["w": Tensor(shape: [2], [1, 2])]
    var (adam, moved) = (Adam(learningRate: 0.1), weights)
    adam.update(&moved, ["w": Tensor(shape: [2], [1, 2])])
    let before = adam.state
    func expectRefused(_ name: String, _ tensor: Tensor?, _ error: OptimizerStateError) {
      var state = before
      state[name] = tensor
      #expect(throws: error) { try adam.restore(state, for: weights) }
      #expect(bits(adam.state) == bits(before))
    }
    let kinds = ["step", "exp_avg", "exp_avg_sq"]
    expectRefused("momentum_buffer.w", Tensor(1), .unexpected("momentum_buffer.w", kinds: kinds))
    expectRefused("step", Tensor(1), .unexpected("step", kinds: kinds))
    expectRefused("exp_avg.v", Tensor(1), .notAParameter("exp_avg.v"))
    expectRefused("exp_avg_sq.w", nil, .missing("exp_avg_sq.w"))
    expectRefused("exp_avg.w", Tensor(1), .misshapen("exp_avg.w", expected: [2], found: []))
    for count: Float in [0, -1, 1.5, .infinity, 1e9] {
      expectRefused("step.w", Tensor(count), .notACount("step.w", count))
    }
  }

  @Test func `messages name the tensor and say what to do`() {
    let messages = [
      OptimizerStateError.unexpected("m.w", kinds: ["step", "exp_avg"]),
      .unexpected("momentum_buffer.w", kinds: []), .notAParameter("step.v"), .missing("step.w"),
      .misshapen("exp_avg.w", expected: [2], found: [3, 1]), .notACount("step.w", 1.5),
    ].map(\.description)
    #expect(
      messages == [
        "optimizer state 'm.w' is not of this optimizer, which keeps step.…, exp_avg.…. "
          + "Resume with the optimizer and settings the run began with.",
        "optimizer state 'momentum_buffer.w' is not of this optimizer, which keeps nothing. "
          + "Resume with the optimizer and settings the run began with.",
        "optimizer state 'step.v' is for a parameter that the model does not have. "
          + "Resume with the weights stored beside it.",
        "optimizer state 'step.w' is missing. Resume from another checkpoint.",
        "optimizer state 'exp_avg.w' has shape [3, 1], its parameter needs [2]. "
          + "Resume with the weights stored beside it.",
        "optimizer state 'step.w' is 1.5, not a number of steps. "
          + "Resume from another checkpoint.",
      ])
  }
}
