import Foundation

/// Whether two or more groups of patients have the event at the same rate (the log-rank test).
///
/// At each time with events, of d events among n patients at risk, nⱼ of them in group j, group j
/// expects `d · nⱼ / n`; the covariance of groups j and l is
/// `d (n − d) / (n − 1) · nⱼ / n · (δⱼₗ − nₗ / n)`. With U the events observed less expected and V
/// the covariance, summed over times, and one group left out: `χ² = Uᵀ V⁻¹ U`, with as many degrees
/// of freedom as groups less one. Every event has the same weight.
///
/// Source: Mantel, Cancer Chemother. Rep. 1966; lifelines' `logrank_test`. As in R's `survdiff`, a
/// group with nobody at risk at any event (empty, or censored before the first) is left out of the
/// degrees of freedom: it can tell nothing.
/// Edge cases: χ² and p are NaN where nothing can be compared: without events, with fewer than two
/// groups at risk, or when everyone has the event at once. Tied events are in the formula above.
public struct LogRankTest: Sendable, Hashable {
  /// The test's statistic, 0 or above.
  public let chiSquare: Double
  /// Groups at risk at some event, less one; 0 where nothing can be compared.
  public let degreesOfFreedom: Int
  /// Events seen in each group.
  public let observed: [Int]
  /// Events each group would have at everyone's rate.
  public let expected: [Double]
  /// The chance of a χ² so large among equal groups; 0 below about 1e-308.
  public let p: Double
  /// `−log₁₀ p`, which never underflows.
  public let minusLog10P: Double

  /// Takes two groups or more.
  public init(_ groups: [FollowUp]) {
    precondition(groups.count > 1, "\(groups.count) groups")
    let table = LogRankTable(groups)
    observed = table.observed
    expected = table.expected
    let atRisk = groups.indices.filter { table.expected[$0] > 0 }
    let compared = Array(atRisk.dropFirst())
    let score = compared.map { Double(table.observed[$0]) - table.expected[$0] }
    let covariance = compared.map { row in
      compared.map { table.covariance[row * groups.count + $0] }
    }
    guard !compared.isEmpty, covariance[0][0] > 0 else {
      (chiSquare, degreesOfFreedom, p, minusLog10P) = (.nan, 0, .nan, .nan)
      return
    }
    degreesOfFreedom = compared.count
    chiSquare = quadraticForm(score, inverseOf: covariance)
    let logP = logChiSquareTail(chiSquare, degreesOfFreedom: compared.count)
    p = exp(logP)
    minusLog10P = logP == 0 ? 0 : -logP / log(10)
  }
}

/// Observed and expected events of each group and their covariance, summed over all times.
private struct LogRankTable {
  var observed: [Int]
  var expected: [Double]
  var covariance: [Double]  // [groups, groups]

  init(_ groups: [FollowUp]) {
    let count = groups.count
    observed = groups.map { $0.events.count { $0 } }
    expected = [Double](repeating: 0, count: count)
    covariance = [Double](repeating: 0, count: count * count)
    let everyone = FollowUp(
      times: groups.flatMap(\.times), events: groups.flatMap(\.events))
    let sortedTimes = groups.map { $0.times.sorted() }
    var gone = [Int](repeating: 0, count: count)
    for moment in everyone.moments where moment.events > 0 {
      for group in groups.indices {
        while gone[group] < sortedTimes[group].count,
          sortedTimes[group][gone[group]] < moment.time
        { gone[group] += 1 }
      }
      add(moment, atRisk: groups.indices.map { groups[$0].count - gone[$0] })
    }
  }

  private mutating func add(_ moment: FollowUpMoment, atRisk: [Int]) {
    let (n, d) = (Double(moment.atRisk), Double(moment.events))
    let shares = atRisk.map { Double($0) / n }
    // A patient alone at risk has no variance; 0 / 0 otherwise.
    let factor = n > 1 ? d * (n - d) / (n - 1) : 0
    for (row, share) in shares.enumerated() {
      expected[row] += d * share
      for (column, other) in shares.enumerated() {
        let own = row == column ? share : 0
        covariance[row * shares.count + column] += factor * (own - share * other)
      }
    }
  }
}

/// `xᵀ A⁻¹ x` for a symmetric positive definite A, by elimination: the sum of each pivot's share.
private func quadraticForm(_ vector: [Double], inverseOf matrix: [[Double]]) -> Double {
  var (x, a) = (vector, matrix)
  var sum = 0.0
  for pivot in x.indices {
    sum += x[pivot] * x[pivot] / a[pivot][pivot]
    for row in x.indices.dropFirst(pivot + 1) {
      let factor = a[row][pivot] / a[pivot][pivot]
      x[row] -= factor * x[pivot]
      for column in x.indices.dropFirst(pivot) { a[row][column] -= factor * a[pivot][column] }
    }
  }
  return sum
}
