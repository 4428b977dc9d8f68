import CKernels

/// Rows of a table, in the order of `indices`: an embedding, or the far ends of edges.
///
/// Shape: `table` is `[rows, ...]`, the result `[indices.count, ...]`. Traps on an index outside.
public func gather(_ table: Tensor, _ indices: [Int]) -> Tensor {
  let width = table.shape.dropFirst().reduce(1, *)
  precondition(
    indices.allSatisfy { (0..<table.shape[0]).contains($0) },
    "an index lies outside the \(table.shape[0]) rows of a table")
  // Safety: every index is that of a row, as just checked.
  let result = unsafe table.withElements { rows in
    unsafe Tensor(shape: [indices.count] + table.shape.dropFirst()) { out in
      inParallel(indices.count, smallest: max(smallestPiece / max(width, 1), 1)) { piece in
        for place in piece {
          unsafe (out + place * width).initialize(
            from: rows + indices[place] * width, count: width)
        }
      }
    }
  }
  return result.made(
    from: table.source { [count = table.shape[0]] in scatterSum($0, to: indices, rows: count) })
}

/// Row `i` of `x` added to row `indices[i]` of a table of zeros: sums over a graph's edges.
///
/// Shape: `x` is `[indices.count, ...]`, the result `[rows, ...]`. Rows are added in order.
public func scatterSum(_ x: Tensor, to indices: [Int], rows: Int) -> Tensor {
  let shape = [rows] + x.shape.dropFirst()
  let width = x.shape.dropFirst().reduce(1, *)
  precondition(x.shape.first == indices.count, "\(indices.count) indices for \(x.shape)")
  precondition(
    indices.allSatisfy { (0..<rows).contains($0) }, "an index lies outside \(rows) rows")
  // Safety: every index is that of a row, as just checked.
  let result = unsafe x.withElements { x in
    unsafe Tensor(shape: shape) { out in
      unsafe out.initialize(repeating: 0, count: rows * width)
      for (place, index) in indices.enumerated() {
        unsafe eosin_add_scaled(x + place * width, out + index * width, 1, width)
      }
    }
  }
  return result.made(from: x.source { gather($0, indices) })
}
