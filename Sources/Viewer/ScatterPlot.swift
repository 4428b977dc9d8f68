import Drawing
import Evaluation
import Foundation

/// Predicted against observed values of one gene, a point a spot, with the line fitted to them.
struct ScatterPlot: Sendable {
  /// Observed values lie along x, predicted ones along y.
  let x, y: [Float]
  let fit: LinearFit
  /// Spots that have both values.
  let count: Int
  /// The smallest and largest value of each axis, never the same.
  let xRange, yRange: (lower: Float, upper: Float)

  init(observed: [Float], predicted: [Float]) {
    x = observed
    y = predicted
    fit = LinearFit(of: predicted, on: observed)
    count = zip(observed, predicted).count { $0.isFinite && $1.isFinite }
    xRange = Self.range(of: observed)
    yRange = Self.range(of: predicted)
  }

  /// Correlation, number of spots and fitted line in one line.
  var summary: String {
    guard fit.r.isFinite else { return "r –  n = \(count.grouped), all the same on one side" }
    let sign = fit.slope < 0 ? "−" : "+"
    return "r = \(correlation(Float(fit.r)))  n = \(count.grouped)  "
      + "y = \(shortNumber(Float(fit.intercept))) \(sign) \(shortNumber(Float(abs(fit.slope)))) x"
  }

  /// Where a spot lies, 0...1 from the left and from the bottom; nil without values.
  func place(ofSpot spot: Int) -> (x: Double, y: Double)? {
    guard x[spot].isFinite, y[spot].isFinite else { return nil }
    return (share(x[spot], in: xRange), share(y[spot], in: yRange))
  }

  /// Where the fitted line is at a share of the x axis; nil where there is none.
  func lineHeight(atShare share: Double) -> Double? {
    guard fit.slope.isFinite else { return nil }
    let value = Double(xRange.lower) + share * Double(xRange.upper - xRange.lower)
    return (fit.y(atX: value) - Double(yRange.lower)) / Double(yRange.upper - yRange.lower)
  }

  /// The spot nearest to a place, shares of the axes.
  func nearestSpot(x: Double, y: Double) -> Int? {
    var best = Double.infinity
    var found: Int?
    for spot in self.x.indices {
      guard let place = place(ofSpot: spot) else { continue }
      let distance = (place.x - x) * (place.x - x) + (place.y - y) * (place.y - y)
      if distance < best { (best, found) = (distance, spot) }
    }
    return found
  }

  private func share(_ value: Float, in range: (lower: Float, upper: Float)) -> Double {
    Double((value - range.lower) / (range.upper - range.lower))
  }

  private static func range(of values: [Float]) -> (lower: Float, upper: Float) {
    var range = (lower: Float.infinity, upper: -Float.infinity)
    for value in values where value.isFinite {
      range = (min(range.lower, value), max(range.upper, value))
    }
    if range.lower > range.upper { return (0, 1) }
    return range.lower < range.upper ? range : (range.lower - 0.5, range.upper + 0.5)
  }
}
