import CKernels

/// The sum over some axes, or over all of them when none are named.
///
/// Shape: `x` without those axes, or with each of size 1 when `keepingAxes`. Sums run in several
/// lanes, in an order that depends on the shape alone.
public func sum(_ x: Tensor, over axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
  let axes = Set((axes ?? Array(x.shape.indices)).map { x.axis($0) })
  var kept = x.shape
  var total = x.detached
  for axis in axes.sorted(by: >) {
    total = summed(total, over: axis)
    kept[axis] = 1
  }
  let keptShape = kept
  let shape = keepingAxes ? kept : x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] }
  return total.reshaped(to: shape).made(
    from: x.source { [full = x.shape] gradient in
      broadcast(gradient.reshaped(to: keptShape), Tensor(shape: full, repeating: 0)) { $0 + $1 }
    })
}

/// The mean over some axes, or over all of them when none are named.
public func mean(_ x: Tensor, over axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
  let averaged = (axes ?? Array(x.shape.indices)).reduce(1) { $0 * x.shape[x.axis($1)] }
  return sum(x, over: axes, keepingAxes: keepingAxes) * (1 / Float(averaged))
}

/// The biased variance over some axes, or over all of them when none are named.
public func variance(_ x: Tensor, over axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
  mean(square(x - mean(x, over: axes, keepingAxes: true)), over: axes, keepingAxes: keepingAxes)
}

/// The Euclidean length of the vectors along the last axis.
///
/// Shape: `x` with a last axis of size 1. The gradient of a zero vector is taken as zero.
public func norm(_ x: Tensor) -> Tensor {
  let lengths = sum(square(x.detached), over: [-1], keepingAxes: true).mapped { $0.squareRoot() }
  return lengths.made(
    from: x.source { [x = x.detached] gradient in
      x * gradient.zipped(lengths) { $1 == 0 ? 0 : $0 / $1 }
    })
}

extension Tensor {
  /// An axis counted from the front, when a negative one counts from the back.
  func axis(_ axis: Int) -> Int {
    let counted = axis < 0 ? axis + rank : axis
    precondition(shape.indices.contains(counted), "a tensor of \(shape) has no axis \(axis)")
    return counted
  }

  /// The shape as three sizes: all axes before `axis`, that one, and all after it.
  func sizes(around axis: Int) -> (outer: Int, size: Int, inner: Int) {
    (shape[..<axis].reduce(1, *), shape[axis], shape[(axis + 1)...].reduce(1, *))
  }
}

/// The sum over one axis, which keeps its place with size 1.
private func summed(_ x: Tensor, over axis: Int) -> Tensor {
  let (outer, size, inner) = x.sizes(around: axis)
  var shape = x.shape
  shape[axis] = 1
  // Safety: x has outer · size · inner elements, the result outer · inner.
  return unsafe x.withElements { x in
    unsafe Tensor(shape: shape) { out in
      if inner == 1 {
        inParallel(outer, smallest: max(smallestPiece / max(size, 1), 1)) { piece in
          for row in piece { unsafe out[row] = eosin_sum(x + row * size, size) }
        }
        return
      }
      unsafe out.initialize(repeating: 0, count: outer * inner)
      for row in 0..<outer {
        inParallel(inner, smallest: max(smallestPiece / max(size, 1), 16)) { piece in
          for step in 0..<size {
            let from = unsafe x + (row * size + step) * inner + piece.lowerBound
            unsafe eosin_add_scaled(from, out + row * inner + piece.lowerBound, 1, piece.count)
          }
        }
      }
    }
  }
}
