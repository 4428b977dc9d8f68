import CKernels
import COpenBLAS

/// Scaled dot-product attention of every token to every token, several heads side by side.
///
/// `softmax(q kᵀ · scale) v` for each head. Shape: `x` is `[batch, tokens, 3 · heads · width]` or
/// without the batch: all heads' queries, then keys, then values, head by head; the result is
/// `[..., tokens, heads · width]`. The scores of a few queries exist at a time, so memory grows
/// with the tokens and not with their square; gradients work them out again.
///
/// Source: Vaswani et al., NeurIPS 2017, eq. 1.
public func attention(_ x: Tensor, heads: Int, scale: Float) -> Tensor {
  attention(x, heads: heads, scale: scale, bias: nil)
}

/// The same with `softmax(q kᵀ · scale + bias) v`.
///
/// - Parameters:
///   - bias: `[kinds, heads, tokens, tokens]`, queries before keys.
///   - kinds: which of them each of the batch takes.
func attention(
  _ x: Tensor, heads: Int, scale: Float, bias: Tensor?, kinds: [Int] = []
) -> Tensor {
  let layout = HeadLayout(x, heads: heads, scale: scale, bias: bias, kinds: kinds)
  // Safety: `layout` checks the shape of x; every head writes to columns of its own.
  let result = unsafe x.withElements { x_ in
    unsafe Tensor(shape: x.shape.dropLast() + [layout.inner]) { out in
      withSingleThreadedBLAS {
        forEachInParallel(layout.batch * heads * layout.blocks) { item in
          let (head, queries) = layout.part(item)
          unsafe layout.probabilities(x_, head, queries).withElements { p in
            unsafe multiply(
              Matrix(p, stride: layout.tokens), layout.matrix(.values, of: head, in: x_),
              into: out + layout.outputOffset(head, row: queries.lowerBound), stride: layout.inner,
              (queries.count, layout.width, layout.tokens))
          }
        }
      }
    }
  }
  return result.made(from: [x, bias]) { [x = x.detached] in attentionGradients(x, layout, $0) }
}

/// The share of each token in each token's result: what ``attention(_:heads:scale:)`` weighs by.
///
/// Shape: `[batch · heads, tokens, tokens]`, queries before keys. For looking at: no gradients.
public func attentionShares(_ x: Tensor, heads: Int, scale: Float) -> Tensor {
  let layout = HeadLayout(x, heads: heads, scale: scale)
  return withSingleThreadedBLAS {
    stack(
      (0..<layout.batch * heads).map { head in
        // Safety: `layout` checks the shape of x.
        unsafe x.withElements { unsafe layout.probabilities($0, head, 0..<layout.tokens) }
      })
  }
}

/// The gradients of `x` and of the bias.
private func attentionGradients(
  _ x: Tensor, _ layout: HeadLayout, _ gradient: Tensor
) -> [Tensor?] {
  let (tokens, width) = (layout.tokens, layout.width)
  // Kept for the bias alone, whose gradient they are.
  let kept = layout.bias.map { _ in
    Storage(uninitialized: layout.batch * layout.heads * tokens * tokens)
  }
  // Safety: as in `attention`; every head writes to columns of its own, and keeps its own scores.
  let slopes = unsafe x.withElements { x_ in
    unsafe gradient.withElements { gradient in
      unsafe Tensor(shape: x.shape) { out in
        withSingleThreadedBLAS {
          forEachInParallel(layout.batch * layout.heads) { head in
            let part = unsafe Matrix(
              gradient + layout.outputOffset(head, row: 0), stride: layout.inner)
            let shares = unsafe layout.probabilities(x_, head, 0..<tokens)  // [tokens, tokens]
            let slopes = unsafe Tensor(shape: [tokens, tokens]) { slopes in
              unsafe multiply(
                part, layout.matrix(.values, of: head, in: x_).flipped, into: slopes,
                stride: tokens, (tokens, tokens, width))
              unsafe shares.withElements {
                unsafe eosin_softmax_slope_rows($0, slopes, slopes, tokens, tokens)
              }
            }
            if let kept {
              unsafe slopes.withElements {
                unsafe (kept.start + head * tokens * tokens).initialize(
                  from: $0, count: tokens * tokens)
              }
            }
            unsafe shares.withElements { p in
              unsafe multiply(
                Matrix(p, stride: tokens, transposed: true), part,
                into: out + layout.offset(.values, of: head), stride: 3 * layout.inner,
                (tokens, width, tokens))
            }
            unsafe slopes.withElements { s in
              unsafe multiply(
                Matrix(s, stride: tokens), layout.matrix(.keys, of: head, in: x_),
                into: out + layout.offset(.queries, of: head), stride: 3 * layout.inner,
                (tokens, width, tokens), scale: layout.scale)
              unsafe multiply(
                Matrix(s, stride: tokens, transposed: true),
                layout.matrix(.queries, of: head, in: x_),
                into: out + layout.offset(.keys, of: head), stride: 3 * layout.inner,
                (tokens, width, tokens), scale: layout.scale)
            }
          }
        }
      }
    }
  }
  return [slopes, kept.map { layout.biasGradient($0) }]
}

