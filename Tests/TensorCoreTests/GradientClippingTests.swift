import Testing

@testable import TensorCore

@Suite struct GradientClippingTests {
  private let gradients = [
    "w": Tensor(shape: [2, 2], [3, -4, 0.5, 12]), "b": Tensor(shape: [2], [84, -1]),
  ]

  // As clip_grad_norm_ of PyTorch 2.15.0; within 2e-7 of the largest, a rounding or two.
  @Test(
    arguments: [
      (5, [0.176455319, -0.235273764, 0.0294092204, 0.705821276], [4.94074917, -0.0588184409]),
      (
        1, [0.0352910645, -0.0470547527, 0.00588184409, 0.141164258], [0.988149822, -0.0117636882]
      ),
      (1000, [3, -4, 0.5, 12], [84, -1]),
    ] as [(Float, [Float], [Float])])
  func `gradients are shortened together, when they are too long`(
    longest: Float, weight: [Float], bias: [Float]
  ) {
    var gradients = gradients
    #expect(abs(clip(&gradients, toNorm: longest) - 85.0073547) < 85 * 2e-7)
    expectClose(gradients["w"]!, Tensor(shape: [2, 2], weight), tolerance: 2e-7, "weight")
    expectClose(gradients["b"]!, Tensor(shape: [2], bias), tolerance: 2e-7, "bias")
  }

  @Test(arguments: 0..<64 as Range<UInt64>)
  func `what is clipped has the norm asked for and the same direction`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let before = [
      "a": randomTensor([5, 4], using: &generator), "b": randomTensor([7], using: &generator),
    ]
    let longest = Float(0.1 + 5 * generator.nextUnit())
    var after = before
    let norm = clip(&after, toNorm: longest)
    let scale = min(1, longest / norm)
    for name in before.keys {
      expectClose(after[name]!, before[name]! * scale, tolerance: 1e-4, name)
    }
    #expect(clip(&after, toNorm: longest) <= longest * 1.000_001)
  }

  @Test func `zero stays zero, and what is not a number is not hidden`() {
    var zero = ["w": Tensor(shape: [2], repeating: 0)]
    #expect(clip(&zero, toNorm: 1) == 0)
    #expect(zero["w"]!.array == [0, 0])
    var unbounded = ["w": Tensor(shape: [2], [.infinity, 1])]
    #expect(clip(&unbounded, toNorm: 1) == .infinity)
    #expect(unbounded["w"]!.array[0].isNaN && unbounded["w"]!.array[1] == 0)
    var broken = ["w": Tensor(.nan), "b": Tensor(1)]
    #expect(clip(&broken, toNorm: 1).isNaN)
    #expect(broken["b"]!.item.isNaN)
  }
}
