import Foundation
import Testing

@testable import TensorCore

@Suite struct ArithmeticTests {
  @Test(arguments: [
    ([2, 3], [2, 3]), ([2, 3], [3]), ([3], [2, 3]), ([2, 3], [2, 1]), ([2, 1, 3], [4, 1]),
    ([2, 3, 2], [1, 3, 1]), ([], [2, 2]), ([2, 1, 2, 1], [2, 1, 3]),
  ])
  func `broadcast arithmetic and its gradients`(shapes: ([Int], [Int])) {
    expectGradientsMatchDifferences([shapes.0, shapes.1]) { $0[0] + $0[1] }
    expectGradientsMatchDifferences([shapes.0, shapes.1]) { $0[0] - $0[1] }
    expectGradientsMatchDifferences([shapes.0, shapes.1]) { $0[0] * $0[1] }
    expectGradientsMatchDifferences([shapes.0, shapes.1], in: 1...2) { $0[0] / $0[1] }
  }

  @Test func `broadcasting repeats what is missing`() {
    let column = Tensor(shape: [2, 1], [10, 20])
    let row = Tensor(shape: [3], [1, 2, 3])
    #expect((column + row).array == [11, 12, 13, 21, 22, 23])
    #expect((column - row).array == [9, 8, 7, 19, 18, 17])
  }

  @Test func `numbers and tensors mix`() {
    let x = Tensor(shape: [2], [1, -2])
    #expect((x * 2 + 1).array == [3, -3])
    #expect((1 - x / 2).array == [0.5, 2])
    #expect((-x).array == [-1, 2])
    expectGradientsMatchDifferences([[4]]) { 3 - $0[0] * 2 }
  }

  @Test func `clamped numbers pass no gradient`() {
    let x = Tensor(shape: [3], [-2, 0.5, 7]).tracked()
    let clamped = clamp(x, 0, 1)
    #expect(clamped.array == [0, 0.5, 1])
    #expect(sum(clamped).gradients(for: [x])[0].array == [0, 1, 0])
  }

  @Test func `squares and roots`() {
    expectGradientsMatchDifferences([[5]], in: 0.5...2) { sqrt($0[0]) }
    expectGradientsMatchDifferences([[5]]) { square($0[0]) }
  }

  @Test func `big tensors are worked on in pieces`() {
    let x = randomTensor([70_000])
    #expect((x + x).array == x.array.map { 2 * $0 })
    let row = randomTensor([1000], seed: 3)
    let sum = x.reshaped(to: [70, 1000]) + row
    #expect(sum[69, 999] == x.array[69_999] + row[999])
  }
}

@Suite struct ReductionTests {
  @Test(arguments: [[0], [1], [2], [0, 1], [0, 2], [1, 2], [-1], [0, 1, 2]])
  func `sums over axes equal plain sums`(axes: [Int]) {
    let x = randomTensor([3, 4, 5])
    let counted = Set(axes.map { $0 < 0 ? $0 + 3 : $0 })
    var expected: [[Int]: Float] = [:]
    for i in 0..<3 {
      for j in 0..<4 {
        for k in 0..<5 {
          let place = [i, j, k].enumerated().map { counted.contains($0.offset) ? 0 : $0.element }
          expected[place, default: 0] += x[i, j, k]
        }
      }
    }
    let kept = sum(x, over: axes, keepingAxes: true)
    for (place, value) in expected {
      #expect(abs(kept[place[0], place[1], place[2]] - value) < 1e-5)
    }
    #expect(sum(x, over: axes).rank == 3 - counted.count)
    expectGradientsMatchDifferences([[3, 4, 5]]) { sum($0[0], over: axes) }
  }

  @Test func `mean, variance and length`() {
    let x = Tensor(shape: [2, 2], [1, 3, 3, 4])
    #expect(mean(x).item == 2.75)
    #expect(variance(x, over: [1]).array == [1, 0.25])
    #expect(norm(x).array == [Float(10).squareRoot(), 5])
    expectGradientsMatchDifferences([[3, 4]]) { variance($0[0], over: [0]) }
    expectGradientsMatchDifferences([[3, 4]]) { norm($0[0]) }
  }

  @Test func `rows of unit length, but for zeros`() {
    #expect(normalizedRows(Tensor(shape: [2, 2], [3, 4, 0, 0])).array == [0.6, 0.8, 0, 0])
    expectGradientsMatchDifferences([[3, 4]]) { normalizedRows($0[0]) }
  }

  @Test func `the length of a zero vector has no gradient`() {
    let x = Tensor(shape: [2], [0, 0]).tracked()
    #expect(norm(x).gradients(for: [x])[0].array == [0, 0])
  }
}

