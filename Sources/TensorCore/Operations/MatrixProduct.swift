import COpenBLAS

/// The matrix product `a · b`, either operand transposed first if so asked.
///
/// Shape: `[m, k]` and `[k, n]` give `[m, n]`. With more axes, the leading ones count products and
/// must be equal; or `b` has two axes alone and takes all rows of `a`.
public func matmul(
  _ a: Tensor, _ b: Tensor, transposingFirst: Bool = false, transposingSecond: Bool = false
) -> Tensor {
  if a.rank > 2, b.rank == 2, !transposingFirst {
    let rows = a.reshaped(to: [-1, a.shape[a.rank - 1]])
    let product = matmul(rows, b, transposingSecond: transposingSecond)
    return product.reshaped(to: a.shape.dropLast() + [product.shape[1]])
  }
  let product = products(a, b, transposingFirst, transposingSecond)
  return product.made(
    from: a.source { [b = b.detached] gradient in
      transposingFirst
        ? products(b, gradient, transposingSecond, true)
        : products(gradient, b, false, !transposingSecond)
    },
    b.source { [a = a.detached] gradient in
      transposingSecond
        ? products(gradient, a, true, transposingFirst)
        : products(a, gradient, !transposingFirst, false)
    })
}

/// A layer of a network: `x · weightᵀ + bias`.
///
/// Shape: `x` is `[..., inputs]`, `weight` `[outputs, inputs]`, `bias` `[outputs]`; the result is
/// `[..., outputs]`.
public func linear(_ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
  let (outputs, inputs) = (weight.shape[0], weight.shape[1])
  precondition(
    x.shape.last == inputs, "x of shape \(x.shape) does not fit a weight of \(weight.shape)")
  precondition(
    bias?.shape ?? [outputs] == [outputs],
    "bias of shape \(bias?.shape ?? []) for \(outputs) outputs")
  let rows = x.detached.reshaped(to: [x.count / max(inputs, 1), inputs])
  let result =
    inputs > 0 && panelsPay(rows: rows.shape[0])
    ? tiledLayer(rows, weight.detached, bias?.detached)
    : product(rows, weight, bias)
  return result.reshaped(to: x.shape.dropLast() + [outputs]).made(
    from: x.source { [weight = weight.detached] in matmul($0, weight) },
    weight.source { gradient in
      matmul(gradient.reshaped(to: [-1, outputs]), rows, transposingFirst: true)
    },
    bias?.source { columnSums($0.reshaped(to: [-1, outputs])) })
}

/// The same for `[rows, inputs]`, untracked, through OpenBLAS.
private func product(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
  let (rows, inputs, outputs) = (x.shape[0], x.shape[1], weight.shape[0])
  let bias = bias ?? .zeros([outputs])
  // Safety: x has rows · inputs elements, the result rows · outputs, weight and bias as checked.
  return unsafe x.withElements { x in
    unsafe weight.withElements { w in
      unsafe bias.withElements { b in
        unsafe Tensor(shape: [rows, outputs]) { out in
          for row in 0..<rows { unsafe (out + row * outputs).initialize(from: b, count: outputs) }
          unsafe multiplyInParallel(
            Matrix(x, stride: inputs), Matrix(w, stride: inputs, transposed: true), into: out,
            stride: outputs, (rows, outputs, inputs), adding: true)
        }
      }
    }
  }
}

/// One product, or one for each entry of the leading axes.
private func products(
  _ a: Tensor, _ b: Tensor, _ transposingFirst: Bool, _ transposingSecond: Bool
) -> Tensor {
  precondition(
    a.rank >= 2 && a.rank == b.rank && a.shape.dropLast(2) == b.shape.dropLast(2),
    "no product of shapes \(a.shape) and \(b.shape)")
  let (p, q) = (Array(a.shape.suffix(2)), Array(b.shape.suffix(2)))
  let (m, k) = transposingFirst ? (p[1], p[0]) : (p[0], p[1])
  let (inner, n) = transposingSecond ? (q[1], q[0]) : (q[0], q[1])
  precondition(
    k == inner,
    "no product of \(a.shape)\(transposingFirst ? "ᵀ" : "") and "
      + "\(b.shape)\(transposingSecond ? "ᵀ" : "")")
  let leading = Array(a.shape.dropLast(2))
  let count = leading.reduce(1, *)
  // Safety: each of `count` products has m · k, k · n and m · n elements, as the shapes say.
  return unsafe a.withElements { a in
    unsafe b.withElements { b in
      unsafe Tensor(shape: leading + [m, n]) { out in
        if count == 1 {
          unsafe multiplyInParallel(
            Matrix(a, stride: p[1], transposed: transposingFirst),
            Matrix(b, stride: q[1], transposed: transposingSecond), into: out, stride: n, (m, n, k))
          return
        }
        withSingleThreadedBLAS {
          inParallel(count, smallest: max(smallestProduct / max(m * n * k, 1), 1)) { piece in
            for i in piece {
              unsafe multiply(
                Matrix(a + i * m * k, stride: p[1], transposed: transposingFirst),
                Matrix(b + i * k * n, stride: q[1], transposed: transposingSecond),
                into: out + i * m * n, stride: n, (m, n, k))
            }
          }
        }
      }
    }
  }
}
