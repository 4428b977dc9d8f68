import Foundation

/// How much knowing a spot's label in one partition tells about its label in the other.
///
/// `NMI = I / ((H₁ + H₂) / 2)` with `I = Σ nᵢⱼ/n · ln(n · nᵢⱼ / (aᵢ · bⱼ))` and
/// `H = −Σ aᵢ/n · ln(aᵢ/n)`: natural logarithms, arithmetic mean. Range: 0...1, not corrected for
/// chance, so unrelated partitions with many labels come out above 0.
///
/// Source: scikit-learn's `normalized_mutual_info_score` with its default average.
/// Edge cases: 1 when both partitions have one label, or there are no spots; 0 when one of them
/// alone has one label.
public func normalizedMutualInformation(_ first: [Int], _ second: [Int]) -> Double {
  let table = ContingencyTable(first, second)
  let columns = table.columnTotals.count
  guard table.rowTotals.count > 1 || columns > 1 else { return 1 }
  let total = Double(table.total)
  var information = 0.0
  for (row, rowTotal) in table.rowTotals.enumerated() {
    for (column, columnTotal) in table.columnTotals.enumerated() {
      let count = Double(table.counts[row * columns + column])
      guard count > 0 else { continue }
      let product = Double(rowTotal) * Double(columnTotal)
      information += count / total * (log(count) + log(total) - log(product))
    }
  }
  // What rounding leaves of zero must not be divided.
  guard information > .ulpOfOne else { return 0 }
  let mean = (entropy(table.rowTotals, of: total) + entropy(table.columnTotals, of: total)) / 2
  return information / mean
}

/// The normalized mutual information over the spots that have a label in both partitions.
public func normalizedMutualInformation(_ first: [Int?], _ second: [Int?]) -> Double {
  let both = spotsLabelledInBoth(first, second)
  return normalizedMutualInformation(both.first, both.second)
}

private func entropy(_ counts: [Int], of total: Double) -> Double {
  -counts.reduce(0) { $0 + Double($1) / total * log(Double($1) / total) }
}
