extension PairedValues {
  /// The root mean squared error as a share of the range of what was measured.
  ///
  /// `NRMSE = RMSE / (max(m) − min(m))`. Unitless, 0 or more; scaling or shifting both lists alike
  /// changes nothing.
  ///
  /// Source: `calculate_nrmse(method = "range")` of SydneyBioX/HEtoSGEBench, `benchmarkUtils.R`.
  /// Departure: NaN where the measured values are constant, where that code divides by 0.
  public var errorByRange: Double {
    guard let lowest = measured.min(), let highest = measured.max(), lowest < highest else {
      return .nan
    }
    return rootMeanSquaredError / (highest - lowest)
  }

  /// The root mean squared error as a share of the spread of what was measured.
  ///
  /// `NRMSE = RMSE / sd(m)` with `sd = √(Σ (m − mean(m))² / (n − 1))`. Unitless, 0 or more. About 1
  /// for a prediction that knows the mean and nothing else: `√((n − 1) / n)` exactly.
  ///
  /// Source: `calculate_nrmse(method = "sd")` of SydneyBioX/HEtoSGEBench, `benchmarkUtils.R`.
  /// Departure: NaN where the measured values are constant, where that code divides by 0.
  public var errorByDeviation: Double {
    guard let first = measured.first, measured.contains(where: { $0 != first }) else { return .nan }
    let mean = mean { measured, _ in measured }
    let squares = measured.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return rootMeanSquaredError / (squares / Double(spotCount - 1)).squareRoot()
  }
}
