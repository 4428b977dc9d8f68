import Testing

@testable import TensorCore

@Suite struct LossTests {
  @Test func `squared errors are averaged`() {
    let (a, b) = (Tensor(shape: [2], [1, 2]), Tensor(shape: [2], [1, 4]))
    #expect(meanSquaredError(a, b).item == 2)
    expectGradientsMatchDifferences([[2, 3], [2, 3]]) { meanSquaredError($0[0], $0[1]) }
  }

  @Test func `cross-entropy of equal logits is the logarithm of the classes`() {
    let even = crossEntropy(Tensor(shape: [2, 4], repeating: 3), [0, 2])
    #expect(abs(even.item - 1.3862944) < 1e-6)
    expectGradientsMatchDifferences([[3, 4]]) { crossEntropy($0[0], [1, 0, 3]) }
    expectGradientsMatchDifferences([[3, 2]]) { crossEntropy($0[0], [1, 0, 1], weights: [1, 3]) }
  }

  @Test func `binary cross-entropy stays finite for any logit`() {
    let observed = Tensor(shape: [2], [1, 0])
    #expect(binaryCrossEntropy(logits: Tensor(shape: [2], [500, -500]), observed).item == 0)
    #expect(binaryCrossEntropy(logits: Tensor(shape: [2], [-500, 500]), observed).item == 500)
    let targets = Tensor(shape: [4], [1, 0, 0.25, 1])
    expectGradientsMatchDifferences([[4]]) { binaryCrossEntropy(logits: $0[0], targets) }
  }
}

@Suite struct SpecialFunctionTests {
  @Test func `the gamma function's logarithm and its derivative`() {
    let x = Tensor(shape: [4], [0.5, 1, 5, 40])
    expectClose(
      logGamma(x), Tensor(shape: [4], [0.5723649, 0, 3.1780538, 106.63176]), tolerance: 1e-6)
    #expect(abs(digamma(1) + 0.57721566) < 1e-6)
    #expect(abs(digamma(0.5) + 1.9635100) < 1e-6)
    expectGradientsMatchDifferences([[6]], in: 0.3...4) { logGamma($0[0]) }
  }
}

@Suite struct LSTMTests {
  @Test func `gradients of a step`() {
    let shapes = [[2, 3], [2, 2], [2, 2], [8, 3], [8, 2], [8], [8]]
    expectGradientsMatchDifferences(shapes) {
      let step = lstmStep(
        $0[0], hidden: $0[1], memory: $0[2], inputWeight: $0[3], hiddenWeight: $0[4],
        inputBias: $0[5], hiddenBias: $0[6])
      return concatenate([step.hidden, step.memory], along: 0)
    }
  }

  @Test func `steps of a whole sequence equal single steps, gradients too`() {
    let names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    var drawn = Parameters(generator: SeededGenerator(seed: 4))
    _ = LSTM(&drawn, "m", inputs: 5, width: 7, levels: 1)
    let weights = drawn.values.mapValues { $0.tracked() }
    let sequence = (0..<4).map { randomTensor([50, 5], seed: UInt64($0)).tracked() }
    var parameters = Parameters(weights: weights)
    let outputs = LSTM(&parameters, "m", inputs: 5, width: 7, levels: 1)(sequence)
    var (hidden, memory) = (Tensor.zeros([50, 7]), Tensor.zeros([50, 7]))
    let expected = sequence.map { x in
      (hidden, memory) = lstmStep(
        x, hidden: hidden, memory: memory, inputWeight: weights["m.weight_ih_l0"]!,
        hiddenWeight: weights["m.weight_hh_l0"]!, inputBias: weights["m.bias_ih_l0"]!,
        hiddenBias: weights["m.bias_hh_l0"]!)
      return hidden
    }
    expectClose(stack(outputs), stack(expected), tolerance: 1e-5)
    let wanted = sequence + names.map { weights["m.\($0)"]! }
    let shares = randomTensor([4, 50, 7], seed: 9)
    let pairs = zip(
      stack(outputs).gradients(for: wanted, startingFrom: shares),
      stack(expected).gradients(for: wanted, startingFrom: shares))
    for (index, (gradient, other)) in pairs.enumerated() {
      expectClose(gradient, other, tolerance: 1e-5, "gradient \(index)")
    }
  }

