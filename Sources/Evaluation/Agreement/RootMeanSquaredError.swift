extension PairedValues {
  /// How far predictions lie from what was measured, large errors counting for more.
  ///
  /// `RMSE = √(Σ (p − m)² / n)`, in the units of the values, 0 or more; 0 only for equal lists.
  ///
  /// Source: `rmse` of the benchmark of Wang et al., Nat. Commun. 2025 (SydneyBioX/HEtoSGEBench).
  /// Edge cases: NaN without spots; infinite where an error is.
  public var rootMeanSquaredError: Double {
    mean { ($1 - $0) * ($1 - $0) }.squareRoot()
  }
}
