// The loops k-means spends its time in. Arrays become spans first and rows are cut out of these,
// so that bounds are checked once a row and the compiler can work on several values at a time.

/// `‖row‖²` of each row of `[rows, width]`.
func squaredNorms(of matrix: [Float], rows: Int, width: Int, into norms: inout [Float]) {
  let matrix = matrix.span
  for row in 0..<rows {
    let values = matrix.extracting(row * width..<(row + 1) * width)
    var norm: Float = 0
    for index in values.indices { norm += values[index] * values[index] }
    norms[row] = norm
  }
}

/// For each spot the lowest of `products[c, spot] + norms[c]` over the first rows c, and the first
/// c that has it.
func findLowest(
  of products: [Float], norms: [Float], rows: Int, lowest: inout [Float], labels: inout [Int32]
) {
  let spots = lowest.count
  precondition(labels.count == spots && products.count >= rows * spots && norms.count >= rows)
  // Safety: every index below is less than rows · spots, spots or rows, checked above; without
  // checks in the loop it compares several spots at a time.
  products.withUnsafeBufferPointer { products in
    lowest.withUnsafeMutableBufferPointer { lowest in
      labels.withUnsafeMutableBufferPointer { labels in
        for spot in 0..<spots {
          lowest[spot] = .infinity
          labels[spot] = 0
        }
        for row in 0..<rows {
          let norm = norms[row]
          let label = Int32(row)
          for spot in 0..<spots {
            let score = products[row &* spots &+ spot] + norm
            let isLower = score < lowest[spot]
            lowest[spot] = isLower ? score : lowest[spot]
            labels[spot] = isLower ? label : labels[spot]
          }
        }
      }
    }
  }
}

/// Turns one row of products into squared distances, no larger than those in `closest`, and
/// sums them up.
func lowerDistances(
  _ products: inout [Float], row: Int, plus norm: Float, and norms: [Float], than closest: [Float]
) -> Double {
  precondition(closest.count == norms.count)
  var products = products.mutableSpan
  let norms = norms.span
  let closest = closest.span
  let start = row * norms.count
  var total = 0.0
  for spot in norms.indices {
    // Rounding may leave the distance of a spot to itself a little below zero.
    let lower = min(max(products[start + spot] + norm + norms[spot], 0), closest[spot])
    products[start + spot] = lower
    total += Double(lower)
  }
  return total
}

/// Moves each spot's row from the sums of its old cluster to those of its new one, and the sizes
/// of both with it. An old label of −1 stands for none.
///
/// Few spots change in most steps, and in double precision the sums stay right to 1e-13 or so.
func moveRows(
  of points: [Float], width: Int, from oldLabels: [Int32], to labels: [Int32],
  in sums: inout [Double], sizes: inout [Int]
) {
  let points = points.span
  for spot in labels.indices where labels[spot] != oldLabels[spot] {
    let row = points.extracting(spot * width..<(spot + 1) * width)
    let new = Int(labels[spot])
    sizes[new] += 1
    add(row, times: 1, to: new, of: &sums)
    guard oldLabels[spot] >= 0 else { continue }
    let old = Int(oldLabels[spot])
    sizes[old] -= 1
    add(row, times: -1, to: old, of: &sums)
  }
}

private func add(_ row: Span<Float>, times sign: Double, to target: Int, of sums: inout [Double]) {
  let start = target * row.count
  precondition(start >= 0 && start + row.count <= sums.count)
  sums.withUnsafeMutableBufferPointer { sums in
    // Safety: start and the row's end are checked above.
    for column in row.indices { sums[start &+ column] += sign * Double(row[column]) }
  }
}
