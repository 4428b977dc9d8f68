import CKernels

/// The edges of a graph over the rows of a tensor, each from a source to a target.
///
/// Kept by target and by source, so that sums over either are made by all threads, in an order that
/// the edges alone fix.
public struct Edges: Sendable, Hashable {
  /// How many rows there are.
  public let rowCount: Int
  /// Where each edge begins; edges lie in the order of their targets.
  public let sources: [Int]
  /// Where each edge ends.
  public let targets: [Int]
  let byTarget, bySource: Incidence

  /// The edges at each row.
  struct Incidence: Sendable, Hashable {
    /// Row `r` has the entries `starts[r]..<starts[r + 1]`.
    let starts: [Int]
    /// Each entry's edge, and the row at its other end.
    let edges, others: [Int]

    init(rows: [Int], others: [Int], rowCount: Int) {
      var starts = [Int](repeating: 0, count: rowCount + 1)
      for row in rows { starts[row + 1] += 1 }
      for row in 0..<rowCount { starts[row + 1] += starts[row] }
      self.starts = starts
      var edges = [Int](repeating: 0, count: rows.count)
      for (edge, row) in rows.enumerated() {
        edges[starts[row]] = edge
        starts[row] += 1
      }
      self.edges = edges
      self.others = edges.map { others[$0] }
    }
  }

  /// Takes edges in any order; those of one target keep theirs. Traps on an end outside the rows.
  public init(_ pairs: [(source: Int, target: Int)], rowCount: Int) {
    precondition(
      pairs.allSatisfy { 0..<rowCount ~= $0.source && 0..<rowCount ~= $0.target },
      "an edge ends outside \(rowCount) rows")
    self.rowCount = rowCount
    let order = Incidence(
      rows: pairs.map(\.target), others: pairs.map(\.source), rowCount: rowCount)
    sources = order.others
    targets = order.edges.map { pairs[$0].target }
    byTarget = Incidence(rows: targets, others: sources, rowCount: rowCount)
    bySource = Incidence(rows: sources, others: targets, rowCount: rowCount)
  }

  /// How many edges there are.
  public var count: Int { sources.count }
}

/// What reaches each row along a graph's edges: `outₜ = Σ shareₑ · valuesₛ` over the edges `e` from
/// `s` to `t`; 0 for a row that none reaches.
///
/// Shape: `values` is `[rows, width]`, `shares` `[edges]`, the result `[rows, width]`. Takes memory
/// for rows and edges alone, none for a row an edge. Gradients flow to both.
public func edgeSums(_ values: Tensor, _ shares: Tensor, _ edges: Edges) -> Tensor {
  precondition(
    values.rank == 2 && values.shape[0] == edges.rowCount && shares.shape == [edges.count],
    "\(edges.count) edges of \(edges.rowCount) rows do not fit values of \(values.shape) and "
      + "shares of \(shares.shape)")
  let (rows, factors) = (values.detached, shares.detached)
  let (wantsValues, wantsShares) = (values.isTracked, shares.isTracked)
  return sums(rows, factors, edges.byTarget).made(from: [values, shares]) { gradient in
    [
      wantsValues ? sums(gradient, factors, edges.bySource) : nil,
      wantsShares ? products(rows, gradient, edges) : nil,
    ]
  }
}

/// For each row the sum of the rows at the other ends of its edges, times the edges' shares.
private func sums(_ x: Tensor, _ shares: Tensor, _ edges: Edges.Incidence) -> Tensor {
  let width = x.shape[1]
  // Safety: every end is that of a row and every edge one of the shares, as `Edges` made sure; each
  // piece writes rows of its own.
  return unsafe x.withElements { x_ in
    unsafe shares.withElements { shares in
      unsafe Tensor(shape: x.shape) { out in
        inParallel(x.shape[0], smallest: max(smallestPiece / 8 / max(width, 1), 1)) { rows in
          for row in rows {
            let own = unsafe out + row * width
            unsafe own.initialize(repeating: 0, count: width)
            for entry in edges.starts[row]..<edges.starts[row + 1] {
              unsafe eosin_add_scaled(
                x_ + edges.others[entry] * width, own, shares[edges.edges[entry]], width)
            }
          }
        }
      }
    }
  }
}

/// For each edge the product of what its source holds and what its target does, `[edges]`.
private func products(_ sources: Tensor, _ targets: Tensor, _ edges: Edges) -> Tensor {
  let width = sources.shape[1]
  // Safety: as above; each piece writes edges of its own.
  return unsafe sources.withElements { sources in
    unsafe targets.withElements { targets in
      unsafe Tensor(shape: [edges.count]) { out in
        inParallel(edges.count, smallest: max(smallestPiece / 8 / max(width, 1), 1)) { piece in
          for edge in piece {
            unsafe (out + edge).initialize(
              to: eosin_dot(
                sources + edges.sources[edge] * width, targets + edges.targets[edge] * width, width)
            )
          }
        }
      }
    }
  }
}

/// Shares of 1 among the edges that end at the same row: `e^xₑ / Σ e^x`.
///
/// Shape: `[edges]` in and out. Safe from overflow where no logit is above 80; those of a sigmoid
/// lie between 0 and 1.
public func edgeSoftmax(_ logits: Tensor, _ edges: Edges) -> Tensor {
  let powers = exp(logits)  // [edges]
  let totals = scatterSum(powers, to: edges.targets, rows: edges.rowCount)  // [rows]
  return powers / gather(totals, edges.targets)  // [edges]
}
