import Foundation

/// How closely two lists of values lie on a rising or a falling line.
///
/// `r = Σ dx · dy / (‖dx‖ · ‖dy‖)` with `dx = x − mean(x)` and `dy = y − mean(y)`. Unitless, in
/// −1...1; shifting either list, or scaling it by a positive number, changes nothing.
///
/// Source: `scipy.stats.pearsonr` of SciPy 1.11, in two passes and double precision.
/// Departure: a spot where either value is NaN is left out of both, where SciPy refuses; what is
/// left is counted in ``spotCount``.
/// Edge cases: NaN where either side is constant, infinite, or has fewer than two spots.
public struct PearsonCorrelation: Sendable, Hashable {
  /// The coefficient; NaN where there is none.
  public let r: Double
  /// The spots it was made of.
  public let spotCount: Int

  /// A coefficient known already.
  public init(r: Double, spotCount: Int) {
    self.r = r
    self.spotCount = spotCount
  }

  /// Correlates two lists of the same length.
  public init(_ x: [Double], _ y: [Double]) {
    precondition(x.count == y.count, "\(x.count) values beside \(y.count)")
    let spots = x.indices.filter { !x[$0].isNaN && !y[$0].isNaN }
    spotCount = spots.count
    guard let x = Deviations(spots.map { x[$0] }), let y = Deviations(spots.map { y[$0] }) else {
      r = .nan
      return
    }
    let product = zip(x.values, y.values).reduce(0) { $0 + $1.0 / x.length * ($1.1 / y.length) }
    // Two spots always lie on a line, whatever rounding says.
    r = spotCount == 2 ? (product < 0 ? -1 : 1) : min(max(product, -1), 1)
  }

  /// The chance of a coefficient this far from 0 or farther, on either side, where the two lists
  /// have nothing to do with each other and are normally distributed.
  ///
  /// Exact: `p = I_{1 − r²}(n / 2 − 1, ½)`, the regularized incomplete beta function. It turns 0
  /// below 1e-308; ``minusLog10P`` goes on.
  /// Edge cases: 1 for two spots, which always lie on a line; NaN where `r` is.
  public var pValue: Double { exp(logP) }

  /// `−log₁₀` of ``pValue``, 0 or more, found without forming it; infinite only for ±1.
  public var minusLog10P: Double { -logP / M_LN10 + 0 }  // + 0 turns −0 to 0

  private var logP: Double {
    guard !r.isNaN, spotCount >= 2 else { return .nan }
    guard spotCount > 2 else { return 0 }
    return logTwoSidedP(ofCorrelation: r, spots: spotCount)
  }
}

/// Values less their mean, scaled so that no square overflows or vanishes.
private struct Deviations {
  let values: [Double]
  let length: Double

  /// Nil for a list that is constant, infinite, or shorter than two.
  init?(_ list: [Double]) {
    guard list.count > 1, list.contains(where: { $0 != list[0] }) else { return nil }
    let mean = list.reduce(0, +) / Double(list.count)
    let deviations = list.map { $0 - mean }
    let largest = deviations.reduce(0) { max($0, abs($1)) }
    // Also false for NaN, which an infinite value leaves.
    guard deviations.allSatisfy(\.isFinite), largest > 0 else { return nil }
    // By a power of two, so that nothing is rounded.
    values = deviations.map { scalbn($0, -Int(largest.exponent)) }
    length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
