extension PairedValues {
  /// How alike two pictures of a gene are in brightness, contrast and pattern, taken as one window.
  ///
  /// Each side is cut into 256 equally wide levels 0...255 from its own lowest to its own highest
  /// value. With means μ, variances σ² and covariance σₘₚ of the levels (denominators n − 1),
  /// `SSIM = (2 μₘ μₚ + C₁)(2 σₘₚ + C₂) / ((μₘ² + μₚ² + C₁)(σₘ² + σₚ² + C₂))`, where
  /// `C₁ = (0.01 · 255)²` and `C₂ = (0.03 · 255)²`. Unitless, in −1...1, 1 for equal pictures;
  /// shifting either side, or scaling it by a positive number, changes nothing. Where a spot lies
  /// does not matter: there is no sliding window.
  ///
  /// Source: `calculate_SSIM` of SydneyBioX/HEtoSGEBench, `benchmarkUtils.R`, with the levels of
  /// R's `cut(x, 256)`: right-closed, the lowest value in the first.
  /// Departure: that code divides by the highest value first, which the levels undo unless it is
  /// negative; then it turns the picture over, here it does not.
  /// Edge cases: a constant side is all of level 127, as `cut` has it, so the measure is defined
  /// and near 0 where the other side varies. NaN with fewer than two spots or an infinite value.
  public var structuralSimilarity: Double {
    guard spotCount > 1, let m = levels(of: measured), let p = levels(of: predicted) else {
      return .nan
    }
    let count = Double(spotCount)
    let meanM = m.reduce(0, +) / count
    let meanP = p.reduce(0, +) / count
    var (squaresM, squaresP, products) = (0.0, 0.0, 0.0)
    for spot in m.indices {
      let (x, y) = (m[spot] - meanM, p[spot] - meanP)
      squaresM += x * x
      squaresP += y * y
      products += x * y
    }
    let brightness = 0.01 * 255 * 0.01 * 255
    let contrast = 0.03 * 255 * 0.03 * 255
    return (2 * meanM * meanP + brightness) * (2 * products / (count - 1) + contrast)
      / (meanM * meanM + meanP * meanP + brightness)
      / ((squaresM + squaresP) / (count - 1) + contrast)
  }
}

/// The level of each value; nil where one of them is infinite.
private func levels(of values: [Double]) -> [Double]? {
  guard let lowest = values.min(), let highest = values.max(), lowest.isFinite, highest.isFinite
  else { return nil }
  // Each end alone, so that the step is finite however far apart the two are.
  let step = highest / 256 - lowest / 256
  guard step > 0 else { return Array(repeating: 127, count: values.count) }
  return values.map { min(max((($0 - lowest) / step).rounded(.up) - 1, 0), 255) }
}
