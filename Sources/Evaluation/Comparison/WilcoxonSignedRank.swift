import Foundation

/// Whether paired differences lie around 0, by the ranks of their sizes (Wilcoxon's test).
///
/// The sizes of all differences other than 0 are ranked from 1 up, equal ones sharing the mean of
/// their ranks; W is the smaller of the rank sums of the positive and of the negative ones, in
/// 0...n(n + 1)/4.
///
/// Source: `scipy.stats.wilcoxon` of SciPy 1.11, two-sided, `zero_method="wilcox"`: exact for up to
/// 50 differences without zeros and ties, else by the normal approximation with its correction for
/// ties and none for continuity.
/// Departure: differences that are NaN are left out; SciPy 1.11 itself would use the exact
/// distribution with ties too, where it does not hold.
/// Edge cases: everything is NaN where no difference is left. The genes of a section are not
/// independent, so that p is too small; take it as a measure, not as a probability.
public struct WilcoxonSignedRank: Sendable, Hashable {
  /// Differences other than 0, which are those that count.
  public let count: Int
  /// Rank sum of the positive differences.
  public let positiveRanks: Double
  /// Rank sum of the negative differences.
  public let negativeRanks: Double
  /// Whether p is exact.
  public let isExact: Bool
  private let logP: Double

  /// The test of two lists of the same length, a pair at each place.
  public init(_ first: [Double], _ second: [Double]) {
    precondition(first.count == second.count, "\(first.count) values beside \(second.count)")
    self.init(differences: zip(first, second).map { $0 - $1 })
  }

  /// The test of differences known already.
  public init(differences all: [Double]) {
    let differences = all.filter { !$0.isNaN && $0 != 0 }
    let sizes = differences.map { abs($0) }
    let ranks = ranks(of: sizes)
    count = differences.count
    positiveRanks = zip(differences, ranks).reduce(0) { $1.0 > 0 ? $0 + $1.1 : $0 }
    negativeRanks = zip(differences, ranks).reduce(0) { $1.0 < 0 ? $0 + $1.1 : $0 }
    let lower = min(positiveRanks, negativeRanks)
    let hasTies = Set(sizes).count < count
    isExact = count <= 50 && !hasTies && !all.contains(0)
    if count == 0 {
      logP = .nan
    } else if isExact {
      logP = logExactP(rankSum: Int(lower), count: count)
    } else {
      logP = logNormalP(rankSum: lower, sizes: sizes)
    }
  }

  /// W, the smaller of the two rank sums.
  public var statistic: Double { count > 0 ? min(positiveRanks, negativeRanks) : .nan }
  /// The chance of a W this small or smaller, on either side, if signs were drawn with a coin.
  public var pValue: Double { exp(logP) }
  /// `−log₁₀` of ``pValue``, 0 or more, found without forming it, and never infinite.
  public var minusLog10P: Double { -logP / M_LN10 + 0 }  // + 0 turns −0 to 0
}

/// `ln min(1, 2 · P(W⁺ ≤ w))`, from the number of subsets of 1...n that add up to each sum.
private func logExactP(rankSum: Int, count: Int) -> Double {
  // Up to 2⁵⁰ subsets: every number below is whole.
  var subsets = [Double](repeating: 0, count: rankSum + 1)
  subsets[0] = 1
  for rank in 1...count where rank <= rankSum {
    for sum in stride(from: rankSum, through: rank, by: -1) { subsets[sum] += subsets[sum - rank] }
  }
  let share = subsets.reduce(0, +) * exp2(Double(1 - count))
  return min(0, log(share))
}

/// `ln (2 · Φ(z))` with z from the mean and the variance of W⁺ under ties.
private func logNormalP(rankSum: Double, sizes: [Double]) -> Double {
  let count = Double(sizes.count)
  var variance = count * (count + 1) * (2 * count + 1)
  forEachTie(in: ascendingOrder(of: sizes), of: sizes) { places in
    let ties = Double(places.count)
    variance -= 0.5 * ties * (ties * ties - 1)
  }
  let z = (rankSum - count * (count + 1) / 4) / (variance / 24).squareRoot()
  return logErfc(abs(z) * 0.5.squareRoot())
}

/// `ln erfc(x)` for x of 0 or more, past the point where erfc itself turns 0.
///
/// From 5 on by the continued fraction `√π eˣ² erfc(x) = 1 / (x + ½ / (x + 1 / (x + 1½ / …)))`, of
/// which 40 terms leave less than 1e-15. Source: DLMF 7.9.
private func logErfc(_ x: Double) -> Double {
  guard x > 5 else { return log(erfc(x)) }
  var fraction = x
  for term in stride(from: 40, through: 1, by: -1) { fraction = x + Double(term) / 2 / fraction }
  return -x * x - log(fraction) - 0.5 * log(.pi)
}
