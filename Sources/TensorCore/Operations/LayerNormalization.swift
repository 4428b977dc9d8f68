import CKernels

/// `(x − mean) / √(variance + epsilon) · weight + bias`, each vector along the last axis by itself.
///
/// Shape: `x` is `[..., width]`, `weight` and `bias` `[width]`. The variance is the biased one.
///
/// Source: Ba et al., arXiv 1607.06450.
public func layerNorm(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, epsilon: Float = 1e-5
) -> Tensor {
  let columns = weight.count
  precondition(
    x.shape.last == columns && weight.shape == [columns] && bias.shape == [columns],
    "x of shape \(x.shape), weight of \(weight.shape) and bias of \(bias.shape) do not fit")
  let rows = x.count / max(columns, 1)
  // Safety: rows · columns elements in x and the result, the others as checked.
  let result = unsafe x.withElements { x_ in
    unsafe weight.withElements { weight in
      unsafe bias.withElements { bias in
        unsafe Tensor(shape: x.shape) { out in
          inParallel(rows, smallest: max(smallestPiece / 4 / max(columns, 1), 1)) { piece in
            let start = piece.lowerBound * columns
            unsafe eosin_layer_norm_rows(
              x_ + start, weight, bias, out + start, piece.count, columns, epsilon)
          }
        }
      }
    }
  }
  // What a row was standardized to is worked out again: cheaper than keeping it.
  return result.made(
    from: x.source { [x = x.detached, weight = weight.detached] gradient in
      let (values, inverse) = standardized(x, epsilon)
      let slope = gradient * weight
      let mean = mean(slope, over: [-1], keepingAxes: true)
      let along = TensorCore.mean(slope * values, over: [-1], keepingAxes: true)
      return (slope - mean - values * along) * inverse
    },
    weight.source { [x = x.detached] gradient in
      (gradient * standardized(x, epsilon).values).summed(to: [columns])
    },
    bias.source { $0.summed(to: [columns]) })
}

/// Layer normalization over the channels of each pixel, as ConvNeXt has it.
///
/// Shape: `[batch, channels, height, width]` in and out; `weight` and `bias` are `[channels]`.
public func channelNorm(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, epsilon: Float = 1e-6
) -> Tensor {
  layerNorm(x.permuted([0, 2, 3, 1]), weight, bias, epsilon: epsilon).permuted([0, 3, 1, 2])
}

/// Each row with mean 0 and variance 1, and the `1 / √(variance + epsilon)` it was multiplied by.
///
/// Shape: that of `x`, and `[..., 1]`.
private func standardized(_ x: Tensor, _ epsilon: Float) -> (values: Tensor, inverse: Tensor) {
  let columns = x.shape[x.rank - 1]
  let rows = x.count / max(columns, 1)
  var inverse = Tensor(0)
  // Safety: rows · columns elements in both, and one inverse a row.
  let values = unsafe x.withElements { x_ in
    unsafe Tensor(shape: x.shape) { out in
      unsafe inverse = Tensor(shape: x.shape.dropLast() + [1]) { inverse in
        inParallel(rows, smallest: max(smallestPiece / 2 / max(columns, 1), 1)) { piece in
          let start = piece.lowerBound * columns
          unsafe eosin_standardize_rows(
            x_ + start, out + start, inverse + piece.lowerBound, piece.count, columns, epsilon)
        }
      }
    }
  }
  return (values, inverse)
}
