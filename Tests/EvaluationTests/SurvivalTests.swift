import Foundation
import TensorCore
import Testing

@testable import Evaluation

private struct SurvivalGoldens: Decodable {
  struct Concordance: Decodable {
    var name: String
    var time: [Double]
    var risk: [Double]
    var event: [Int]
    var concordanceIndexOfMinusRisk: Double
  }
  struct Curve: Decodable {
    var name: String
    var time: [Double]
    var event: [Int]
    var timeline: [Double]
    var survival: [Double]
    var ciLower95: [Double]
    var ciUpper95: [Double]
    var median: Median
    var atRisk: [Double]
    var observed: [Double]
    var censored: [Double]
  }
  struct Comparison: Decodable {
    var name: String
    var timeA: [Double]
    var eventA: [Int]
    var timeB: [Double]
    var eventB: [Int]
    var chi2: Double
    var p: Double
  }
  /// A number, or "inf".
  struct Median: Decodable {
    var value: Double?
    init(from decoder: any Decoder) throws {
      value = try? decoder.singleValueContainer().decode(Double.self)
    }
  }
  var concordance: [Concordance]
  var kaplanMeier: [Curve]
  var logrank: [Comparison]
}

private func goldens() throws -> SurvivalGoldens {
  try Golden.json("survival.json", as: SurvivalGoldens.self)
}

extension FollowUp {
  fileprivate init(_ times: [Double], _ events: [Int]) {
    self.init(times: times, events: events.map { $0 == 1 })
  }
}

// MARK: Concordance

@Test func `concordance equals lifelines'`() throws {
  for golden in try goldens().concordance {
    let found = ConcordanceIndex(of: FollowUp(golden.time, golden.event), risks: golden.risk)
    #expect(abs(found.value - golden.concordanceIndexOfMinusRisk) < 1e-12, "\(golden.name)")
  }
}

@Test(arguments: seeds)
func `concordance is what counting pair by pair gives`(seed: UInt64) {
  var generator = SeededGenerator(seed: seed)
  let times = (0..<30).map { _ in Double(generator.nextIndex(below: 12)) }
  let events = (0..<30).map { _ in generator.nextUnit() < 0.6 }
  let risks = (0..<30).map { _ in Double(generator.nextIndex(below: 8)) }
  var (pairs, concordant, tied) = (0, 0, 0)
  for first in 0..<30 where events[first] {
    for second in 0..<30 {
      let isLater =
        times[second] > times[first] || times[second] == times[first] && !events[second]
      guard isLater else { continue }
      pairs += 1
      concordant += risks[first] > risks[second] ? 1 : 0
      tied += risks[first] == risks[second] ? 1 : 0
    }
  }
  let followUp = FollowUp(times: times, events: events)
  let found = ConcordanceIndex(of: followUp, risks: risks)
  #expect(found.pairs == pairs && found.concordant == concordant && found.tied == tied)
  let opposite = ConcordanceIndex(of: followUp, risks: risks.map { -$0 })
  #expect(abs(found.value + opposite.value - 1) < 1e-12)
}

@Test func `concordance without a pair, or with a risk that is none, is NaN`() {
  let alone = ConcordanceIndex(of: FollowUp([3], [1]), risks: [1])
  #expect(alone.value.isNaN && alone.pairs == 0)
  #expect(ConcordanceIndex(of: FollowUp([3, 4], [0, 0]), risks: [1, 2]).value.isNaN)
  #expect(ConcordanceIndex(of: FollowUp([4, 4], [1, 1]), risks: [1, 2]).value.isNaN)
  #expect(ConcordanceIndex(of: FollowUp([3, 4], [1, 1]), risks: [1, .nan]).value.isNaN)
  #expect(ConcordanceIndex(of: FollowUp([], []), risks: []).value.isNaN)
  // At one time the event comes before the censoring.
  #expect(ConcordanceIndex(of: FollowUp([4, 4], [1, 0]), risks: [2, 1]).value == 1)
}

// MARK: Kaplan-Meier

@Test func `survival curves and their intervals equal lifelines'`() throws {
  for golden in try goldens().kaplanMeier {
    let found = KaplanMeier(of: FollowUp(golden.time, golden.event))
    #expect(found.times == golden.timeline, "\(golden.name)")
    #expect(found.atRisk == golden.atRisk.map { Int($0) }, "\(golden.name)")
    #expect(found.events == golden.observed.map { Int($0) }, "\(golden.name)")
    #expect(found.censored == golden.censored.map { Int($0) }, "\(golden.name)")
    #expect(found.median == golden.median.value, "\(golden.name)")
    for (ours, theirs) in [
      (found.survival, golden.survival), (found.lower, golden.ciLower95),
      (found.upper, golden.ciUpper95),
    ] {
      #expect(ours.count == theirs.count)
      let nearest = largestDifference(ours, theirs)
      #expect(nearest.difference < 1e-12, "\(golden.name), row \(nearest.place)")
    }
  }
}

@Test func `Greenwood's variance without censoring is the binomial one`() {
  let found = KaplanMeier(of: FollowUp([1, 2, 2, 3, 5], [1, 1, 1, 1, 1]))
  for (share, variance) in zip(found.survival, found.variance) {
    #expect(abs(variance - share * (1 - share) / 5) < 1e-15)
  }
  #expect(found.survival.last == 0 && found.variance.last == 0)
  #expect(found.survival(at: 1.5) == 0.8)
  #expect(found.survival(at: 2) == found.survival(at: 2.9))
  #expect(found.survival(at: 100) == 0 && found.survival(at: -1) == 1)
}

