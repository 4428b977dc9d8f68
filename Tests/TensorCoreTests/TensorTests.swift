import Testing

@testable import TensorCore

@Suite struct TensorTests {
  @Test func `elements lie in row-major order`() {
    let x = Tensor(shape: [2, 3], [1, 2, 3, 4, 5, 6])
    #expect(x[0, 2] == 3)
    #expect(x[1, 0] == 4)
    #expect(x.array == [1, 2, 3, 4, 5, 6])
    #expect(Tensor(3).item == 3)
    #expect("\(x)" == "Tensor[2, 3](1.0, 2.0, 3.0, 4.0, 5.0, 6.0)")
  }

  @Test func `changing a copy leaves the original alone`() {
    let original = Tensor(shape: [3], [1, 2, 3])
    var copy = original
    copy[1] = 9
    #expect(copy.array == [1, 9, 3])
    #expect(original.array == [1, 2, 3])
  }

  @Test func `changing a slice leaves the whole alone, and the other way round`() {
    var whole = Tensor(shape: [3, 2], [1, 2, 3, 4, 5, 6])
    var slice = whole.slice(1..<3, along: 0)
    slice[0, 0] = 9
    whole[2, 1] = 8
    #expect(whole.array == [1, 2, 3, 4, 5, 8])
    #expect(slice.array == [9, 4, 5, 6])
  }

  @Test func `an empty tensor has no elements`() {
    let empty = Tensor(shape: [0, 4], [])
    #expect((empty + 1).array == [])
    #expect(sum(empty, over: [0]).array == [0, 0, 0, 0])
    #expect(matmul(empty, randomTensor([4, 2])).shape == [0, 2])
  }

  @Test func `a prediction remembers nothing`() {
    let result = softmax(gelu(matmul(randomTensor([3, 4]), randomTensor([4, 2]))))
    #expect(!result.isTracked)
    #expect(matmul(randomTensor([3, 4]).tracked(), randomTensor([4, 2])).isTracked)
  }

  @Test func `a parameter that is used twice gets both gradients`() {
    let x = Tensor(shape: [2], [3, 4]).tracked()
    #expect(sum(x * x + x).gradients(for: [x])[0].array == [7, 9])
  }

  @Test func `a parameter that is not used gets zeros`() {
    let (x, y) = (Tensor(2).tracked(), Tensor(shape: [2], [1, 1]).tracked())
    #expect((x * 3).gradients(for: [x, y]).map(\.array) == [[3], [0, 0]])
  }

  @Test func `gradients stop at detached tensors`() {
    let x = Tensor(3).tracked()
    #expect((x * x.detached).gradients(for: [x])[0].item == 3)
  }

  @Test func `gradients can be asked of something in the middle`() {
    let x = Tensor(3).tracked()
    let y = x * 2
    #expect((y * y).gradients(for: [y, x]).map(\.item) == [12, 24])
  }

  @Test
  func `a chain of a hundred thousand operations neither overflows the stack nor loses track`() {
    let x = Tensor(1).tracked()
    var y = x
    for _ in 0..<100_000 { y = y + 1 }
    #expect(y.gradients(for: [x])[0].item == 1)
  }
}
