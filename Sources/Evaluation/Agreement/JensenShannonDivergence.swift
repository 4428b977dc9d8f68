import Foundation

extension PairedValues {
  /// How differently a gene is spread over the spots, as measured and as predicted.
  ///
  /// Both sides as shares of their sums, P and Q, with `M = (P + Q) / 2`:
  /// `JS = ½ Σ P log₂(P / M) + ½ Σ Q log₂(Q / M)`. In bits, 0...1: 0 for the same shares, 1 where
  /// no spot has both. Scaling either side by a positive number changes nothing, shifting does.
  ///
  /// Source: `calculate_JS_divergence` of SydneyBioX/HEtoSGEBench, `benchmarkUtils.R`: negative
  /// predictions count as 0, and a side without any expression as spread evenly. The divergence
  /// itself, not its root, which `scipy.spatial.distance.jensenshannon` gives.
  /// Departure: negative measured values count as 0 too, where that code gives NaN.
  /// Edge cases: NaN without spots and where a value is infinite.
  public var jensenShannonDivergence: Double {
    guard spotCount > 0, let m = shares(of: measured), let p = shares(of: predicted) else {
      return .nan
    }
    var sum = 0.0
    for spot in m.indices {
      let both = m[spot] + p[spot]
      if m[spot] > 0 { sum += m[spot] * log2(2 * m[spot] / both) }
      if p[spot] > 0 { sum += p[spot] * log2(2 * p[spot] / both) }
    }
    return min(max(sum / 2, 0), 1)
  }
}

/// Values as shares of their sum, negative ones as 0; nil where the sum is infinite.
private func shares(of values: [Double]) -> [Double]? {
  let sum = values.reduce(0) { $0 + max($1, 0) }
  guard sum.isFinite else { return nil }
  guard sum > 0 else { return Array(repeating: 1 / Double(values.count), count: values.count) }
  return values.map { max($0, 0) / sum }
}
