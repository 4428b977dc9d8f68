import Testing

@testable import TensorCore

/// Compares gradients with central differences of `Σ weights · function`, the weights random.
///
/// Step 0.005 on inputs of unit size; every element of every gradient must be within `tolerance` of
/// the largest, which for differences of single-precision numbers is about as close as they get.
func expectGradientsMatchDifferences(
  _ shapes: [[Int]], in range: ClosedRange<Float> = -1.5...1.5, tolerance: Float = 0.005,
  sourceLocation: SourceLocation = #_sourceLocation, _ function: ([Tensor]) -> Tensor
) {
  var generator = SeededGenerator(seed: 1)
  let inputs = shapes.map { randomTensor($0, in: range, using: &generator) }
  let tracked = inputs.map { $0.tracked() }
  let result = function(tracked)
  let weights = randomTensor(result.shape, in: -1...1, using: &generator)
  let gradients = result.gradients(for: tracked, startingFrom: weights)
  func weighted(_ inputs: [Tensor]) -> Double {
    zip(function(inputs).array, weights.array).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }
  let step: Float = 0.005
  for (place, gradient) in gradients.enumerated() {
    #expect(gradient.shape == inputs[place].shape, sourceLocation: sourceLocation)
    #expect(!gradient.isTracked, sourceLocation: sourceLocation)
    var differences: [Float] = []
    for i in 0..<inputs[place].count {
      func moved(_ by: Float) -> [Tensor] {
        var elements = inputs[place].array
        elements[i] += by
        var moved = inputs
        moved[place] = Tensor(shape: inputs[place].shape, elements)
        return moved
      }
      let difference = weighted(moved(step)) - weighted(moved(-step))
      differences.append(Float(difference / Double(2 * step)))
    }
    expectClose(
      gradient, Tensor(shape: gradient.shape, differences), tolerance: tolerance,
      "gradient of input \(place)", sourceLocation: sourceLocation)
  }
}

/// Uniform random numbers.
func randomTensor(
  _ shape: [Int], in range: ClosedRange<Float> = -1...1, using generator: inout SeededGenerator
) -> Tensor {
  let width = range.upperBound - range.lowerBound
  return Tensor(
    shape: shape,
    (0..<shape.reduce(1, *)).map { _ in
      range.lowerBound + width * Float(generator.nextUnit())
    })
}

func randomTensor(_ shape: [Int], seed: UInt64 = 7) -> Tensor {
  var generator = SeededGenerator(seed: seed)
  return randomTensor(shape, using: &generator)
}

/// Fails, naming the largest difference and its place, unless all elements are within `tolerance`
/// of each other, relative to the largest magnitude expected.
func expectClose(
  _ actual: Tensor, _ expected: Tensor, tolerance: Float, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.shape == expected.shape else {
    Issue.record(
      "\(what) has shape \(actual.shape), not \(expected.shape)", sourceLocation: sourceLocation)
    return
  }
  let pairs = Array(zip(actual.array, expected.array))
  let largest = max(pairs.reduce(0) { max($0, abs($1.1)) }, 1e-12)
  let errors = pairs.map { $0 == $1 ? 0 : abs($0 - $1) / largest }
  let worst = errors.indices.max { errors[$0] < errors[$1] } ?? 0
  #expect(
    errors.allSatisfy { $0 <= tolerance },
    "\(what) differs most at \(worst): \(pairs[worst].0), not \(pairs[worst].1)",
    sourceLocation: sourceLocation)
}
