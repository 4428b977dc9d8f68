extension ROCCurve {
  /// The precision at each threshold, weighted by the recall that it adds.
  ///
  /// `AP = Σ (Rₖ − Rₖ₋₁) Pₖ` with `P = true / (true + false)` and `R = true / positives` over the
  /// thresholds. Unitless, in 0...1; about the share of positives for scores that say nothing.
  ///
  /// Source: `sklearn.metrics.average_precision_score` of scikit-learn 1.3: steps, no
  /// interpolation.
  /// Edge cases: NaN without positives, where scikit-learn warns and gives 0; 1 without negatives.
  public var averagePrecision: Double {
    guard positives > 0 else { return .nan }
    var sum = 0.0
    var before = 0
    for place in thresholds.indices {
      let found = truePositives[place]
      sum += Double(found - before) * Double(found) / Double(found + falsePositives[place])
      before = found
    }
    return sum / Double(positives)
  }
}
