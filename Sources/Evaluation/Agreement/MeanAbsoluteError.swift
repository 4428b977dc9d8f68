extension PairedValues {
  /// How far predictions lie from what was measured on average.
  ///
  /// `MAE = Σ |p − m| / n`, in the units of the values, 0 or more and never above the RMSE.
  ///
  /// Source: `sklearn.metrics.mean_absolute_error` of scikit-learn 1.3.
  /// Edge cases: NaN without spots; infinite where an error is.
  public var meanAbsoluteError: Double {
    mean { abs($1 - $0) }
  }
}
