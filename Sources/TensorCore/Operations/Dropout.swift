import CKernels

/// Zeros each element with probability `rate` and scales the rest by `1 / (1 − rate)`, in training;
/// in prediction nothing. A residual, shaped as `x`, is added in the same pass.
///
/// Which elements are dropped follows from one number of the pass's generator and from their places,
/// so it is the same for any number of threads; gradients draw again, so no mask is kept.
///
/// Source: Srivastava et al., JMLR 2014, in the inverted form.
public func dropout(
  _ x: Tensor, rate: Float, _ training: TrainingPass?, residual: Tensor? = nil
) -> Tensor {
  precondition(
    residual == nil || residual?.shape == x.shape,
    "a residual of shape \(residual?.shape ?? []) for \(x.shape)")
  guard let training, training.dropsOut, rate > 0 else { return residual.map { $0 + x } ?? x }
  let drawing = DropoutDrawing(seed: training.generator.next(), rate: rate)
  return drawing.applied(to: x, residual: residual).made(
    from: x.source { drawing.applied(to: $0) }, residual?.source { $0 })
}

/// Which elements one use of dropout drops.
struct DropoutDrawing: Sendable {
  let seed: UInt64
  let rate: Float

  /// Elements are kept where their 32 random bits reach this.
  var bound: UInt32 { UInt32(min(Double(rate) * 0x1p32, 0x1p32 - 1)) }
  var scale: Float { 1 / (1 - rate) }

  func applied(to x: Tensor, residual: Tensor? = nil) -> Tensor {
    let chunk = Int(eosin_dropout_chunk)
    // Safety: all have `count` elements; each piece writes its own chunks.
    return unsafe x.withElements { x_ in
      unsafe withElements(of: residual) { residual in
        unsafe Tensor(shape: x.shape) { out in
          inParallel((x.count + chunk - 1) / chunk, smallest: smallestPiece / chunk) { chunks in
            unsafe eosin_drop_out(
              seed, bound, scale, x_, residual, out, x.count, chunks.lowerBound, chunks.upperBound)
          }
        }
      }
    }
  }
}
