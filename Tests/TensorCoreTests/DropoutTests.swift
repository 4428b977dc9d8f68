import Testing

@testable import TensorCore

@Suite(.serialized) struct DropoutTests {
  /// The same, one number after the other.
  private func plain(_ x: Tensor, _ drawing: DropoutDrawing, residual: Tensor?) -> Tensor {
    let (elements, others) = (x.array, residual?.array)
    var (generators, drawn): ([SeededGenerator], [UInt64]) = ([], [])
    let kept = elements.indices.map { i in
      if i % 4096 == 0 {
        generators = (0..<8).map {
          SeededGenerator(seed: drawing.seed, stream: i / 4096 * 8 + $0)
        }
      }
      if i % 16 == 0 { drawn = (0..<8).map { generators[$0].next() } }
      let bits = drawn[i % 16 / 2] >> (i % 2 == 0 ? 0 : 32)
      let factor = UInt32(truncatingIfNeeded: bits) < drawing.bound ? 0 : drawing.scale
      return (others?[i] ?? 0) + elements[i] * factor
    }
    return Tensor(shape: x.shape, kept)
  }

  @Test(arguments: [0, 1, 15, 16, 17, 4095, 4096, 4097, 70_001])
  func `elements are dropped as one generator after the other says`(count: Int) {
    let x = randomTensor([count])
    let residual = randomTensor([count], seed: 9)
    let drawing = DropoutDrawing(seed: 31, rate: 0.3)
    #expect(drawing.applied(to: x).array == plain(x, drawing, residual: nil).array)
    expectClose(
      drawing.applied(to: x, residual: residual), plain(x, drawing, residual: residual),
      tolerance: 1e-6)
  }

  @Test func `what is dropped does not depend on the threads`() {
    let x = randomTensor([300_000])
    let before = Threads.count
    defer { Threads.count = before }
    let results = [1, 2, 3, 7].map { threads in
      Threads.count = threads
      return dropout(x, rate: 0.1, TrainingPass(generator: SeededGenerator(seed: 5))).array
    }
    #expect(Set(results).count == 1)
  }

  @Test func `each use drops others, in the order of the pass's generator`() {
    let x = Tensor(shape: [1000], repeating: 1)
    func twice() -> [[Float]] {
      let training = TrainingPass(generator: SeededGenerator(seed: 5))
      return (0..<2).map { _ in dropout(x, rate: 0.5, training).array }
    }
    let drawn = twice()
    #expect(drawn[0] != drawn[1])
    #expect(twice() == drawn)
  }

  @Test func `gradients pass where elements did, and through the residual`() {
    expectGradientsMatchDifferences([[5, 7], [5, 7]]) {
      dropout(
        $0[0], rate: 0.4, TrainingPass(generator: SeededGenerator(seed: 3)), residual: $0[1])
    }
  }
}
