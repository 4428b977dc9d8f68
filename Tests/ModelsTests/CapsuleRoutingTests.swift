import TensorCore
import Testing

@testable import Models

@Suite struct CapsuleRoutingTests {
  @Test func `routing in one pass equals the operations`() {
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
        "r.W": tensor([routed, primary, primaryWidth, width]), "r.b": tensor([routed, primary, 1]),
      ]
      var parameters = Parameters(weights: weights)
      let routing = CapsuleRouting(
        &parameters, "r", routed: routed, width: width, primary: primary,
        primaryWidth: primaryWidth)
      let capsules = tensor([spots, primary, primaryWidth])
      expectGolden(
        routing(capsules), routing.stepByStep(capsules), tolerance: 1e-5,
        "\(spots) spots, \(primary) capsules of \(primaryWidth) to \(routed) of \(width)")
    }
  }

  @Test func `capsules of zeros stay zeros`() {
    var parameters = Parameters(generator: SeededGenerator(seed: 1))
    let routing = CapsuleRouting(
      &parameters, "r", routed: 3, width: 4, primary: 2, primaryWidth: 5)
    #expect(routing(.zeros([2, 2, 5])).array.allSatisfy { $0 == 0 })
  }
}
