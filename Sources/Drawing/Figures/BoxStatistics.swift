/// What a box plot shows of some values.
public struct BoxStatistics: Sendable, Hashable {
  /// How many finite values there are, 1 or more.
  public let count: Int
  /// A quarter of the values is below.
  public let lowerQuartile: Double
  /// Half of the values is below.
  public let median: Double
  /// Three quarters of the values are below.
  public let upperQuartile: Double
  /// The arithmetic mean.
  public let mean: Double
  /// The least value not further below the box than 1.5 times its height.
  public let lowerWhisker: Double
  /// The greatest value not further above the box than 1.5 times its height.
  public let upperWhisker: Double
  /// Values beyond the whiskers, least first.
  public let outliers: [Double]

  /// Describes the finite values; nil when there are none.
  ///
  /// Quartiles are linear between the ranks around `q · (n − 1)`, NumPy's default. Whiskers after
  /// Tukey (Exploratory Data Analysis, 1977): they end at a value, and not inside the box.
  public init?(of values: [Double]) {
    let sorted = values.filter(\.isFinite).sorted()
    guard let least = sorted.first, let greatest = sorted.last else { return nil }
    func quantile(_ share: Double) -> Double {
      let rank = share * Double(sorted.count - 1)
      let below = Int(rank)
      guard below + 1 < sorted.count else { return sorted[below] }
      let part = rank - Double(below)
      return sorted[below] * (1 - part) + sorted[below + 1] * part
    }
    count = sorted.count
    (lowerQuartile, median, upperQuartile) = (quantile(0.25), quantile(0.5), quantile(0.75))
    // Divided first: a sum of large values need not be finite.
    mean = sorted.reduce(0) { $0 + $1 / Double(sorted.count) }
    let reach = 1.5 * (upperQuartile - lowerQuartile)
    let (low, high) = (lowerQuartile - reach, upperQuartile + reach)
    lowerWhisker = min(sorted.first { $0 >= low } ?? least, lowerQuartile)
    upperWhisker = max(sorted.last { $0 <= high } ?? greatest, upperQuartile)
    outliers = sorted.filter { $0 < low || $0 > high }
  }
}
