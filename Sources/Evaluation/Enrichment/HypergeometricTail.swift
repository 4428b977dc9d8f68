import Foundation

/// The natural logarithm of the chance to draw at least so many marked items.
///
/// `ln Σ_{i ≥ k} C(K, i) C(N − K, n − i) / C(N, n)`: of N items K are marked, n are drawn without
/// putting any back, and k of those or more are marked. The terms are added up as ratios to the
/// first of them, over the upper tail where it is the smaller and over the lower one otherwise, so
/// that nothing underflows; relative error about 1e-11 of the logarithm's largest part.
///
/// Source: the hypergeometric distribution, as `scipy.stats.hypergeom.logsf(k − 1, N, K, n)`.
/// Edge cases: 0, the logarithm of 1, for k of 0 or below; −∞ for a k that cannot be reached.
func logHypergeometricTail(
  atLeast k: Int, marked: Int, drawn: Int, among total: Int
) -> Double {
  precondition(
    0...total ~= marked && 0...total ~= drawn, "\(marked) marked and \(drawn) drawn of \(total)")
  let (least, most) = (max(0, marked + drawn - total), min(marked, drawn))
  if k <= least { return 0 }
  if k > most { return -.infinity }
  let urn = Urn(marked: marked, drawn: drawn, total: total)
  let mean = Double(marked) * Double(drawn) / Double(total)
  guard Double(k) <= mean else { return urn.logSum(from: k, to: most) }
  return log1p(-exp(urn.logSum(from: k - 1, to: least)))
}

/// The chances of each number of marked items among those drawn.
private struct Urn {
  let marked, drawn, total: Int

  func logChance(of count: Int) -> Double {
    logBinomial(marked, count) + logBinomial(total - marked, drawn - count)
      - logBinomial(total, drawn)
  }

  /// The logarithm of the chances from one number to another, away from the mean.
  func logSum(from first: Int, to last: Int) -> Double {
    var (sum, term) = (1.0, 1.0)
    let step = first <= last ? 1 : -1
    var count = first
    while count != last {
      let next = count + step
      // C(K, i) C(N − K, n − i) grows from i − 1 to i by this much.
      let upper = max(count, next)
      let ratio =
        Double(marked - upper + 1) * Double(drawn - upper + 1)
        / (Double(upper) * Double(total - marked - drawn + upper))
      term *= step > 0 ? ratio : 1 / ratio
      sum += term
      if term < sum * 1e-18 { break }
      count = next
    }
    return logChance(of: first) + log(sum)
  }
}

private func logBinomial(_ n: Int, _ k: Int) -> Double {
  lgamma(Double(n) + 1) - lgamma(Double(k) + 1) - lgamma(Double(n - k) + 1)
}
