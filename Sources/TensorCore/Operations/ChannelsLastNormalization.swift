import CKernels

/// Batch normalization with the statistics of this batch, channels last, and in the same pass what
/// follows it: `epilogue(norm(x)) + residual`.
///
/// Shape: `x` is `[..., channels]`, `weight`, `bias` and both statistics `[channels]`, `residual` as
/// `x`. `x` is divided by the biased deviation; the variance returned is the unbiased one, which
/// running statistics are made of. Only `x` is kept for gradients: the rest is worked out again.
///
/// Source: Ioffe and Szegedy, ICML 2015.
public func channelsLastBatchNorm(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, epsilon: Float = 1e-5,
  epilogue: Epilogue = .none, residual: Tensor? = nil
) -> (values: Tensor, mean: Tensor, variance: Tensor) {
  let channels = weight.count
  precondition(
    x.shape.last == channels && weight.shape == [channels] && bias.shape == [channels]
      && residual?.shape ?? x.shape == x.shape,
    "x of shape \(x.shape), weight of \(weight.shape), bias of \(bias.shape) and a residual of "
      + "\(residual?.shape ?? []) do not fit")
  let rows = x.count / max(channels, 1)
  let norm = ColumnNorm(x.detached, rows: rows, weight.detached, bias.detached, epsilon)
  let activation = epilogue.activation
  let values = norm.values(activation, residual: residual?.detached)
  let unbiased = norm.variance * (Float(rows) / max(Float(rows) - 1, 1))
  return (
    values.made(from: [x, weight, bias, residual]) { gradient in
      let slopes = norm.gradients(gradient, activation)
      return [slopes.x, slopes.weight, slopes.bias, gradient]
    }, norm.mean, unbiased
  )
}

/// The sum of each column of `[rows, columns]`: `[columns]`.
func columnSums(_ x: Tensor) -> Tensor {
  let columns = x.shape[1]
  let sums = unsafe sumsOfColumns(rows: x.shape[0], columns: columns) { rows, sums in
    // Safety: x has that many rows.
    unsafe x.withElements {
      unsafe eosin_column_sums($0 + rows.lowerBound * columns, sums, rows.count, columns)
    }
  }
  return Tensor(shape: [columns], sums[0].map { Float($0) })
}

/// Sums of columns made on all threads: each adds some rows to sums of its own, which are added up
/// in order.
private func sumsOfColumns(
  rows: Int, columns: Int, kinds: Int = 1,
  _ add: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
) -> [[Double]] {
  let pieces = max(min(Threads.count, rows * columns / smallestPiece), 1)
  var sums = [Double](repeating: 0, count: pieces * kinds * columns)
  // Safety: each piece has sums of its own, `kinds` times `columns` of them.
  unsafe sums.withUnsafeMutableBufferPointer { sums in
    guard let start = sums.baseAddress else { return }
    // Each piece uses addresses of its own.
    nonisolated(unsafe) let own = unsafe start
    forEachInParallel(pieces) { piece in
      unsafe add(
        rows * piece / pieces..<rows * (piece + 1) / pieces,
        own + piece * kinds * columns)
    }
  }
  return (0..<kinds).map { kind in
    (0..<columns).map { column in
      (0..<pieces).reduce(0) { $0 + sums[($1 * kinds + kind) * columns + column] }
    }
  }
}

/// A batch with its statistics.
private struct ColumnNorm: Sendable {
  let x, weight, bias: Tensor
  let rows, columns: Int
  /// Of each column; the variance is the biased one, and the last is `1 / √(variance + epsilon)`.
  let mean, variance, inverse: Tensor

  init(_ x: Tensor, rows: Int, _ weight: Tensor, _ bias: Tensor, _ epsilon: Float) {
    (self.x, self.weight, self.bias, self.rows) = (x, weight, bias, rows)
    let columns = weight.count
    self.columns = columns
    let share = 1 / Double(max(rows, 1))
    let mean = columnSums(x.reshaped(to: [rows, columns])) * Float(share)
    // Safety: x has that many rows, and as many means as columns.
    let squares = unsafe sumsOfColumns(rows: rows, columns: columns) { rows, sums in
      unsafe x.withElements { x in
        unsafe mean.withElements { mean in
          unsafe eosin_column_squares(
            x + rows.lowerBound * columns, mean, sums, rows.count, columns)
        }
      }
    }[0]
    self.mean = mean
    variance = Tensor(shape: [columns], squares.map { Float($0 * share) })
    inverse = Tensor(
      shape: [columns], squares.map { Float(1 / ($0 * share + Double(epsilon)).squareRoot()) })
  }

  /// Safety: what is passed lives no longer than the call.
  @unsafe private func withNorm<Result>(
    _ body: (UnsafePointer<eosin_column_norm>) -> Result
  ) -> Result {
    unsafe mean.withElements { mean in
      unsafe inverse.withElements { inverse in
        unsafe weight.withElements { weight in
          unsafe bias.withElements { bias in
            var norm = unsafe eosin_column_norm(
              means: mean, inverses: inverse, weight: weight, bias: bias)
            return unsafe body(&norm)
          }
        }
      }
    }
  }

  private var smallest: Int { max(smallestPiece / max(columns, 1), 1) }

  func values(_ activation: eosin_activation, residual: Tensor?) -> Tensor {
    // Safety: rows · columns elements in all; each piece writes its own rows.
    unsafe x.withElements { x_ in
      unsafe withElements(of: residual) { residual in
        unsafe withNorm { norm in
          unsafe Tensor(shape: x.shape) { out in
            inParallel(rows, smallest: smallest) { piece in
              let start = piece.lowerBound * columns
              unsafe eosin_normalize_columns(
                x_ + start, norm, activation, residual.map { unsafe $0 + start }, out + start,
                piece.count, columns)
            }
          }
        }
      }
    }
  }

  func gradients(
    _ gradient: Tensor, _ activation: eosin_activation
  ) -> (x: Tensor, weight: Tensor, bias: Tensor) {
    var sums: [[Double]] = []
    // Safety: as above; the second pass begins after the first has ended.
    let slopes = unsafe x.withElements { x_ in
      unsafe gradient.withElements { gradient in
        unsafe withNorm { norm in
          unsafe Tensor(shape: x.shape) { out in
            // Each piece writes rows of its own.
            nonisolated(unsafe) let target = unsafe out
            unsafe sums = sumsOfColumns(rows: rows, columns: columns, kinds: 2) { piece, sums in
              let start = piece.lowerBound * columns
              unsafe eosin_normalize_columns_slope(
                x_ + start, gradient + start, norm, activation, target + start, sums,
                sums + columns,
                piece.count, columns)
            }
            let share = 1 / Double(max(rows, 1))
            let means = sums.map { Tensor(shape: [columns], $0.map { Float($0 * share) }) }
            unsafe means[0].withElements { slope in
              unsafe means[1].withElements { standard in
                inParallel(rows, smallest: smallest) { piece in
                  let start = piece.lowerBound * columns
                  unsafe eosin_normalize_columns_back(
                    x_ + start, norm, slope, standard, out + start, piece.count, columns)
                }
              }
            }
          }
        }
      }
    }
    return (
      slopes, Tensor(shape: [columns], sums[1].map { Float($0) }),
      Tensor(shape: [columns], sums[0].map { Float($0) })
    )
  }
}
