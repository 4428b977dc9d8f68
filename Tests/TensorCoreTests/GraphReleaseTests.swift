import Testing

@testable import TensorCore

@Suite struct GraphReleaseTests {
  private func loss(_ x: Tensor, _ weight: Tensor) -> Tensor {
    let hidden = relu(linear(x, weight))
    return sum(hidden * hidden + hidden)
  }

  @Test func `gradients are the same with and without keeping the graph`() {
    let (x, weight) = (randomTensor([4, 3]).tracked(), randomTensor([5, 3], seed: 8).tracked())
    let kept = loss(x, weight).gradients(for: [x, weight])
    let freed = loss(x, weight).gradients(for: [x, weight], keepingGraph: false)
    #expect(kept.map(\.array) == freed.map(\.array))
  }

  @Test func `a kept graph can be asked again`() {
    let (x, weight) = (randomTensor([4, 3]).tracked(), randomTensor([5, 3], seed: 8).tracked())
    let loss = loss(x, weight)
    #expect(loss.gradients(for: [x])[0].array == loss.gradients(for: [x])[0].array)
  }

  @Test func `what an operation remembered is freed`() {
    final class Witness: Sendable {}
    let x = Tensor(2).tracked()
    weak var witness: Witness?
    func remembering() -> Tensor {
      let held = Witness()
      witness = held
      return x.made(from: x.source { gradient in withExtendedLifetime(held) { gradient } })
    }
    let result = remembering()
    #expect(witness != nil)
    #expect(result.gradients(for: [x], keepingGraph: false)[0].item == 1)
    #expect(witness == nil)
  }

  @Test func `adding up gradients changes nobody else's tensor`() {
    let x = randomTensor([3]).tracked()
    let weights = randomTensor([3], seed: 8)
    let before = weights.array
    let gradient = (x + x + x * 2).gradients(for: [x], startingFrom: weights)[0]
    #expect(weights.array == before)
    expectClose(gradient, weights * 4, tolerance: 1e-6)
  }

  @Test func `an optimizer leaves copies of weights, gradients and averages as they were`() {
    var optimizer = AdamW(learningRate: 0.1, weightDecay: 0.1)
    let start = randomTensor([70_000])
    let gradient = randomTensor([70_000], seed: 8)
    var weights = ["w": start]
    let elements = start.array
    optimizer.update(&weights, ["w": gradient])
    #expect(start.array == elements)
    let (state, copy) = (optimizer.state, optimizer)
    let averages = state["exp_avg.w"]!.array
    optimizer.update(&weights, ["w": gradient])
    #expect(state["exp_avg.w"]!.array == averages)
    #expect(copy.state["exp_avg.w"]!.array == averages)
    #expect(gradient.array == randomTensor([70_000], seed: 8).array)
  }
}
