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
  return result.made(from: [x, weight, bias]) {
    [x = x.detached, weight = weight.detached] in normGradients(x, weight, epsilon, $0)
  }
}

/// Layer normalization over the channels of each pixel, as ConvNeXt has it.
///
/// Shape: `[batch, channels, height, width]` in and out; `weight` and `bias` are `[channels]`.
public func channelNorm(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, epsilon: Float = 1e-6
) -> Tensor {
  layerNorm(x.permuted([0, 2, 3, 1]), weight, bias, epsilon: epsilon).permuted([0, 3, 1, 2])
}

/// The gradients of `x`, of the weight and of the bias.
private func normGradients(
  _ x: Tensor, _ weight: Tensor, _ epsilon: Float, _ gradient: Tensor
) -> [Tensor] {
  let columns = weight.count
  let rows = x.count / max(columns, 1)
  // Each block of rows has sums of its own, weights before biases; they are added in order.
  let block = 32
  let blocks = (rows + block - 1) / block
  let sums = Tensor.zeros([blocks, 2, columns])
  // Safety: rows · columns elements in all three; each block writes its own rows and sums, which
  // nobody else has yet.
  let slopes = unsafe x.withElements { x_ in
    unsafe weight.withElements { weight in
      unsafe gradient.withElements { gradient in
        unsafe Tensor(shape: x.shape) { out in
          forEachInParallel(blocks) { item in
            let start = item * block * columns
            let own = unsafe sums.storage.start + item * 2 * columns
            unsafe eosin_layer_norm_slope_rows(
              x_ + start, weight, gradient + start, out + start, own, own + columns,
              min(block, rows - item * block), columns, epsilon)
          }
        }
      }
    }
  }
  let parts = sum(sums, over: [0]).split([1, 1], along: 0)
  return [slopes] + parts.map { $0.reshaped(to: [columns]) }
}
