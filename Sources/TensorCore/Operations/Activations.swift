import CKernels
import Foundation

/// `max(x, 0)`; the gradient at 0 is 0.
public func relu(_ x: Tensor) -> Tensor {
  x.mapped { max($0, 0) }.made(
    from: x.source { [x = x.detached] in $0.zipped(x) { $1 > 0 ? $0 : 0 } })
}

/// `x` where positive, else `slope · x`.
public func leakyReLU(_ x: Tensor, slope: Float = 0.01) -> Tensor {
  x.mapped { $0 > 0 ? $0 : slope * $0 }.made(
    from: x.source { [x = x.detached] in $0.zipped(x) { $1 > 0 ? $0 : slope * $0 } })
}

/// `x` where positive, else `eˣ − 1`.
///
/// Source: Clevert et al., ICLR 2016, with α = 1.
public func elu(_ x: Tensor) -> Tensor {
  let result = unsafe x.mapped(through: eosin_elu)
  return result.made(from: x.source { $0.zipped(result) { $1 > 0 ? $0 : $0 * ($1 + 1) } })
}

/// `x · Φ(x)`, Φ the cumulative normal distribution, by the error function and not by tanh.
///
/// Source: Hendrycks and Gimpel, arXiv 1606.08415.
public func gelu(_ x: Tensor) -> Tensor {
  unsafe x.mapped(through: eosin_gelu).made(
    from: x.source { [x = x.detached] in unsafe slopes(of: x, $0, through: eosin_gelu_back) })
}

/// `x · σ(1.702 x)`, CLIP's stand-in for ``gelu(_:)``.
public func quickGELU(_ x: Tensor) -> Tensor {
  unsafe x.mapped(through: eosin_quick_gelu).made(
    from: x.source { [x = x.detached] in unsafe slopes(of: x, $0, through: eosin_quick_gelu_back) })
}

/// The gradient that reaches `x` through a loop of `CKernels`.
private func slopes(
  of x: Tensor, _ gradient: Tensor,
  through kernel: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) ->
    Void
) -> Tensor {
  precondition(x.shape == gradient.shape, "shapes \(x.shape) and \(gradient.shape) differ")
  // Safety: all have `count` elements.
  return unsafe gradient.withElements { gradient in
    unsafe x.withElements { x_ in
      unsafe Tensor(shape: x.shape) { out in
        inParallel(x.count, smallest: smallestPiece / 4) { piece in
          let start = piece.lowerBound
          unsafe kernel(x_ + start, gradient + start, out + start, piece.count)
        }
      }
    }
  }
}

/// `1 / (1 + e⁻ˣ)`.
public func sigmoid(_ x: Tensor) -> Tensor {
  let result = unsafe x.mapped(through: eosin_sigmoid)
  return result.made(from: x.source { $0.zipped(result) { $0 * $1 * (1 - $1) } })
}

/// The hyperbolic tangent.
public func tanh(_ x: Tensor) -> Tensor {
  let result = unsafe x.mapped(through: eosin_tanh)
  return result.made(from: x.source { $0.zipped(result) { $0 * (1 - $1 * $1) } })
}

/// `ln(1 + eˣ)`, as `x` itself above 20, as PyTorch has it.
public func softplus(_ x: Tensor) -> Tensor {
  x.mapped { $0 > 20 ? $0 : log1p(Foundation.exp($0)) }.made(
    from: x.source { [x = x.detached] in $0 * sigmoid(x) })
}

/// `eˣ`.
public func exp(_ x: Tensor) -> Tensor {
  let result = unsafe x.mapped(through: eosin_exp)
  return result.made(from: x.source { $0 * result })
}

/// The natural logarithm; minus infinity at 0, NaN below.
public func log(_ x: Tensor) -> Tensor {
  unsafe x.mapped(through: eosin_log).made(from: x.source { [x = x.detached] in $0 / x })
}

/// `ln(1 + x)`, exact where `x` is small.
public func log1p(_ x: Tensor) -> Tensor {
  x.mapped { Foundation.log1p($0) }.made(from: x.source { [x = x.detached] in $0 / (x + 1) })
}
