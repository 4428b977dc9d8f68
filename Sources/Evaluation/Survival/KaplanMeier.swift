import Foundation

/// The share of patients still without the event, as it falls with time.
///
/// With dᵢ events among nᵢ patients at risk at the time tᵢ: `S(t) = Π (1 − dᵢ / nᵢ)` over tᵢ ≤ t,
/// with Greenwood's variance `S² · G`, `G = Σ dᵢ / (nᵢ (nᵢ − dᵢ))`. The interval is symmetric in
/// `ln(−ln S)`, which keeps it in 0...1: `S^exp(±z √G / ln S)`. A patient censored at tᵢ is still
/// at risk of the events at tᵢ. Range: 0...1, never rising.
///
/// Source: Kaplan and Meier, J. Am. Stat. Assoc. 1958; lifelines' `KaplanMeierFitter`.
/// Edge cases: without events S stays 1 and its interval 1...1. Where S reaches 0 its variance is
/// 0, the limit of Greenwood's, and its interval 0...0, as in lifelines. No patients give one row:
/// time 0, nobody at risk, S = 1.
public struct KaplanMeier: Sendable, Hashable {
  /// 0 and then every time at which somebody left, ascending.
  public let times: [Double]
  /// S from each time until the next.
  public let survival: [Double]
  /// Greenwood's variance of S.
  public let variance: [Double]
  /// The lower end of S's interval at the level asked for.
  public let lower: [Double]
  /// The upper end.
  public let upper: [Double]
  /// Patients followed until each time or longer.
  public let atRisk: [Int]
  /// Events at each time.
  public let events: [Int]
  /// Patients censored at each time.
  public let censored: [Int]

  /// Estimates the curve and its interval.
  ///
  /// - Parameter confidence: the interval's level, between 0 and 1.
  public init(of followUp: FollowUp, confidence: Double = 0.95) {
    precondition(confidence > 0 && confidence < 1, "a confidence of \(confidence)")
    var moments = followUp.moments
    if moments.first?.time != 0 {
      moments.insert(
        FollowUpMoment(time: 0, atRisk: followUp.count, events: 0, censored: 0), at: 0)
    }
    var share = 1.0
    var sum = 0.0
    let steps = moments.map { moment in
      let (n, d) = (Double(moment.atRisk), Double(moment.events))
      if d > 0 {
        share *= (n - d) / n
        sum += d / (n * (n - d))
      }
      return (share: share, sum: sum)
    }
    let z = standardNormalQuantile(0.5 + confidence / 2)
    times = moments.map(\.time)
    survival = steps.map(\.share)
    variance = steps.map { $0.share > 0 ? $0.share * $0.share * $0.sum : 0 }
    lower = steps.map { Self.end(of: $0.share, sum: $0.sum, z: -z) }
    upper = steps.map { Self.end(of: $0.share, sum: $0.sum, z: z) }
    atRisk = moments.map(\.atRisk)
    events = moments.map(\.events)
    censored = moments.map(\.censored)
  }

  private static func end(of share: Double, sum: Double, z: Double) -> Double {
    guard share > 0, share < 1 else { return share }
    return pow(share, exp(z * sum.squareRoot() / log(share)))
  }

  /// The first time at which S is one half or less; nil where it never falls so far.
  public var median: Double? {
    // A product of fractions may miss one half by its rounding.
    survival.firstIndex { $0 <= 0.5 + 1e-12 }.map { times[$0] }
  }

  /// S at a time: the last step's at or before it, 1 before the first.
  public func survival(at time: Double) -> Double {
    times.lastIndex { $0 <= time }.map { survival[$0] } ?? 1
  }
}

/// The value below which a standard normal number lies with a probability between 0 and 1.
///
/// Newton's steps on `erfc`, from the middle; exact to about 1e-15 of the values tests use.
func standardNormalQuantile(_ probability: Double) -> Double {
  // The upper half by symmetry: there the steps from 0 never overshoot.
  if probability < 0.5 { return -standardNormalQuantile(1 - probability) }
  let tail = 1 - probability
  var z = 0.0
  for _ in 0..<100 {
    let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
    let step = (0.5 * erfc(z / 2.0.squareRoot()) - tail) / density
    z += step
    if abs(step) <= 1e-15 * abs(z) { break }
  }
  return z
}
