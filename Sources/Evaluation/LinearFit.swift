/// The straight line through a cloud of points that leaves the least squares in y.
///
/// `slope = Σ dx · dy / Σ dx²` and `intercept = mean(y) − slope · mean(x)`.
/// Edge cases: a point with a NaN is left out. NaN throughout where x is constant or fewer than two
/// points are left; where only y is constant the line is level and `r` is NaN.
public struct LinearFit: Sendable, Hashable {
  /// Units of y for each unit of x.
  public let slope: Double
  /// Where the line meets x = 0, in units of y.
  public let intercept: Double
  /// Pearson's correlation of the same points.
  public let r: Double

  /// Fits y as a function of x, two lists of the same length.
  public init(of y: [Float], on x: [Float]) {
    precondition(x.count == y.count, "\(x.count) values beside \(y.count)")
    let points = zip(x, y).filter { !$0.isNaN && !$1.isNaN }.map { (Double($0), Double($1)) }
    let count = Double(points.count)
    let meanX = points.reduce(0) { $0 + $1.0 } / count
    let meanY = points.reduce(0) { $0 + $1.1 } / count
    let squares = points.reduce(0) { $0 + ($1.0 - meanX) * ($1.0 - meanX) }
    let products = points.reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
    let isSloped = points.contains { $0.0 != points[0].0 }
    slope = isSloped ? products / squares : .nan
    intercept = meanY - slope * meanX
    r = PearsonCorrelation(points.map(\.0), points.map(\.1)).r
  }

  /// The line's height at a place.
  public func y(atX x: Double) -> Double { intercept + slope * x }
}
