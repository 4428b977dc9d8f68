import Testing

@testable import TensorCore

@Suite struct PoolingTests {
  private let image = Tensor(shape: [1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])

  @Test func `the largest of each window`() {
    #expect(maxPool(image, side: 2, window: Window()).array == [5, 6, 8, 9])
    let padded = maxPool(-image, side: 3, window: Window(stride: 2, padding: 1))
    #expect(padded.array == [-1, -2, -4, -5])
    expectGradientsMatchDifferences([[2, 2, 5, 4]]) {
      maxPool($0[0], side: 3, window: Window(stride: 2, padding: 1))
    }
  }

  @Test func `the mean of each window`() {
    #expect(averagePool(image, side: 2, stride: 1).array == [3, 4, 6, 7])
    #expect(globalAveragePool(image).array == [5])
    expectGradientsMatchDifferences([[2, 2, 4, 4]]) { averagePool($0[0], side: 2, stride: 2) }
  }

  @Test func `pixels repeated`() {
    let small = Tensor(shape: [1, 1, 2, 2], [1, 2, 3, 4])
    #expect(
      upsampleNearest(small).array == [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4])
    expectGradientsMatchDifferences([[2, 2, 2, 3]]) { upsampleNearest($0[0], factor: 3) }
  }

  @Test func `pixels interpolated`() {
    let small = Tensor(shape: [1, 1, 1, 2], [0, 4])
    #expect(resizeBilinear(small, height: 2, width: 4).array == [0, 1, 3, 4, 0, 1, 3, 4])
    #expect(resizeBilinear(image, height: 3, width: 3).array == image.array)
    expectGradientsMatchDifferences([[1, 2, 3, 4]]) {
      resizeBilinear($0[0], height: 5, width: 6)
    }
  }
}
