// The loops beneath the element-wise operations. Closures are inlined into them, so that the
// compiler sees plain loops.

/// Elements a thread should have at least before another one is woken.
let smallestPiece = 1 << 15

extension Tensor {
  /// Each element put through `function`.
  @inline(__always)
  func mapped(_ function: (Float) -> Float) -> Tensor {
    // Safety: both tensors have `count` elements.
    unsafe withElements { x in
      unsafe Tensor(shape: shape) { out in
        inParallel(count, smallest: smallestPiece) { piece in
          for i in piece { unsafe out[i] = function(x[i]) }
        }
      }
    }
  }

  /// All elements put through a loop of `CKernels`.
  func mapped(
    through kernel: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) -> Tensor {
    // Safety: both tensors have `count` elements.
    unsafe withElements { x in
      unsafe Tensor(shape: shape) { out in
        inParallel(count, smallest: smallestPiece) { piece in
          unsafe kernel(x + piece.lowerBound, out + piece.lowerBound, piece.count)
        }
      }
    }
  }

  /// Each pair of elements of two tensors of one shape put through `function`.
  @inline(__always)
  func zipped(_ other: Tensor, _ function: (Float, Float) -> Float) -> Tensor {
    precondition(shape == other.shape, "shapes \(shape) and \(other.shape) differ")
    // Safety: all three tensors have `count` elements.
    return unsafe withElements { x in
      unsafe other.withElements { y in
        unsafe Tensor(shape: shape) { out in
          inParallel(count, smallest: smallestPiece) { piece in
            for i in piece { unsafe out[i] = function(x[i], y[i]) }
          }
        }
      }
    }
  }
}
