/// How well two partitions agree about which spots belong together, corrected for chance.
///
/// With `S = Σ C(nᵢⱼ, 2)`, `A = Σ C(aᵢ, 2)`, `B = Σ C(bⱼ, 2)` and `E = A · B / C(n, 2)`, where
/// `nᵢⱼ` counts spots with label i in one partition and j in the other, aᵢ and bⱼ their totals:
/// `ARI = (S − E) / ((A + B) / 2 − E)`.
/// Range: −0.5...1; 1 for the same partition under any names, about 0 for unrelated ones.
///
/// Source: Hubert and Arabie, J. Classif. 1985; scikit-learn's `adjusted_rand_score`.
/// Edge cases: 1 when no pair of spots is parted differently, so also for one spot or none.
public func adjustedRandIndex(_ first: [Int], _ second: [Int]) -> Double {
  let table = ContingencyTable(first, second)
  func pairs(_ counts: [Int]) -> Int { counts.reduce(0) { $0 + $1 * ($1 - 1) / 2 } }
  let together = pairs(table.counts)
  let onlyFirst = pairs(table.rowTotals) - together
  let onlySecond = pairs(table.columnTotals) - together
  guard onlyFirst != 0 || onlySecond != 0 else { return 1 }
  let apart = pairs([table.total]) - together - onlyFirst - onlySecond
  // The same fraction over C(n, 2) / 2, in whole pairs, which loses no digits (as scikit-learn).
  let (tp, fn, fp, tn) = (Double(together), Double(onlyFirst), Double(onlySecond), Double(apart))
  return 2 * (tp * tn - fn * fp) / ((tp + fn) * (fn + tn) + (tp + fp) * (fp + tn))
}

/// The adjusted Rand index over the spots that have a label in both partitions.
public func adjustedRandIndex(_ first: [Int?], _ second: [Int?]) -> Double {
  let both = spotsLabelledInBoth(first, second)
  return adjustedRandIndex(both.first, both.second)
}
