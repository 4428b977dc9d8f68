import Testing

@testable import TensorCore

@Suite struct ConvolutionTests {
  struct Case: Sendable {
    var x: [Int]
    var weight: [Int]
    var window = Window()
    var groups = 1
  }

  static let cases = [
    Case(x: [2, 3, 5, 6], weight: [4, 3, 3, 2]),
    Case(x: [1, 2, 7, 7], weight: [3, 2, 3, 3], window: Window(stride: 2, padding: 1)),
    Case(x: [2, 2, 8, 8], weight: [2, 2, 4, 4], window: Window(stride: 4)),
    Case(x: [1, 2, 7, 6], weight: [2, 2, 3, 3], window: Window(padding: 2, dilation: 2)),
    Case(x: [2, 4, 5, 5], weight: [6, 2, 3, 3], window: Window(padding: 1), groups: 2),
    Case(x: [3, 4, 3, 3], weight: [5, 4, 1, 1]),
    Case(x: [2, 4, 5, 5], weight: [4, 1, 3, 3], window: Window(padding: 1), groups: 4),
    Case(x: [2, 3, 6, 6], weight: [3, 1, 5, 5], window: Window(stride: 2, padding: 2), groups: 3),
    Case(x: [1, 2, 9, 9], weight: [2, 1, 9, 9], groups: 2),
    Case(x: [1, 1, 2, 2], weight: [1, 1, 5, 5], window: Window(stride: 3, padding: 4)),
    Case(
      x: [1, 2, 3, 19], weight: [2, 1, 3, 3], window: Window(padding: 2, dilation: 2), groups: 2),
    Case(x: [1, 2, 10, 9], weight: [2, 1, 3, 7], window: Window(stride: 2), groups: 2),
    Case(x: [2, 3, 5, 5], weight: [2, 4, 3, 3, 3]),
    Case(x: [2, 4, 5, 5], weight: [2, 4, 2, 2, 2], window: Window(stride: 2), groups: 2),
    // Many filters and few places, many channels, and padding that the reverse has none of.
    Case(x: [1, 2, 5, 4], weight: [128, 2, 3, 3], window: Window(padding: 1)),
    Case(x: [2, 1, 8, 8], weight: [130, 1, 3, 3], window: Window(stride: 2, padding: 1)),
    Case(x: [2, 9, 4, 5], weight: [3, 9, 3, 3], window: Window(padding: 2, dilation: 2)),
    Case(x: [1, 2, 4, 4], weight: [2, 2, 2, 2], window: Window(padding: 3)),
  ]

  /// Seven loops, in double precision.
  private func plain(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ c: Case) -> Tensor {
    let kernel = Array(c.weight.suffix(4))
    let (window, perFilter) = (c.window, kernel[1] * kernel[2] * kernel[3])
    let rows = window.places(kernel[2], along: c.x[2])
    let columns = window.places(kernel[3], along: c.x[3])
    let (image, filter) = (x.array, weight.array)
    var out: [Float] = []
    for n in 0..<c.x[0] {
      for f in 0..<kernel[0] {
        let first = f / (kernel[0] / c.groups) * kernel[1]
        for row in 0..<rows {
          for column in 0..<columns {
            var sum = Double(bias[f])
            for channel in 0..<kernel[1] {
              for i in 0..<kernel[2] {
                for j in 0..<kernel[3] {
                  let y = row * window.stride + i * window.dilation - window.padding
                  let z = column * window.stride + j * window.dilation - window.padding
                  guard (0..<c.x[2]).contains(y), (0..<c.x[3]).contains(z) else { continue }
                  let pixel = image[((n * c.x[1] + first + channel) * c.x[2] + y) * c.x[3] + z]
                  let own = c.weight.count == 5 ? n * kernel[0] * perFilter : 0
                  let place = own + f * perFilter + (channel * kernel[2] + i) * kernel[3] + j
                  sum += Double(pixel) * Double(filter[place])
                }
              }
            }
            out.append(Float(sum))
          }
        }
      }
    }
    return Tensor(shape: [c.x[0], kernel[0], rows, columns], out)
  }

