import CKernels

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

/// Parts of fixed size on all threads, added up in order.
private func sumOfSquares(_ x: Tensor) -> Double {
  let (count, part) = (x.count, 1 << 16)
  let parts = (count + part - 1) / part
  // Safety: reads below `count`; each part has a sum of its own.
  let sums = unsafe x.withElements { x in
    unsafe [Double](unsafeUninitializedCapacity: parts) { sums, filled in
      if let start = sums.baseAddress {
        nonisolated(unsafe) let own = unsafe start
        inParallel(parts) { pieces in
          for piece in pieces {
            let first = piece * part
            unsafe own[piece] = eosin_sum_of_squares(x + first, min(part, count - first))
          }
        }
      }
      filled = parts
    }
  }
  return sums.reduce(0, +)
}
