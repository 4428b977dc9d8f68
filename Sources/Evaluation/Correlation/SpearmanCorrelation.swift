/// How closely one list of values rises, or falls, with another, whatever the shape of the curve.
///
/// Pearson's correlation of the ranks, from 1 up, equal values sharing the mean of theirs.
/// Unitless, in −1...1; any strictly rising change of either list changes nothing.
///
/// Source: `scipy.stats.spearmanr` of SciPy 1.11, with its p by Student's distribution:
/// `t = r · √((n − 2) / (1 − r²))` with n − 2 degrees of freedom, which is the same tail as that of
/// ``PearsonCorrelation``, and as inexact here as there for short lists.
/// Departures: a spot where either value is NaN is left out of both. Two spots, and lists in
/// exactly the same order, have p 1 and 0, where SciPy gives NaN and what rounding leaves.
/// Edge cases: NaN where either side is constant or has fewer than two spots. Infinite values have
/// ranks like any other.
public struct SpearmanCorrelation: Sendable, Hashable {
  private let ofRanks: PearsonCorrelation

  /// Correlates two lists of the same length.
  public init(_ x: [Double], _ y: [Double]) {
    self.init(PairedValues(measured: x, predicted: y))
  }

  /// Correlates the two sides of a gene.
  public init(_ values: PairedValues) {
    let x = rankDeviations(values.measured)
    let y = rankDeviations(values.predicted)
    var (products, squaresX, squaresY) = (0.0, 0.0, 0.0)
    for spot in x.indices {
      products += x[spot] * y[spot]
      squaresX += x[spot] * x[spot]
      squaresY += y[spot] * y[spot]
    }
    // All whole numbers, so that equal orders give exactly 1; 0 / 0 where a side is constant.
    let r = products / (squaresX * squaresY).squareRoot()
    ofRanks = PearsonCorrelation(r: min(max(r, -1), 1), spotCount: values.spotCount)
  }

  /// The coefficient; NaN where there is none.
  public var r: Double { ofRanks.r }
  /// The spots it was made of.
  public var spotCount: Int { ofRanks.spotCount }
  /// The chance of ranks that agree or disagree this much where the two have nothing in common.
  public var pValue: Double { ofRanks.pValue }
  /// `−log₁₀` of ``pValue``, 0 or more, found without forming it; infinite only for ±1.
  public var minusLog10P: Double { ofRanks.minusLog10P }
}

/// Twice the distance of each rank from the mean rank, a whole number.
private func rankDeviations(_ values: [Double]) -> [Double] {
  let twiceMean = Double(values.count + 1)
  return ranks(of: values).map { 2 * $0 - twiceMean }
}
