import Foundation

/// How often each pair of labels of two partitions meets at a spot.
///
/// Labels may be any whole numbers: they are numbered anew in ascending order.
struct ContingencyTable {
  /// `[rowTotals.count, columnTotals.count]`, row by row.
  let counts: [Int]
  /// Spots with each label of the first partition.
  let rowTotals: [Int]
  /// Spots with each label of the second partition.
  let columnTotals: [Int]
  let total: Int

  init(_ first: [Int], _ second: [Int]) {
    precondition(
      first.count == second.count, "\(first.count) labels against \(second.count)")
    let rows = ranks(of: first)
    let columns = ranks(of: second)
    var counts = [Int](repeating: 0, count: rows.count * columns.count)
    var rowTotals = [Int](repeating: 0, count: rows.count)
    var columnTotals = [Int](repeating: 0, count: columns.count)
    for (row, column) in zip(rows.ofSpot, columns.ofSpot) {
      counts[row * columns.count + column] += 1
      rowTotals[row] += 1
      columnTotals[column] += 1
    }
    self.counts = counts
    self.rowTotals = rowTotals
    self.columnTotals = columnTotals
    total = first.count
  }
}

extension ContingencyTable {
  /// `Σ nᵢⱼ/n · ln(n · nᵢⱼ / (aᵢ · bⱼ))` over the pairs of labels that meet.
  var mutualInformation: Double {
    let total = Double(self.total)
    var information = 0.0
    for (row, rowTotal) in rowTotals.enumerated() {
      for (column, columnTotal) in columnTotals.enumerated() {
        let count = Double(counts[row * columnTotals.count + column])
        guard count > 0 else { continue }
        let product = Double(rowTotal) * Double(columnTotal)
        information += count / total * (log(count) + log(total) - log(product))
      }
    }
    return information
  }

  /// `−Σ aᵢ/n · ln(aᵢ/n)` of the first partition.
  var rowEntropy: Double { entropy(rowTotals) }
  /// The same of the second.
  var columnEntropy: Double { entropy(columnTotals) }

  private func entropy(_ totals: [Int]) -> Double {
    -totals.reduce(0) { $0 + Double($1) / Double(total) * log(Double($1) / Double(total)) }
  }
}

/// The labels of spots that have one in both partitions.
func spotsLabelledInBoth(_ first: [Int?], _ second: [Int?]) -> (first: [Int], second: [Int]) {
  precondition(first.count == second.count, "\(first.count) labels against \(second.count)")
  var kept: (first: [Int], second: [Int]) = ([], [])
  for case (let a?, let b?) in zip(first, second) {
    kept.first.append(a)
    kept.second.append(b)
  }
  return kept
}

private func ranks(of labels: [Int]) -> (ofSpot: [Int], count: Int) {
  let distinct = Set(labels).sorted()
  let rank = Dictionary(uniqueKeysWithValues: zip(distinct, distinct.indices))
  return (labels.compactMap { rank[$0] }, distinct.count)
}