@Suite struct ActivationTests {
  /// The plain formulas, in double precision.
  private static var formulas: [(String, (Tensor) -> Tensor, (Double) -> Double)] {
    [
      ("relu", relu, { max($0, 0) }),
      ("leakyReLU", { leakyReLU($0) }, { $0 > 0 ? $0 : 0.01 * $0 }),
      ("elu", elu, { $0 > 0 ? $0 : Foundation.exp($0) - 1 }),
      ("gelu", gelu, { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) }),
      ("quickGELU", quickGELU, { $0 / (1 + Foundation.exp(-1.702 * $0)) }),
      ("sigmoid", sigmoid, { 1 / (1 + Foundation.exp(-$0)) }),
      ("tanh", { TensorCore.tanh($0) }, { Foundation.tanh($0) }),
      ("softplus", softplus, { Foundation.log(1 + Foundation.exp($0)) }),
    ]
  }

  @Test(arguments: 0..<8) func `activations equal their formulas within 1e-6`(index: Int) {
    let (name, function, formula) = Self.formulas[index]
    let x = (-2000...2000).map { Float($0) / 200 }
    for (x, y) in zip(x, function(Tensor(shape: [x.count], x)).array) {
      let expected = formula(Double(x))
      #expect(abs(Double(y) - expected) <= 1e-6 * max(1, abs(expected)), "\(name)(\(x))")
    }
  }

  @Test(arguments: 0..<8) func `gradients of activations`(index: Int) {
    expectGradientsMatchDifferences([[40]], in: -3...3, tolerance: 0.02) {
      Self.formulas[index].1($0[0])
    }
  }

  @Test func `exponentials over the whole range`() {
    let x: [Float] = [
      -200, -104, -90, -87, -1, 0, 1e-4, 1, 50, 88, 88.7, 90, .infinity, -.infinity,
    ]
    for (x, y) in zip(x, TensorCore.exp(Tensor(shape: [x.count], x)).array) {
      let expected = Foundation.exp(Double(x))
      if expected > 3.4e38 {
        #expect(y == .infinity)
      } else {
        #expect(abs(Double(y) - expected) <= 2e-7 * expected + 3e-45, "e^\(x)")
      }
    }
    #expect(TensorCore.exp(Tensor(.nan)).item.isNaN)
    expectGradientsMatchDifferences([[5]]) { TensorCore.exp($0[0]) }
  }

  @Test func `logarithms`() {
    expectGradientsMatchDifferences([[5]], in: 0.5...2) { TensorCore.log($0[0]) }
    expectGradientsMatchDifferences([[5]], in: 0.5...2) { TensorCore.log1p($0[0]) }
    #expect(TensorCore.log(Tensor(shape: [2], [1, 0])).array == [0, -.infinity])
  }
}