  @Test func `a level reads the one below`() {
    var parameters = Parameters(generator: SeededGenerator(seed: 4))
    let both = LSTM(&parameters, "m", inputs: 3, width: 2, levels: 2)
    var weights = parameters.values
    for name in parameters.values.keys where name.hasSuffix("l1") {
      weights[String(name.dropLast(2)) + "l0"] = weights[name]
    }
    let sequence = [randomTensor([5, 3]), randomTensor([5, 3], seed: 8)]
    var lower = Parameters(weights: parameters.values)
    let below = LSTM(&lower, "m", inputs: 3, width: 2, levels: 1)(sequence)
    var upper = Parameters(weights: weights)
    let above = LSTM(&upper, "m", inputs: 2, width: 2, levels: 1)(below)
    #expect(both(sequence).map(\.array) == above.map(\.array))
  }
}

@Suite struct InitializerTests {
  @Test func `the same seed gives the same numbers, within their range`() {
    var (a, b) = (SeededGenerator(seed: 5), SeededGenerator(seed: 5))
    let x = Initializer.fan(inputs: 16).tensor([1000], using: &a)
    #expect(x.array == Initializer.fan(inputs: 16).tensor([1000], using: &b).array)
    #expect(x.array.allSatisfy { abs($0) <= 0.25 })
    #expect(x.array.contains { $0 > 0.24 } && x.array.contains { $0 < -0.24 })
  }

  @Test func `normal numbers have their deviation`() {
    var generator = SeededGenerator(seed: 5)
    let x = Initializer.kaiming(fan: 8).tensor([20_000], using: &generator)
    #expect(abs(mean(x).item) < 0.01)
    #expect(abs(variance(x).item - 0.25) < 0.01)
  }
}

@Suite struct TrainingPassTests {
  @Test func `dropout keeps the mean in training and everything in prediction`() {
    let x = Tensor(shape: [20_000], repeating: 1)
    #expect(dropout(x, rate: 0.2, nil).array == x.array)
    let training = TrainingPass(generator: SeededGenerator(seed: 2))
    let dropped = dropout(x, rate: 0.2, training)
    #expect(Set(dropped.array) == [0, 1.25])
    #expect(abs(mean(dropped).item - 1) < 0.02)
  }

  @Test func `running statistics move a tenth of the way at each pass`() {
    var parameters = Parameters(generator: SeededGenerator(seed: 0))
    let norm = BatchNorm(&parameters, "norm", channels: 1)
    let training = TrainingPass(generator: SeededGenerator(seed: 2))
    let x = Tensor(shape: [2, 1], [1, 3])
    for _ in 0..<2 { _ = norm(x, training) }
    #expect(abs(training.statistics["norm.running_mean"]!.item - 0.38) < 1e-6)
    #expect(abs(training.statistics["norm.running_var"]!.item - 1.19) < 1e-6)
    #expect(training.statistics["norm.num_batches_tracked"]!.item == 2)
  }

  @Test func `a normalization folded into a convolution gives what one after the other gives`() {
    var parameters = Parameters(generator: SeededGenerator(seed: 3))
    let layer = Convolution(&parameters, "conv", inputs: 2, outputs: 3, side: 3)
    _ = BatchNorm(&parameters, "norm", channels: 3)
    var weights = parameters.values
    weights["norm.running_mean"] = Tensor(shape: [3], [0.5, -1, 2])
    weights["norm.running_var"] = Tensor(shape: [3], [0.5, 1, 2])
    weights["norm.weight"] = Tensor(shape: [3], [-1, 1, 3])
    var again = Parameters(weights: weights)
    let same = Convolution(&again, "conv", inputs: 2, outputs: 3, side: 3)
    let norm = BatchNorm(&again, "norm", channels: 3)
    let x = randomTensor([2, 2, 5, 5])
    expectClose(
      same(x, normalizedBy: norm, epilogue: .relu, nil), relu(norm(layer(x), nil)),
      tolerance: 1e-5)
  }
}
