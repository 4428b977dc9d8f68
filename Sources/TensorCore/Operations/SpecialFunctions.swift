import Foundation

/// `ln Γ(x)`, for positive `x`; its derivative is the digamma function.
public func logGamma(_ x: Tensor) -> Tensor {
  x.mapped { Float(lgamma(Double($0))) }.made(
    from: x.source { [x = x.detached] in $0.zipped(x) { $0 * digamma($1) } })
}

/// The derivative of `ln Γ`, for positive `x`.
///
/// `ψ(x) = ψ(x + 1) − 1 / x` up to 6, then the asymptotic series: within 1e-9 before rounding.
///
/// Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 6.3.5 and 6.3.18.
func digamma(_ x: Float) -> Float {
  var (x, result) = (Double(x), 0.0)
  while x < 6 {
    result -= 1 / x
    x += 1
  }
  let s = 1 / (x * x)
  let series = s * (1.0 / 12 - s * (1.0 / 120 - s * (1.0 / 252 - s * (1.0 / 240 - s / 132))))
  return Float(result + Foundation.log(x) - 0.5 / x - series)
}
