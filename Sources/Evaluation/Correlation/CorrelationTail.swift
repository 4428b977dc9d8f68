import Foundation

/// The natural logarithm of the two-sided p of a correlation, for more than two spots.
///
/// `ln I_{1 − r²}(a, ½)` with `a = n / 2 − 1`. Never underflows: relative error about 1e-12, whether
/// p is close to 1 or its logarithm a hundred thousand.
func logTwoSidedP(ofCorrelation r: Double, spots: Int) -> Double {
  let a = Double(spots) / 2 - 1
  let share = r * r
  // (1 − |r|) (1 + |r|) keeps the digits that 1 − r² loses near ±1.
  let rest = (1 - abs(r)) * (1 + abs(r))
  guard share > 0 else { return 0 }
  guard rest > 0 else { return -.infinity }
  let logShare = 2 * log(abs(r))
  let logRest = share < 0.5 ? log1p(-share) : log(rest)
  let logFront = a * logRest + 0.5 * logShare - logBetaWithHalf(a)
  // The continued fraction converges fast on the side of the mean, the other gives 1 − p.
  if rest < (a + 1) / (a + 2.5) {
    return logFront - log(a) + log(betaFraction(rest, a, 0.5))
  }
  return log1p(-exp(logFront) / 0.5 * betaFraction(share, 0.5, a))
}

/// `ln B(a, ½) = ½ ln π − ln Γ(a + ½) / Γ(a)`.
///
/// The ratio by its asymptotic series from 20 on, whose next term is below 1e-14, and by
/// `Γ(a + ½) / Γ(a) = (a / (a + ½)) · Γ(a + 1½) / Γ(a + 1)` before.
private func logBetaWithHalf(_ a: Double) -> Double {
  var large = a
  var factor = 1.0
  while large < 20 {
    factor *= large / (large + 0.5)
    large += 1
  }
  let inverse = 1 / large
  let square = inverse * inverse
  let series =
    inverse * (-1.0 / 8 + square * (1.0 / 192 + square * (-1.0 / 640 + square * 17.0 / 14336)))
  return 0.5 * log(.pi) - (0.5 * log(large) + series + log(factor))
}

/// The continued fraction of the incomplete beta function, by Lentz's method.
///
/// Source: DLMF 8.17.22, for `x < (a + 1) / (a + b + 2)`; takes about `√max(a, b)` steps.
private func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
  let smallest = 1e-300
  func away(_ value: Double) -> Double { abs(value) < smallest ? smallest : value }
  var c = 1.0
  var d = 1 / away(1 - (a + b) * x / (a + 1))
  var fraction = d
  for step in 1...100_000 {
    let m = Double(step)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    fraction *= d * c
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    let change = d * c
    fraction *= change
    if abs(change - 1) < 1e-15 { break }
  }
  return fraction
}