@Test func `curves of one patient, of none and from time 0 follow the stated conventions`() {
  let one = KaplanMeier(of: FollowUp([4], [1]))
  #expect(one.times == [0, 4] && one.survival == [1, 0] && one.median == 4)
  #expect(one.lower == [1, 0] && one.upper == [1, 0])
  let none = KaplanMeier(of: FollowUp([], []))
  #expect(none.times == [0] && none.survival == [1] && none.atRisk == [0] && none.median == nil)
  let atOnce = KaplanMeier(of: FollowUp([0, 5], [1, 0]))
  #expect(atOnce.times == [0, 5] && atOnce.survival == [0.5, 0.5] && atOnce.median == 0)
}

@Test func `the median is where half of the patients are left, whatever rounding makes of it`() {
  for half in 1...200 {
    let times = (1...2 * half).map { Double($0) }
    let found = KaplanMeier(of: FollowUp(times, [Int](repeating: 1, count: 2 * half)))
    #expect(found.median == Double(half))
  }
}

@Test(arguments: [(0.5, 0.6744897501960817), (0.9, 1.6448536269514722), (0.99, 2.5758293035489004)])
func `the interval is as wide as the confidence asks`(confidence: Double, z: Double) {
  let found = KaplanMeier(of: FollowUp([1, 2, 3, 4], [1, 0, 1, 0]), confidence: confidence)
  // After the first event, S = 3/4 and G = 1 / (4 · 3).
  let half = z * (1.0 / 12).squareRoot() / log(0.75)
  #expect(abs(found.lower[1] - pow(0.75, exp(-half))) < 1e-13)
  #expect(abs(found.upper[1] - pow(0.75, exp(half))) < 1e-13)
  #expect(found.lower[1] < 0.75 && found.upper[1] > 0.75)
}

// MARK: Log-rank

@Test func `the log-rank test of two groups equals lifelines'`() throws {
  for golden in try goldens().logrank {
    let found = LogRankTest([
      FollowUp(golden.timeA, golden.eventA), FollowUp(golden.timeB, golden.eventB),
    ])
    #expect(abs(found.chiSquare - golden.chi2) < 1e-10 * golden.chi2, "\(golden.name)")
    #expect(abs(found.p / golden.p - 1) < 1e-9, "\(golden.name)")
    #expect(abs(found.minusLog10P + log10(golden.p)) < 1e-9, "\(golden.name)")
    #expect(found.degreesOfFreedom == 1)
  }
}

private struct GroupGoldens: Decodable {
  struct Group: Decodable {
    var times: [Double]
    var events: [Int]
  }
  struct Case: Decodable {
    var name: String
    var groups: [Group]
    var chi2: Double
    var p: Double
  }
  var cases: [Case]
  var tails: [[Double]]
}

@Test func `the log-rank test of several groups equals lifelines', in any order`() throws {
  for golden in try Golden.json("logrank_groups.json", as: GroupGoldens.self).cases {
    let groups = golden.groups.map { FollowUp($0.times, $0.events) }
    for found in [LogRankTest(groups), LogRankTest(groups.reversed())] {
      #expect(abs(found.chiSquare - golden.chi2) < 1e-10 * golden.chi2, "\(golden.name)")
      #expect(abs(found.p / golden.p - 1) < 1e-9, "\(golden.name)")
      #expect(found.degreesOfFreedom == groups.count - 1)
      #expect(
        abs(found.expected.reduce(0, +) - Double(found.observed.reduce(0, +))) < 1e-9)
    }
    // A group censored before the first event tells nothing.
    let more = LogRankTest(groups + [FollowUp([0, 0.5], [0, 0]), FollowUp([], [])])
    #expect(abs(more.chiSquare - golden.chi2) < 1e-10 * golden.chi2)
    #expect(more.degreesOfFreedom == groups.count - 1)
  }
}

@Test func `χ² tails equal those of many digits where p is 0 in double precision too`() throws {
  let tails = try Golden.json("logrank_groups.json", as: GroupGoldens.self).tails
  #expect(tails.contains { $0[2] > 20_000 })
  for tail in tails {
    // Groups whose test has this χ² are hard to make: the function behind it is asked instead.
    let found = -logChiSquareTail(tail[1], degreesOfFreedom: Int(tail[0])) / log(10)
    #expect(abs(found - tail[2]) <= 1e-12 * max(tail[2], 1e-3), "\(tail)")
  }
}

@Test func `p of groups far apart does not underflow in its logarithm`() {
  // Each of 3000 patients of the first group goes before all of the second.
  let early = FollowUp(
    times: (0..<3000).map { Double($0) }, events: [Bool](repeating: true, count: 3000))
  let late = FollowUp(
    times: (0..<3000).map { Double($0 + 3000) }, events: [Bool](repeating: true, count: 3000))
  let found = LogRankTest([early, late])
  #expect(found.p == 0)
  #expect(found.minusLog10P > 308 && found.minusLog10P.isFinite)
}

@Test func `groups that cannot be compared have no log-rank test`() {
  for groups in [
    [FollowUp([1, 2], [0, 0]), FollowUp([3], [0])],
    [FollowUp([1, 2], [1, 1]), FollowUp([], [])],
    [FollowUp([2, 2], [1, 1]), FollowUp([2], [1])],
    [FollowUp([1], [0]), FollowUp([2], [1])],
  ] {
    let found = LogRankTest(groups)
    #expect(found.chiSquare.isNaN && found.p.isNaN && found.minusLog10P.isNaN)
    #expect(found.degreesOfFreedom == 0)
  }
  let same = LogRankTest([FollowUp([1, 2, 3], [1, 1, 0]), FollowUp([1, 2, 3], [1, 1, 0])])
  #expect(same.chiSquare == 0 && same.p == 1 && same.minusLog10P == 0)
}
