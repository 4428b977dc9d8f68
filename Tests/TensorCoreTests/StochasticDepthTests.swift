import Testing

@testable import TensorCore

@Suite struct StochasticDepthTests {
  private func pass() -> TrainingPass { TrainingPass(generator: SeededGenerator(seed: 4)) }

  @Test func `entries are kept or dropped whole, and kept ones scaled`() {
    let x = Tensor(shape: [2000, 3], repeating: 1)
    let rows = stochasticDepth(x, rate: 0.2, pass()).split([1, 1, 1], along: 1)
    #expect(rows[0].array == rows[1].array && rows[0].array == rows[2].array)
    #expect(Set(rows[0].array) == [0, 1.25])
    let kept = rows[0].array.count { $0 > 0 }
    #expect((1530...1670).contains(kept))
  }

  @Test func `nothing changes in prediction, at rate 0, or with dropout off`() {
    let x = randomTensor([4, 2])
    #expect(stochasticDepth(x, rate: 0.5, nil).array == x.array)
    #expect(stochasticDepth(x, rate: 0, pass()).array == x.array)
    #expect(stochasticDepth(x, rate: 0.5, .normalizing).array == x.array)
  }

  @Test func `gradients pass where entries did`() {
    expectGradientsMatchDifferences([[6, 3, 2]]) { stochasticDepth($0[0], rate: 0.4, pass()) }
  }
}
