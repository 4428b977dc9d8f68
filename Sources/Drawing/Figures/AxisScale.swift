import Foundation

/// A linear axis with round ticks.
///
/// The step is 1, 2 or 5 times a power of ten, the one that gives about as many ticks as asked for;
/// the ends are the nearest ticks around the values.
public struct AxisScale: Sendable, Hashable {
  /// The axis' ends, `lower` below `upper`.
  public let lower, upper: Double
  /// From `lower` to `upper`, one to about twice as many as asked for.
  public let ticks: [Double]
  private let step: Double

  /// Covers the finite values; 0 to 1 when there are none, a little around a value that is alone.
  public init(covering values: some Sequence<Double>, ticks count: Int = 5) {
    // Beyond this the span itself would not be finite.
    let limit = 1e300
    var (low, high) = (Double.infinity, -Double.infinity)
    for value in values where value.isFinite {
      low = min(low, max(value, -limit))
      high = max(high, min(value, limit))
    }
    if low > high { (low, high) = (0, 1) }
    if high - low <= max(abs(low), abs(high)) * 1e-9 {
      let around = low == 0 ? 0.5 : abs(low) * 0.1
      (low, high) = (low - around, high + around)
    }
    let step = Self.roundStep((high - low) / Double(max(1, count)))
    // A tick that rounding puts just outside a value at the end still counts as its own.
    let first = Int((low / step + 1e-9).rounded(.down))
    let last = max(first + 1, Int((high / step - 1e-9).rounded(.up)))
    self.step = step
    ticks = (first...last).map { Double($0) * step }
    lower = Double(first) * step
    upper = Double(last) * step
  }

  private static func roundStep(_ wanted: Double) -> Double {
    let power = pow(10, log10(wanted).rounded(.down))
    guard power > 0, power.isFinite else { return max(wanted, .leastNormalMagnitude) }
    let digit = wanted / power
    return (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10) * power
  }

  /// Where a value is from 0 at `lower` to 1 at `upper`; outside for others.
  public func share(of value: Double) -> Double { (value - lower) / (upper - lower) }

  /// The number beside a tick, with the decimals that its step needs.
  public func text(ofTick tick: Double) -> String {
    if step < 1e-6 {
      return tick == 0 ? "0" : String(format: "%.1e", tick)
    }
    let decimals = max(0, Int(-(log10(step) + 1e-9).rounded(.down)))
    return figureNumber(tick, decimals: decimals)
  }

  /// The widest of the ticks' numbers, in points.
  func textWidth(size: Double) -> Double {
    ticks.map { Typeface.width(of: text(ofTick: $0), size: size) }.max() ?? 0
  }
}