/// Where the queries, keys and values of each head lie.
private struct HeadLayout {
  enum Role: Int { case queries, keys, values }

  let batch, tokens, heads, width: Int
  let scale: Float
  /// `[kinds, heads, tokens, tokens]`, and which of them each of the batch takes.
  let bias: Tensor?
  let kinds: [Int]
  /// The queries whose scores exist at a time.
  let block = 256

  init(_ x: Tensor, heads: Int, scale: Float, bias: Tensor? = nil, kinds: [Int] = []) {
    precondition(
      x.rank == 2 || x.rank == 3, "attention takes tokens or a batch of them, not \(x.shape)")
    let columns = x.shape[x.rank - 1]
    precondition(
      heads > 0 && columns % (3 * heads) == 0, "\(x.shape) does not hold 3 · \(heads) heads")
    batch = x.rank == 3 ? x.shape[0] : 1
    tokens = x.shape[x.rank - 2]
    self.heads = heads
    self.scale = scale
    width = columns / 3 / heads
    self.bias = bias?.detached
    self.kinds = kinds
    guard let bias else { return }
    precondition(
      bias.rank == 4 && Array(bias.shape.dropFirst()) == [heads, tokens, tokens]
        && kinds.count == batch && kinds.allSatisfy { bias.shape[0] > $0 && $0 >= 0 },
      "a bias of \(bias.shape) does not fit \(heads) heads over \(x.shape)")
  }

  var inner: Int { heads * width }
  var blocks: Int { (tokens + block - 1) / block }

  /// One piece of the work: a head, counted over the batch, and some of its queries.
  func part(_ item: Int) -> (head: Int, queries: Range<Int>) {
    let start = item % blocks * block
    return (item / blocks, start..<min(start + block, tokens))
  }

  func offset(_ role: Role, of head: Int) -> Int {
    head / heads * tokens * 3 * inner + role.rawValue * inner + head % heads * width
  }

  func outputOffset(_ head: Int, row: Int) -> Int {
    (head / heads * tokens + row) * inner + head % heads * width
  }

  @unsafe func matrix(_ role: Role, of head: Int, in x: UnsafePointer<Float>) -> Matrix {
    unsafe Matrix(x + offset(role, of: head), stride: 3 * inner)
  }

  /// The softmax of the scores of some queries, `[queries, tokens]`.
  ///
  /// Safety: x has this layout.
  @unsafe func probabilities(
    _ x: UnsafePointer<Float>, _ head: Int, _ queries: Range<Int>
  ) -> Tensor {
    unsafe Tensor(shape: [queries.count, tokens]) { out in
      unsafe multiply(
        matrix(.queries, of: head, in: x).dropping(rows: queries.lowerBound),
        matrix(.keys, of: head, in: x).flipped, into: out, stride: tokens,
        (queries.count, tokens, width))
      guard let bias else {
        unsafe eosin_softmax_rows(out, out, queries.count, tokens, scale)
        return
      }
      let place = kinds[head / heads] * heads + head % heads
      unsafe bias.withElements { bias in
        let own = unsafe bias + (place * tokens + queries.lowerBound) * tokens
        unsafe eosin_softmax_biased_rows(out, tokens, own, queries.count, tokens, scale)
      }
    }
  }

  /// The sum over the batch of the slopes of all scores, kind by kind.
  func biasGradient(_ slopes: Storage) -> Tensor {
    let all = Tensor(shape: [batch, heads, tokens, tokens], storage: slopes)
    return scatterSum(all, to: kinds, rows: bias?.shape[0] ?? 0)
  }
}
