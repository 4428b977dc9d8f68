import Foundation

/// The natural logarithm of the chance that a χ² variable is above a value.
///
/// `ln Q(k/2, x/2)` with k degrees of freedom and Q the regularised upper incomplete gamma function.
/// Never underflows: relative error about 1e-13 whether p is near 1 or its logarithm thousands.
///
/// Source: DLMF 8.7.1 (series, for x/2 below k/2 + 1) and 8.9.2 (continued fraction, above).
/// Edge cases: 0, the logarithm of 1, for a value of 0; NaN for NaN; −∞ for ∞.
func logChiSquareTail(_ value: Double, degreesOfFreedom: Int) -> Double {
  precondition(degreesOfFreedom > 0, "\(degreesOfFreedom) degrees of freedom")
  let (a, x) = (Double(degreesOfFreedom) / 2, value / 2)
  if x.isNaN { return .nan }
  guard x > 0 else { return 0 }
  guard x.isFinite else { return -.infinity }
  let logFront = a * log(x) - x - lgamma(a)
  return x < a + 1
    ? log1p(-exp(logFront) * lowerGammaSeries(a, x))
    : logFront + log(upperGammaFraction(a, x))
}

/// `Σ xⁿ / (a (a + 1) … (a + n))`.
private func lowerGammaSeries(_ a: Double, _ x: Double) -> Double {
  var term = 1 / a
  var sum = term
  var n = a
  while term > sum * 1e-17 {
    n += 1
    term *= x / n
    sum += term
  }
  return sum
}

/// `1 / (x + 1 − a − 1 (1 − a) / (x + 3 − a − …))`, by Lentz's method; x is at least a + 1, so
/// that no denominator is 0.
private func upperGammaFraction(_ a: Double, _ x: Double) -> Double {
  var b = x + 1 - a
  var c = Double.infinity
  var d = 1 / b
  var fraction = d
  for step in 1...10_000 {
    let n = Double(step)
    let numerator = -n * (n - a)
    b += 2
    d = 1 / (b + numerator * d)
    c = b + numerator / c
    fraction *= c * d
    if abs(c * d - 1) < 1e-16 { break }
  }
  return fraction
}
