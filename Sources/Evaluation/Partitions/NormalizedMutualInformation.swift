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
  guard table.rowTotals.count > 1 || table.columnTotals.count > 1 else { return 1 }
  let information = table.mutualInformation
  // What rounding leaves of zero must not be divided.
  guard information > .ulpOfOne else { return 0 }
  return information / ((table.rowEntropy + table.columnEntropy) / 2)
}

/// The normalized mutual information over the spots that have a label in both partitions.
public func normalizedMutualInformation(_ first: [Int?], _ second: [Int?]) -> Double {
  let both = spotsLabelledInBoth(first, second)
  return normalizedMutualInformation(both.first, both.second)
}