@Suite struct ShapeTests {
  @Test func `permuted axes keep their elements`() {
    let x = randomTensor([2, 3, 4])
    let y = x.permuted([2, 0, 1])
    #expect(y.shape == [4, 2, 3])
    for i in 0..<2 { for j in 0..<3 { for k in 0..<4 { #expect(y[k, i, j] == x[i, j, k]) } } }
    #expect(x.transposed(0, 1).transposed(0, 1).array == x.array)
  }

  @Test func `parts put together again are the whole`() {
    let x = randomTensor([3, 5, 2])
    for axis in 0..<3 {
      let size = x.shape[axis]
      #expect(concatenate(x.split([1, size - 1], along: axis), along: axis).array == x.array)
    }
    #expect(stack([x, x]).shape == [2, 3, 5, 2])
  }

  @Test func `a slice of the first axis shares memory`() {
    let x = randomTensor([4, 3])
    #expect(x.slice(1..<3, along: 0).storage.owner === x.storage)
    #expect(x.slice(1..<3, along: 0).array == Array(x.array[3..<9]))
  }

  @Test func `gradients of changes of shape`() {
    expectGradientsMatchDifferences([[2, 6]]) { $0[0].reshaped(to: [3, -1]) }
    expectGradientsMatchDifferences([[2, 3, 2]]) { $0[0].permuted([1, 2, 0]) }
    expectGradientsMatchDifferences([[2, 4]]) { $0[0].slice(1..<3, along: 1) }
    expectGradientsMatchDifferences([[2, 4]]) { $0[0].padded(along: 0, before: 1, total: 5) }
    expectGradientsMatchDifferences([[2, 4], [2, 1]]) { concatenate($0, along: 1) }
    expectGradientsMatchDifferences([[3], [3]]) { stack($0) }
  }

  @Test func `rows gathered and scattered`() {
    let table = Tensor(shape: [3, 2], [1, 2, 3, 4, 5, 6])
    #expect(gather(table, [2, 0, 2]).array == [5, 6, 1, 2, 5, 6])
    #expect(scatterSum(table, to: [1, 1, 0], rows: 2).array == [5, 6, 4, 6])
    expectGradientsMatchDifferences([[3, 2]]) { gather($0[0], [2, 0, 2]) }
    expectGradientsMatchDifferences([[3, 2]]) { scatterSum($0[0], to: [1, 1, 0], rows: 4) }
  }
}

@Suite struct MatrixProductTests {
  /// Three loops, in double precision.
  private func plain(_ a: Tensor, _ b: Tensor) -> Tensor {
    let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
    let (x, y) = (a.array, b.array)
    return Tensor(
      shape: [m, n],
      (0..<m * n).map { place in
        Float(
          (0..<k).reduce(0.0) {
            $0 + Double(x[place / n * k + $1]) * Double(y[$1 * n + place % n])
          })
      })
  }

  @Test(arguments: [(1, 1, 1), (1, 40, 30), (33, 17, 5), (5, 17, 70), (130, 60, 70), (70, 60, 130)])
  func `products equal the plain loop within 1e-5`(size: (Int, Int, Int)) {
    let (m, k, n) = size
    let (a, b) = (randomTensor([m, k]), randomTensor([k, n], seed: 8))
    let (at, bt) = (a.transposed(), b.transposed())
    let expected = plain(a, b)
    expectClose(matmul(a, b), expected, tolerance: 1e-5)
    expectClose(matmul(at, b, transposingFirst: true), expected, tolerance: 1e-5)
    expectClose(matmul(a, bt, transposingSecond: true), expected, tolerance: 1e-5)
    expectClose(
      matmul(at, bt, transposingFirst: true, transposingSecond: true), expected, tolerance: 1e-5)
    let bias = randomTensor([n], seed: 9)
    expectClose(linear(a, bt, bias), expected + bias, tolerance: 1e-5)
  }

  @Test func `several products at once equal one after the other`() {
    let (a, b) = (randomTensor([6, 30, 20]), randomTensor([6, 20, 40], seed: 8))
    let product = matmul(a, b)
    for i in 0..<6 {
      let one = matmul(
        a.slice(i..<i + 1, along: 0).reshaped(to: [30, 20]),
        b.slice(i..<i + 1, along: 0).reshaped(to: [20, 40]))
      expectClose(product.slice(i..<i + 1, along: 0).reshaped(to: [30, 40]), one, tolerance: 1e-6)
    }
  }

  @Test func `gradients of products`() {
    for (first, second) in [(false, false), (false, true), (true, false), (true, true)] {
      expectGradientsMatchDifferences([first ? [4, 3] : [3, 4], second ? [2, 4] : [4, 2]]) {
        matmul($0[0], $0[1], transposingFirst: first, transposingSecond: second)
      }
      expectGradientsMatchDifferences([
        [2] + (first ? [4, 3] : [3, 4]), [2] + (second ? [2, 4] : [4, 2]),
      ]) {
        matmul($0[0], $0[1], transposingFirst: first, transposingSecond: second)
      }
    }
    expectGradientsMatchDifferences([[2, 3, 4], [4, 2]]) { matmul($0[0], $0[1]) }
    expectGradientsMatchDifferences([[2, 3, 4], [5, 4], [5]]) { linear($0[0], $0[1], $0[2]) }
  }

  @Test func `the same threads give the same product to the bit`() {
    let (a, b) = (randomTensor([90, 200]), randomTensor([200, 110], seed: 8))
    let first = matmul(a, b).array
    for _ in 0..<4 { #expect(matmul(a, b).array == first) }
  }
}

@Suite struct SoftmaxTests {
  @Test(arguments: [0, 1, -1]) func `shares add up to one along the axis`(axis: Int) {
    let shares = softmax(randomTensor([3, 4, 5]) * 20, along: axis)
    #expect(sum(shares, over: [axis]).array.allSatisfy { abs($0 - 1) < 1e-6 })
    expectGradientsMatchDifferences([[2, 3, 4]]) { softmax($0[0], along: axis) }
  }

  @Test func `masked entries get nothing, and a fully masked row equal shares`() {
    let mask = Tensor(shape: [2, 2], [0, -9e15, -9e15, -9e15])
    #expect(
      softmax(Tensor(shape: [2, 2], [1, 2, 0.5, 0.25]), mask: mask).array == [1, 0, 0.5, 0.5])
    let byColumn = softmax(Tensor(shape: [2, 2], [1, 2, 3, 4]), along: 0, mask: mask)
    #expect(byColumn.array == [1, 0.5, 0, 0.5])
    let single = Tensor(shape: [2, 1], [0, -9e15])
    expectGradientsMatchDifferences([[2, 2]]) { softmax($0[0], along: 0, mask: single) }
  }

  @Test func `replaced entries pass no gradient`() {
    let allowed = Tensor(shape: [2, 2], [1, 0, 0, 0])
    #expect(
      masked(Tensor(shape: [2, 2], repeating: 3), by: allowed, with: 7).array == [3, 7, 7, 7])
    expectGradientsMatchDifferences([[2, 2]]) { softmax(masked($0[0], by: allowed, with: -9e15)) }
    expectGradientsMatchDifferences([[3, 2, 2]]) { masked($0[0], by: allowed, with: 1) }
  }

  @Test func `large numbers do not overflow`() {
    #expect(softmax(Tensor(shape: [2], [1000, 1000])).array == [0.5, 0.5])
    #expect(logSoftmax(Tensor(shape: [2], [-1000, 0])).array == [-1000, 0])
  }

  @Test func `logarithms of shares`() {
    let x = randomTensor([3, 4])
    expectClose(logSoftmax(x), log(softmax(x)), tolerance: 1e-6)
    expectGradientsMatchDifferences([[3, 4]]) { logSoftmax($0[0]) }
  }
}

@Suite struct NormalizationTests {
  @Test func `rows come out with mean 0 and variance 1`() {
    let x = randomTensor([3, 100]) * 5 + 2
    let y = layerNorm(x, Tensor(shape: [100], repeating: 1), Tensor(shape: [100], repeating: 0))
    #expect(mean(y, over: [1]).array.allSatisfy { abs($0) < 1e-6 })
    #expect(variance(y, over: [1]).array.allSatisfy { abs($0 - 1) < 1e-5 })
  }

  @Test func `layer normalization equals its formula`() {
    let (x, weight, bias) = (randomTensor([5, 7]), randomTensor([7]), randomTensor([7], seed: 2))
    let centred = x - mean(x, over: [1], keepingAxes: true)
    let deviation = sqrt(variance(x, over: [1], keepingAxes: true) + 1e-5)
    expectClose(layerNorm(x, weight, bias), centred / deviation * weight + bias, tolerance: 1e-5)
  }

  @Test func `gradients of layer normalization`() {
    expectGradientsMatchDifferences([[3, 5], [5], [5]]) { layerNorm($0[0], $0[1], $0[2]) }
    expectGradientsMatchDifferences([[2, 3, 2, 2], [3], [3]], tolerance: 0.02) {
      channelNorm($0[0], $0[1], $0[2])
    }
  }
}

@Suite struct AttentionTests {
  /// Head by head with single operations.
  private func plain(_ x: Tensor, heads: Int, scale: Float) -> Tensor {
    let width = x.shape[1] / 3 / heads
    let parts = x.split(Array(repeating: width, count: 3 * heads), along: 1)
    return concatenate(
      (0..<heads).map { head in
        let scores = matmul(parts[head], parts[heads + head], transposingSecond: true) * scale
        return matmul(softmax(scores), parts[2 * heads + head])
      }, along: 1)
  }

  @Test(arguments: [1, 5, 300]) func `attention equals its single operations within 1e-5`(
    tokens: Int
  ) {
    let x = randomTensor([tokens, 3 * 2 * 4])
    expectClose(
      attention(x, heads: 2, scale: 0.5), plain(x, heads: 2, scale: 0.5), tolerance: 1e-5)
    let batch = attention(stack([x, x]), heads: 2, scale: 0.5)
    #expect(batch.slice(1..<2, along: 0).array == batch.slice(0..<1, along: 0).array)
  }

  @Test func `gradients of attention`() {
    expectGradientsMatchDifferences([[4, 18]]) { attention($0[0], heads: 2, scale: 0.6) }
    expectGradientsMatchDifferences([[2, 3, 12]]) { attention($0[0], heads: 2, scale: 0.6) }
  }

  @Test func `shares are those that weigh the values`() {
    let x = randomTensor([4, 12])
    let shares = attentionShares(x, heads: 1, scale: 0.5).reshaped(to: [4, 4])
    expectClose(
      matmul(shares, x.slice(8..<12, along: 1)), attention(x, heads: 1, scale: 0.5),
      tolerance: 1e-6)
  }
}
