import Foundation

/// How values become colours: a ramp between two limits.
public struct ColorScale: Sendable, Hashable {
  /// The colours from one limit to the other.
  public var ramp: ColorRamp
  /// The value of the ramp's first colour and of its last.
  public var lower: Float
  /// The value of the ramp's last colour; need not be above `lower`.
  public var upper: Float

  /// Takes the limits as they are, equal ones too.
  public init(ramp: ColorRamp, lower: Float, upper: Float) {
    self.ramp = ramp
    self.lower = lower
    self.upper = upper
  }

  /// The colour of a value; values beyond the limits take the nearest end, NaN has none.
  @inlinable
  public func color(of value: Float) -> Color? {
    let span = upper - lower
    return ramp.color(at: span > 0 ? (value - lower) / span : (value > lower ? 1 : 0))
  }
}

/// The limits of a colour scale taken from the values shown.
public enum ValueLimits: String, Sendable, Hashable, CaseIterable, Codable {
  /// From the 1st to the 99th percentile, so that one bright spot does not darken the rest.
  case percentiles = "p1–p99"
  case full = "min–max"
  /// From zero to the 99th percentile.
  case zero = "0–p99"

  /// The limits of the finite values, percentiles by linear interpolation; 0 and 1 for none.
  ///
  /// Where the percentiles coincide, as for a gene seen at a few spots only, the extremes serve.
  public func limits(of values: [Float]) -> (lower: Float, upper: Float) {
    var (first, last) = (Float.infinity, -Float.infinity)
    var finite: [Float] = []
    finite.reserveCapacity(values.count)
    for value in values where value.isFinite {
      finite.append(value)
      first = min(first, value)
      last = max(last, value)
    }
    guard !finite.isEmpty else { return (0, 1) }
    // Asked for at every step from gene to gene, of all panels at once: nothing is sorted.
    func quantile(_ share: Double) -> Float {
      let position = share * Double(finite.count - 1)
      let rank = Int(position)
      finite.placeElement(ofRank: rank)
      let below = finite[rank]
      let above = finite.dropFirst(rank + 1).min() ?? below
      return below + (above - below) * Float(position - Double(rank))
    }
    var limits: (lower: Float, upper: Float)
    switch self {
    case .percentiles: limits = (quantile(0.01), quantile(0.99))
    case .full: limits = (first, last)
    case .zero: limits = (min(0, first), quantile(0.99))
    }
    if limits.upper <= limits.lower { limits = (min(limits.lower, first), last) }
    return limits
  }
}

extension [Float] {
  /// Moves elements so that the one at `rank` is as if all were sorted, smaller ones before it
  /// (Hoare's selection). There must be no NaN.
  fileprivate mutating func placeElement(ofRank rank: Int) {
    var (low, high) = (0, count - 1)
    while low < high {
      let pivot = self[(low + high) / 2]
      var (left, right) = (low, high)
      while left <= right {
        while self[left] < pivot { left += 1 }
        while self[right] > pivot { right -= 1 }
        guard left <= right else { break }
        swapAt(left, right)
        left += 1
        right -= 1
      }
      if rank <= right {
        high = right
      } else if rank >= left {
        low = left
      } else {
        return
      }
    }
  }
}

extension Canvas {
  /// Draws a scale as one row: its lower limit, the ramp, its upper limit.
  public mutating func draw(_ scale: ColorScale, in area: Rectangle) {
    guard area.columns >= 3, area.rows >= 1 else { return }
    let lower = shortNumber(scale.lower)
    let upper = shortNumber(scale.upper)
    let bar = area.columns - lower.count - upper.count - 2
    guard bar >= 3 else {
      write(upper, column: area.column, row: area.row, width: area.columns, ink: .role(.muted))
      return
    }
    var column = write(lower, column: area.column, row: area.row, ink: .role(.muted)) + 1
    for step in 0..<bar {
      if let color = scale.ramp.color(at: Float(step) / Float(max(1, bar - 1))) {
        self[column + step, area.row] = Cell(" ", ink: .color(color), ground: .color(color))
      }
    }
    column += bar + 1
    write(upper, column: column, row: area.row, ink: .role(.muted))
  }
}

/// A number in at most six or so characters, such as `0`, `0.42`, `12.5`, `1204` or `1.2e6`.
public func shortNumber(_ value: Float) -> String {
  guard value.isFinite else { return value.isNaN ? "–" : (value > 0 ? "∞" : "-∞") }
  let size = abs(value)
  if size == 0 { return "0" }
  if size >= 100_000 || size < 0.001 { return String(format: "%.1e", value) }
  if size >= 100 { return String(format: "%.0f", value) }
  if size >= 10 { return String(format: "%.1f", value) }
  return String(format: size < 0.1 ? "%.3f" : "%.2f", value)
}
