/// Shortens gradients that are longer, taken all together, than `longest`; returns how long they
/// were.
///
/// `g ← g · min(1, longest / (‖g‖ + 1e-6))`, with `‖g‖` the Euclidean norm over all elements of all
/// gradients. An infinite norm gives zeros, and NaN where an element was infinite; one that is NaN
/// gives NaN everywhere. The sum is made in double precision in the order of the names, so the
/// same gradients give the same result to the bit, with any number of threads.
///
/// Source: Pascanu et al., ICML 2013, in the form of PyTorch's `clip_grad_norm_`, whose 1e-6
/// shortens to a little below `longest`.
@discardableResult
public func clip(_ gradients: inout [String: Tensor], toNorm longest: Float) -> Float {
  var squares = 0.0
  for (_, gradient) in gradients.sorted(by: { $0.key < $1.key }) {
    squares += sumOfSquares(gradient)
  }
  let norm = squares.squareRoot()
  let scale = Float(Double(longest) / (norm + 1e-6))
  // Asked this way round, as NaN is to pass.
  if !(scale >= 1) { gradients = gradients.mapValues { $0.detached * scale } }
  return Float(norm)
}

/// One after the other: this is small beside the step, and needs no care for the order.
private func sumOfSquares(_ x: Tensor) -> Double {
  let count = x.count
  // Safety: reads below `count`.
  return unsafe x.withElements { x in
    var sum = 0.0
    for i in 0..<count { unsafe sum += Double(x[i]) * Double(x[i]) }
    return sum
  }
}
