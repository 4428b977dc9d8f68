import Foundation

/// Chances adjusted so that a threshold on them bounds the share of false discoveries.
///
/// Of m chances p in ascending order, `q₍ᵢ₎ = min_{j ≥ i} min(1, p₍ⱼ₎ · m / j)`. Range: p...1, in
/// the order of p.
///
/// Source: Benjamini and Hochberg, J. R. Stat. Soc. B 1995; `statsmodels`' `multipletests` with
/// `fdr_bh`. Edge cases: NaN stays NaN and does not count among the m.
public func benjaminiHochberg(_ chances: [Double]) -> [Double] {
  benjaminiHochberg(logChances: chances.map { log($0) }).map { exp($0) }
}

/// The same of natural logarithms, which do not underflow.
func benjaminiHochberg(logChances: [Double]) -> [Double] {
  let order = logChances.indices.filter { !logChances[$0].isNaN }
    .sorted { logChances[$0] < logChances[$1] }
  var adjusted = [Double](repeating: .nan, count: logChances.count)
  var least = 0.0
  for (place, index) in order.enumerated().reversed() {
    least = min(least, logChances[index] + log(Double(order.count) / Double(place + 1)))
    adjusted[index] = least
  }
  return adjusted
}
