import TensorCore
import Testing

@testable import Models

@Suite struct CapsuleRoutingTests {
  @Test func `routing in one pass equals the operations, gradients too`() {
    var generator = SeededGenerator(seed: 21)
    for _ in 0..<64 {
      func size(upTo most: Int) -> Int { 1 + Int(generator.nextUnit() * Double(most)) }
      func tensor(_ shape: [Int]) -> Tensor {
        Tensor(
          shape: shape,
          (0..<shape.reduce(1, *)).map { _ in Float(generator.nextUnit() * 2 - 1) })
      }
      let (spots, routed, width) = (size(upTo: 9), size(upTo: 7), size(upTo: 80))
      let (primary, primaryWidth) = (size(upTo: 9), size(upTo: 9))
      let weights = [
        "r.W": tensor([routed, primary, primaryWidth, width]).tracked(),
        "r.b": tensor([routed, primary, 1]).tracked(),
      ]
      var parameters = Parameters(weights: weights)
      let routing = CapsuleRouting(
        &parameters, "r", routed: routed, width: width, primary: primary,
        primaryWidth: primaryWidth)
      let capsules = tensor([spots, primary, primaryWidth]).tracked()
      let what = "\(spots) spots, \(primary) capsules of \(primaryWidth) to \(routed) of \(width)"
      let (result, expected) = (routing(capsules), routing.stepByStep(capsules))
      expectGolden(result, expected, tolerance: 1e-5, what)
      let wanted = [capsules, weights["r.W"]!, weights["r.b"]!]
      let shares = tensor([spots, routed, width])
      let pairs = zip(
        result.gradients(for: wanted, startingFrom: shares),
        expected.gradients(for: wanted, startingFrom: shares))
      for (index, (gradient, other)) in pairs.enumerated() {
        expectGolden(gradient, other, tolerance: 1e-4, "gradient \(index) of \(what)")
      }
    }
  }

  @Test func `capsules of zeros stay zeros`() {
    var parameters = Parameters(generator: SeededGenerator(seed: 1))
    let routing = CapsuleRouting(
      &parameters, "r", routed: 3, width: 4, primary: 2, primaryWidth: 5)
    let zeros = Tensor.zeros([2, 2, 5]).tracked()
    let result = routing(zeros)
    #expect(result.array.allSatisfy { $0 == 0 })
    let gradient = result.gradients(
      for: [zeros], startingFrom: Tensor(shape: [2, 3, 4], repeating: 1))[0]
    #expect(gradient.array.allSatisfy { $0 == 0 })
  }
}