  @Test(arguments: cases) func `convolution equals the plain loops within 1e-5`(_ c: Case) {
    let (x, weight) = (randomTensor(c.x), randomTensor(c.weight, seed: 8))
    let bias = randomTensor([c.weight[c.weight.count - 4]], seed: 9)
    let expected = plain(x, weight, bias, c)
    let result = convolution(x, weight, bias: bias, window: c.window, groups: c.groups)
    expectClose(result, expected, tolerance: 1e-5)
    let positive = convolution(
      x, weight, bias: bias, window: c.window, groups: c.groups, epilogue: .relu)
    expectClose(positive, relu(expected), tolerance: 1e-5)
  }

  @Test(arguments: cases) func `gradients of convolution`(_ c: Case) {
    expectGradientsMatchDifferences([c.x, c.weight, [c.weight[c.weight.count - 4]]]) {
      convolution($0[0], $0[1], bias: $0[2], window: c.window, groups: c.groups)
    }
  }

  @Test func `an epilogue passes gradients like the operation by itself`() {
    let (x, weight) = (randomTensor([2, 2, 4, 4]), randomTensor([3, 2, 3, 3], seed: 8).tracked())
    let fused = sum(convolution(x, weight, epilogue: .relu)).gradients(for: [weight])[0]
    expectClose(fused, sum(relu(convolution(x, weight))).gradients(for: [weight])[0], tolerance: 0)
  }

  @Test(arguments: [32, 128])
  func `a normalization in the same pass is that after the convolution`(filters: Int) {
    var parameters = Parameters(generator: SeededGenerator(seed: 2))
    let layer = Convolution(
      &parameters, "layer", inputs: 3, outputs: filters, side: 3, window: Window(padding: 1))
    var statistics = parameters.values
    for (place, name) in ["weight", "bias", "running_mean", "running_var"].enumerated() {
      var generator = SeededGenerator(seed: UInt64(place))
      statistics["norm.\(name)"] = randomTensor([filters], in: 0.5...2, using: &generator)
    }
    statistics["norm.num_batches_tracked"] = Tensor(3)
    var stored = Parameters(weights: statistics)
    let norm = BatchNorm(&stored, "norm", channels: filters)
    let x = randomTensor([1, 3, 5, 4])
    for epilogue in [Epilogue.none, .relu, .gelu] {
      let expected = epilogue(norm(layer(x), nil))
      expectClose(
        layer(x, normalizedBy: norm, epilogue: epilogue, nil), expected, tolerance: 1e-5)
    }
  }

  @Test func `one image in many strips equals the plain loops`() {
    let c = Case(x: [1, 40, 40, 60], weight: [2, 40, 3, 3], window: Window(padding: 1))
    let (x, weight) = (randomTensor(c.x), randomTensor(c.weight, seed: 8))
    let bias = Tensor(shape: [2], repeating: 0)
    expectClose(
      convolution(x, weight, window: c.window), plain(x, weight, bias, c), tolerance: 1e-5)
  }
}

@Suite struct BatchNormalizationTests {
  @Test func `gradients of batch normalization`() {
    expectGradientsMatchDifferences([[3, 2, 2, 2], [2], [2]]) {
      batchNorm($0[0], $0[1], $0[2]).values
    }
    expectGradientsMatchDifferences([[4, 3], [3], [3]], tolerance: 0.02) {
      batchNorm($0[0], $0[1], $0[2]).values
    }
    let (mean, variance) = (randomTensor([2]), Tensor(shape: [2], [0.5, 2]))
    expectGradientsMatchDifferences([[3, 2, 2], [2], [2]]) {
      batchNorm($0[0], $0[1], $0[2], mean: mean, variance: variance)
    }
  }

  @Test func `statistics are the mean and the unbiased variance of each channel`() {
    let x = Tensor(shape: [2, 1, 2], [1, 2, 3, 6])
    let one = Tensor(shape: [1], [1])
    let (values, mean, variance) = batchNorm(x, one, one - 1, epsilon: 0)
    #expect(mean.array == [3])
    #expect(abs(variance.item - 14 / 3) < 1e-6)
    let known = batchNorm(x, one, one - 1, mean: mean, variance: variance * 0.75, epsilon: 0)
    expectClose(values, known, tolerance: 1e-6)
  }
}
