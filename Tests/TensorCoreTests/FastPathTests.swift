import CKernels
import Foundation
import Testing

@testable import TensorCore

/// The ways that predictions take, against plain loops or against operations that are.
@Suite struct FastPathTests {
  /// What this machine can run: wide vectors, and what others have instead.
  static let levels = Array(0...eosin_tile_level())

  /// `epilogue(x · weightᵀ + bias) + residual` in double precision.
  private func plain(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ epilogue: Epilogue, _ residual: Tensor?
  ) -> Tensor {
    let (rows, inputs, outputs) = (x.shape[0], x.shape[1], weight.shape[0])
    let (a, b) = (x.array, weight.array)
    let (offsets, others) = (bias?.array, residual?.array)
    var out: [Float] = []
    for row in 0..<rows {
      for output in 0..<outputs {
        var sum = Double(offsets?[output] ?? 0)
        for i in 0..<inputs { sum += Double(a[row * inputs + i]) * Double(b[output * inputs + i]) }
        switch epilogue {
        case .none: break
        case .relu: sum = max(sum, 0)
        case .gelu: sum *= 0.5 * erfc(-sum / 2.0.squareRoot())
        }
        out.append(Float(sum + Double(others?[row * outputs + output] ?? 0)))
      }
    }
    return Tensor(shape: [rows, outputs], out)
  }

  @Test(arguments: levels) func `layers of random sizes equal plain loops within 1e-5`(
    level: Int
  ) {
    var generator = SeededGenerator(seed: 11)
    for turn in 0..<64 {
      func size(upTo most: Int) -> Int { 1 + Int(generator.nextUnit() * Double(most)) }
      // Every eighth goes beyond the blocks that rows, inputs and outputs are cut into.
      let large = turn % 8 == 0
      let (rows, inputs) = (size(upTo: large ? 230 : 60), size(upTo: large ? 300 : 30))
      let outputs = size(upTo: large ? 150 : 30)
      let x = randomTensor([rows, inputs], using: &generator)
      let weight = randomTensor([outputs, inputs], using: &generator)
      let bias = turn % 2 == 0 ? randomTensor([outputs], using: &generator) : nil
      let residual = turn % 3 == 0 ? randomTensor([rows, outputs], using: &generator) : nil
      let epilogue = [Epilogue.none, .relu, .gelu][turn % 5 % 3]
      let result = tiledLayer(x, weight, bias, epilogue, residual: residual, level: level)
      expectClose(
        result, plain(x, weight, bias, epilogue, residual), tolerance: 1e-5,
        "\(rows) rows, \(inputs) inputs, \(outputs) outputs")
    }
  }

  @Test(arguments: levels) func `a layer of very many inputs equals plain loops`(level: Int) {
    let (x, weight) = (randomTensor([3, 9000]), randomTensor([130, 9000], seed: 8))
    let bias = randomTensor([130], seed: 9)
    expectClose(
      tiledLayer(x, weight, bias, level: level), plain(x, weight, bias, .none, nil), tolerance: 1e-5
    )
  }

  @Test func `a layer and what follows it pass gradients`() {
    for epilogue in [Epilogue.none, .relu, .gelu] {
      expectGradientsMatchDifferences([[3, 4], [5, 4], [5], [3, 5]]) {
        linear($0[0], $0[1], $0[2], epilogue: epilogue, residual: $0[3])
      }
    }
  }

  @Test(arguments: levels) func `convolutions patch by patch equal the operations`(level: Int) {
    var generator = SeededGenerator(seed: 12)
    for turn in 0..<64 {
      func size(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(generator.nextUnit() * Double(range.count))
      }
      let (patches, channels) = (size(1...3), size(1...3))
      let (height, width) = (size(16...24), size(16...24))
      let (first, second) = ([16, 32, 64, 5][size(0...3)], [32, 3, 48, 64, 128][size(0...4)])
      let (rows, columns, stride) = (size(1...4), size(1...5), size(1...2))
      let padding = size(0...2)
      let x = randomTensor([patches, channels, height, width], using: &generator)
      let own = turn % 2 == 0 ? [patches] : []
      let kernels = randomTensor(own + [first, channels, rows, columns], using: &generator)
      let bias = randomTensor([first], using: &generator)
      let single = randomTensor([first, 1, 3, 2], using: &generator)
      let last = randomTensor([second, first, 2, 3], using: &generator)
      let shift = randomTensor([second], using: &generator)

      var layers = PatchConvolutions(
        channels: channels, height: height, width: width, level: level)
      layers.convolve(kernels, bias: bias, stride: stride, epilogue: .relu)
      layers.convolveChannels(single, bias: bias, padding: padding, epilogue: .gelu)
      layers.remember()
      layers.convolveChannels(single.slice(0..<first, along: 0), bias: bias, padding: 0)
      layers.convolve(last, stride: 1, epilogue: .gelu)
      layers.scale(shift, shift)

      var maps = convolution(
        x, kernels, bias: bias, window: Window(stride: stride), epilogue: .relu)
      maps = gelu(
        convolution(maps, single, bias: bias, window: Window(padding: padding), groups: first))
      maps = convolution(maps, single, bias: bias, groups: first)
      maps = gelu(convolution(maps, last))
      let channelwise = shift.reshaped(to: [second, 1, 1])
      expectClose(
        layers(x), maps * channelwise + channelwise, tolerance: 1e-5,
        "\(x.shape), \(kernels.shape), stride \(stride), padding \(padding), then \(last.shape)")
    }
  }

  @Test func `remembered maps are added`() {
    let (x, kernel) = (randomTensor([2, 2, 6, 6]), randomTensor([4, 2, 1, 1], seed: 8))
    let (single, bias) = (randomTensor([4, 1, 3, 3], seed: 9), randomTensor([4], seed: 10))
    var layers = PatchConvolutions(channels: 2, height: 6, width: 6)
    layers.convolve(kernel)
    layers.remember()
    layers.convolveChannels(single, bias: bias, padding: 1)
    layers.addRemembered()
    let maps = convolution(x, kernel)
    let expected =
      maps + convolution(maps, single, bias: bias, window: Window(padding: 1), groups: 4)
    expectClose(layers(x), expected, tolerance: 1e-6)
  }

  #if arch(x86_64)
    @Test func `operands too small for full precision count as zero`() {
      let tiny = Tensor(shape: [48, 8], repeating: .leastNormalMagnitude / 4)
      let large = Tensor(shape: [3, 8], repeating: 1e30)
      #expect(tiledLayer(tiny, large).array.allSatisfy { $0 == 0 })
    }
  #endif

  @Test func `a memory predicts what it gives where gradients flow`() {
    for batch in [1, 3, 50] {
      var parameters = Parameters(generator: SeededGenerator(seed: 4))
      let memory = LSTM(&parameters, "m", inputs: 5, width: 7, levels: 2)
      let sequence = (0..<4).map { randomTensor([batch, 5], seed: UInt64($0)) }
      let tracked = memory(sequence.map { $0.tracked() })
      for (predicted, expected) in zip(memory(sequence), tracked) {
        expectClose(predicted, expected.detached, tolerance: 1e-5)
      }
    }
  }

  @Test func `elu keeps its precision near zero`() {
    for x: Float in [-1e-6, -0.01, -0.2499, -0.25, -0.2501, -1, -20, -200, 3] {
      let expected = x > 0 ? x : expm1(x)
      #expect(abs(elu(Tensor(x)).item - expected) <= 3e-7 * abs(expected))
    }
  }
}
