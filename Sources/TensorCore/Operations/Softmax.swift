import CKernels

/// `e^xᵢ / Σ e^xⱼ` along an axis, after `mask` has been added.
///
/// Shape: as `x`; the mask is broadcast to it, and no gradient flows to it. Safe from overflow.
/// Where the mask is minus infinity the result is 0, unless all of a row is, which gives NaN: use a
/// large finite number, as the papers' code does, to get equal shares there.
public func softmax(_ x: Tensor, along axis: Int = -1, mask: Tensor? = nil) -> Tensor {
  let axis = x.axis(axis)
  if axis != x.rank - 1 {
    let swapped = softmax(
      x.transposed(axis, -1),
      mask: mask.map { broadcast($0, Tensor(shape: x.shape, repeating: 0), +).transposed(axis, -1) }
    )
    return swapped.transposed(axis, -1)
  }
  let logits = mask.map { broadcast(x, $0.detached, +) } ?? x
  let columns = x.shape[axis]
  let rows = x.count / max(columns, 1)
  // Safety: rows · columns elements in both.
  let result = unsafe logits.withElements { logits in
    unsafe Tensor(shape: x.shape) { out in
      inParallel(rows, smallest: max(smallestPiece / 8 / max(columns, 1), 1)) { piece in
        let start = piece.lowerBound * columns
        unsafe eosin_softmax_rows(logits + start, out + start, piece.count, columns, 1)
      }
    }
  }
  return result.made(
    from: x.source { gradient in
      // Safety: rows · columns elements in all three.
      unsafe result.withElements { probabilities in
        unsafe gradient.withElements { gradient in
          unsafe Tensor(shape: result.shape) { out in
            unsafe eosin_softmax_slope_rows(probabilities, gradient, out, rows, columns)
          }
        }
      }
    })
}

/// The logarithm of ``softmax(_:along:mask:)`` along the last axis, exact where that is tiny.
public func logSoftmax(_ x: Tensor) -> Tensor {
  let shares = softmax(x.detached)
  let columns = x.shape[x.rank - 1]
  let largest = x.detached.largestOfRows()
  let shifted = x.detached - largest
  let result = shifted - log(sum(exp(shifted), over: [-1], keepingAxes: true))
  return result.made(
    from: x.source { gradient in
      columns == 0 ? gradient : gradient - shares * sum(gradient, over: [-1], keepingAxes: true)
    })
}

extension Tensor {
  /// The largest element along the last axis, which keeps its place with size 1.
  fileprivate func largestOfRows() -> Tensor {
    let columns = shape[rank - 1]
    // Safety: count / columns rows of `columns` elements each.
    return unsafe withElements { x in
      unsafe Tensor(shape: shape.dropLast() + [1]) { out in
        for row in 0..<count / max(columns, 1) {
          var largest = -Float.infinity
          for i in 0..<columns { unsafe largest = max(largest, x[row * columns + i]) }
          unsafe out[row] = largest
        }
      }
    }
  }
}
