import CKernels
import Testing

@testable import TensorCore

/// The ways that training takes with channels last, against the operations for any sizes.
@Suite struct ChannelsLastTests {
  static let levels = Array(0...eosin_tile_level())

  /// Compares results and all gradients of two ways, the first with the images' channels last.
  private func expectSame(
    _ inputs: [Tensor], _ channelsLast: ([Tensor]) -> Tensor, _ plain: ([Tensor]) -> Tensor,
    _ what: String
  ) {
    let tracked = inputs.map { $0.tracked() }
    let first = channelsLast([tracked[0].permuted([0, 2, 3, 1])] + tracked[1...])
    let actual = first.permuted([0, 3, 1, 2])
    let expected = plain(tracked)
    expectClose(actual.detached, expected.detached, tolerance: 1e-5, what)
    guard actual.shape == expected.shape else { return }
    let weights = randomTensor(expected.shape, seed: 13)
    let pairs = zip(
      actual.gradients(for: tracked, startingFrom: weights),
      expected.gradients(for: tracked, startingFrom: weights))
    for (index, (gradient, other)) in pairs.enumerated() {
      expectClose(gradient, other, tolerance: 1e-5, "gradient \(index) of \(what)")
    }
  }

  @Test(arguments: levels) func `convolutions equal those with channels first`(level: Int) {
    var generator = SeededGenerator(seed: 21)
    for _ in 0..<32 {
      func size(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + generator.nextIndex(below: range.count)
      }
      let (channels, filters) = (16 * size(1...3), 16 * size(1...4))
      let x = randomTensor([size(1...4), channels, size(5...9), size(5...9)], using: &generator)
      let weight = randomTensor([filters, channels, size(1...5), size(1...4)], using: &generator)
      let bias = randomTensor([filters], using: &generator)
      let stride = size(1...2)
      expectSame(
        [x, weight, bias],
        {
          channelsLastConvolution($0[0], $0[1], bias: $0[2], stride: stride, level: level)
        }, { convolution($0[0], $0[1], bias: $0[2], window: Window(stride: stride)) },
        "\(x.shape), \(weight.shape), stride \(stride)")
    }
  }

  @Test(arguments: levels) func `one kernel a channel equals the same with channels first`(
    level: Int
  ) {
    var generator = SeededGenerator(seed: 22)
    for turn in 0..<32 {
      func size(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + generator.nextIndex(below: range.count)
      }
      let channels = 16 * size(1...3)
      let (rows, columns) = (size(1...5), size(1...5))
      // Every fourth covers the whole image, as THItoGene's primary capsules do.
      let isWhole = turn % 4 == 0
      let padding = isWhole ? 0 : size(0...min(rows, columns) - 1)
      let (height, width) = isWhole ? (rows, columns) : (size(5...9), size(5...9))
      let x = randomTensor([size(1...3), channels, height, width], using: &generator)
      let weight = randomTensor([channels, 1, rows, columns], using: &generator)
      expectSame(
        [x, weight, randomTensor([channels], using: &generator)],
        {
          channelsLastDepthwise($0[0], $0[1], bias: $0[2], padding: padding, level: level)
        },
        {
          convolution(
            $0[0], $0[1], bias: $0[2], window: Window(padding: padding), groups: channels)
        }, "\(x.shape), \(weight.shape), padding \(padding)")
    }
  }

  @Test(arguments: [Epilogue.none, .relu, .gelu], [1, 16, 50])
  func `batch normalization equals the same with channels first`(
    epilogue: Epilogue, channels: Int
  ) {
    let x = randomTensor([5, channels, 3, 4]) * 3 + 7
    let (weight, bias) = (randomTensor([channels], seed: 8), randomTensor([channels], seed: 9))
    let residual = randomTensor([5, channels, 3, 4], seed: 10)
    var statistics: [(Tensor, Tensor)] = []
    expectSame(
      [x, weight, bias, residual],
      {
        let result = channelsLastBatchNorm(
          $0[0], $0[1], $0[2], epilogue: epilogue, residual: $0[3].permuted([0, 2, 3, 1]))
        statistics.append((result.mean, result.variance))
        return result.values
      },
      {
        let result = batchNorm($0[0], $0[1], $0[2])
        statistics.append((result.mean, result.variance))
        return epilogue(result.values) + $0[3]
      }, "\(epilogue), \(channels) channels")
    expectClose(statistics[0].0, statistics[1].0, tolerance: 1e-5, "mean")
    expectClose(statistics[0].1, statistics[1].1, tolerance: 1e-5, "variance")
  }

  @Test func `what is not a number stays so through what follows a layer`() {
    var x = randomTensor([2, 3, 3, 16])
    x[0, 0, 0, 3] = .nan
    let one = Tensor(shape: [16], repeating: 1)
    #expect(firstNonFinite(in: [channelsLastBatchNorm(x, one, one, epilogue: .relu).values]) == 0)
    let kernel = randomTensor([2, 3, 1, 1])
    #expect(firstNonFinite(in: [convolution(x, kernel, epilogue: .relu)]) == 0)
  }

  @Test func `many rows are summed on all threads`() {
    let x = randomTensor([20_000, 20])
    expectClose(columnSums(x), sum(x, over: [0]), tolerance: 1e-4)
  }

  @Test(arguments: [
    ([2, 3, 4, 5], [0, 2, 3, 1]), ([2, 3, 4, 5], [0, 3, 1, 2]), ([37, 21], [1, 0]),
    ([3, 4, 5], [2, 0, 1]), ([3, 4, 5], [0, 1, 2]), ([2, 3, 4, 5], [0, 2, 1, 3]),
    ([0, 3], [1, 0]),
  ])
  func `axes in another order hold the same elements`(shape: [Int], order: [Int]) {
    let x = Tensor(shape: shape, (0..<shape.reduce(1, *)).map { Float($0) })
    let permuted = x.permuted(order)
    let strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
    let elements = (0..<x.count).map { place in
      var (rest, offset) = (place, 0)
      for axis in order.reversed() {
        offset += rest % shape[axis] * strides[axis]
        rest /= shape[axis]
      }
      return Float(offset)
    }
    #expect(permuted.array == elements)
    #expect(permuted.shape == order.map { shape[$0] })
  }
}
