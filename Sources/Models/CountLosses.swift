import TensorCore

/// How likely observed counts are under a negative binomial distribution with extra zeros.
///
/// The mean of `−ln p(count)`, where a count is zero with probability `π` and otherwise negative
/// binomial of mean `μ = mean · sizeFactor` and dispersion `θ`. Shape: `counts`, `mean`,
/// `dispersion` and `zeroShare` are `[spots, genes]`, `sizeFactors` `[spots]`; a scalar.
///
/// Source: Hist2ST's released code, with its `ε = 1e-10` and without its ridge on `π`, whose weight
/// is 0 there. A count up to 1e-8 is a zero.
public func zeroInflatedLoss(
  _ counts: Tensor, mean: Tensor, dispersion: Tensor, zeroShare: Tensor, sizeFactors: Tensor
) -> Tensor {
  let epsilon: Float = 1e-10
  let mu = mean * sizeFactors.reshaped(to: [-1, 1])
  let theta = dispersion
  let binomial =
    logGamma(theta + epsilon) + logGamma(counts + 1) - logGamma(counts + theta + epsilon)
    + (theta + counts) * log(1 + mu / (theta + epsilon))
    + counts * (log(theta + epsilon) - log(mu + epsilon))
  let nonZero = binomial - log(1 - zeroShare + epsilon)
  let zeroPower = exp(theta * log(theta / (theta + mu + epsilon)))
  let zero = -log(zeroShare + (1 - zeroShare) * zeroPower + epsilon)
  let isZero = Tensor(shape: counts.shape, counts.array.map { $0 <= 1e-8 ? 1 : 0 })
  return TensorCore.mean(zero * isZero + nonZero * (1 - isZero))
}

/// The negative binomial loss on raw outputs `r` and `p`: minus the mean over spots of the sum over
/// genes of `ln Γ(eʳ + x) − ln Γ(eʳ) + p x − ln(eᵖ + 1) (x + eʳ)`.
///
/// Source: Hist2ST's released code, which leaves the constant `ln Γ(x + 1)` out.
public func negativeBinomialLoss(_ counts: Tensor, r: Tensor, p: Tensor) -> Tensor {
  let number = exp(r)
  let each =
    logGamma(number + counts) - logGamma(number) + p * counts
    - log(exp(p) + 1) * (counts + number)
  return -sum(each) * (1 / Float(counts.shape[0]))
}
