import CKernels
import Testing

@testable import TensorCore

/// What densely connected networks take in prediction and training, against the operations for any
/// sizes.
@Suite struct DenseBlockTests {
  static let levels = Array(0...eosin_tile_level())
  private var generator = SeededGenerator(seed: 31)

  private mutating func size(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + generator.nextIndex(below: range.count)
  }

  private mutating func tensor(_ shape: Int...) -> Tensor {
    randomTensor(shape, using: &generator)
  }

  /// `relu(x · scale + shift)`, channels first.
  private func cut(_ x: Tensor, _ scale: Tensor, _ shift: Tensor) -> Tensor {
    relu(x * scale.reshaped(to: [1, -1, 1, 1]) + shift.reshaped(to: [1, -1, 1, 1]))
  }

  @Test(arguments: levels)
  mutating func `a block equals its layers one after the other`(level: Int) {
    for turn in 0..<24 {
      let (narrow, growth) = (size(1...40), size(1...40))
      let (height, width) = turn % 4 == 0 ? (17, 19) : (size(1...9), size(1...9))
      let x = tensor(size(1...9), size(1...70), height, width)
      var channels = x.shape[1]
      var (expected, layers) = (x, [DenseLayer]())
      for _ in 0..<size(1...3) {
        let (scale, shift) = (tensor(channels), tensor(channels))
        let (narrowing, bias) = (tensor(narrow, channels, 1, 1), tensor(narrow))
        let growing = tensor(growth, narrow, 3, 3)
        layers.append(
          DenseLayer(
            scale: scale, shift: shift, narrowing: narrowing, bias: bias, growing: growing))
        let narrowed = convolution(
          cut(expected, scale, shift), narrowing, bias: bias, epilogue: .relu)
        let grown = convolution(narrowed, growing, window: Window(padding: 1))
        expected = concatenate([expected, grown], along: 1)
        channels += growth
      }
      let found = denseBlock(x.permuted([0, 2, 3, 1]), layers, level: level)
      expectClose(
        found.permuted([0, 3, 1, 2]), expected, tolerance: 1e-5,
        "\(x.shape), \(layers.count) layers of \(narrow) and \(growth)")
    }
  }

  @Test(arguments: levels)
  mutating func `images give the same with their channels last`(level: Int) {
    for _ in 0..<24 {
      let window = Window(stride: size(1...3), padding: size(0...3))
      let x = tensor(size(1...3), size(1...4), size(7...30), size(7...30))
      let weight = tensor(size(1...40), x.shape[1], size(1...7), size(1...7))
      let bias = tensor(weight.shape[0])
      let found = imageConvolution(x, weight, bias: bias, window: window, level: level)
      expectClose(
        found.permuted([0, 3, 1, 2]),
        convolution(x, weight, bias: bias, window: window, epilogue: .relu), tolerance: 1e-5,
        "\(x.shape), \(weight.shape), \(window)")
    }
  }

  @Test mutating func `padded convolutions have the gradients of those with channels first`() {
    for _ in 0..<16 {
      let (inputs, outputs) = (size(1...40), size(1...40))
      let x = tensor(size(1...3), inputs, size(2...7), size(2...7)).tracked()
      var parameters = Parameters(weights: ["c.weight": tensor(outputs, inputs, 3, 3).tracked()])
      let layer = Convolution(
        &parameters, "c", inputs: inputs, outputs: outputs, side: 3, window: Window(padding: 1),
        hasBias: false)
      let found = layer.channelsLastPadded(x.permuted([0, 2, 3, 1])).permuted([0, 3, 1, 2])
      let expected = layer(x)
      expectClose(found.detached, expected.detached, tolerance: 1e-5, "\(x.shape) to \(outputs)")
      let weights = randomTensor(expected.shape)
      let tracked = [x, parameters.values["c.weight"]!]
      let gradients = zip(
        found.gradients(for: tracked, startingFrom: weights),
        expected.gradients(for: tracked, startingFrom: weights))
      for (first, second) in gradients {
        expectClose(first, second, tolerance: 1e-5, "gradient, \(x.shape) to \(outputs)")
      }
    }
  }

  /// Compares a pooling and its gradient with those of channels first.
  private func expectSame(
    _ x: Tensor, _ what: String, _ channelsLast: (Tensor) -> Tensor, _ plain: (Tensor) -> Tensor
  ) {
    let x = x.tracked()
    let found = channelsLast(x.permuted([0, 2, 3, 1])).permuted([0, 3, 1, 2])
    let expected = plain(x)
    expectClose(found.detached, expected.detached, tolerance: 1e-6, what)
    let weights = randomTensor(expected.shape)
    expectClose(
      found.gradients(for: [x], startingFrom: weights)[0],
      expected.gradients(for: [x], startingFrom: weights)[0], tolerance: 1e-5,
      "gradient of \(what)")
  }

  @Test mutating func `maxima equal those with channels first, the first of equals too`() {
    for turn in 0..<24 {
      let side = size(1...4)
      let window = Window(stride: size(1...3), padding: size(0...side / 2))
      var x = tensor(size(1...4), size(1...20), size(4...9), size(4...9))
      // Every other has many equal pixels, as after a cut of negative numbers.
      if turn % 2 == 0 { x = relu(x) }
      expectSame(
        x, "maxima of \(x.shape), side \(side), \(window)",
        { channelsLastMaxPool($0, side: side, window: window) },
        { maxPool($0, side: side, window: window) })
    }
  }

  @Test mutating func `means equal those with channels first, cut or not`() {
    for _ in 0..<24 {
      let side = size(1...4)
      let x = tensor(size(1...4), size(1...20), size(4...9), size(4...9))
      expectSame(
        x, "means of \(x.shape), side \(side)", { channelsLastAveragePool($0, side: side) },
        { averagePool($0, side: side, stride: side) })
      let (scale, shift) = (tensor(x.shape[1]), tensor(x.shape[1]))
      let found = channelsLastAveragePool(
        x.permuted([0, 2, 3, 1]), side: side, scale: scale, shift: shift)
      expectClose(
        found.permuted([0, 3, 1, 2]),
        averagePool(cut(x, scale, shift), side: side, stride: side), tolerance: 1e-5,
        "means of cut \(x.shape), side \(side)")
    }
  }
}
