/// How often the patient of two with the higher risk has the event first (Harrell's C).
///
/// `C = (concordant + tied / 2) / pairs`, over pairs of which it is known who had the event first:
/// the one with the shorter time had it; or, at equal times, one had it and the other was censored
/// (the event counts as first). Two events at the same time are no pair. Among the pairs, those
/// with equal risks are tied. Range: 0...1; 0.5 for risks that say nothing, 1 for a perfect order.
///
/// Source: Harrell, Lee and Mark, Stat. Med. 1996; lifelines' `concordance_index`, which takes
/// scores that grow with the time, so the risks' negative. O(n log n).
/// Edge cases: NaN without a pair, as with one patient or no event, where lifelines throws; NaN as
/// well when a risk is NaN.
public struct ConcordanceIndex: Sendable, Hashable {
  /// Pairs of which it is known who had the event first.
  public let pairs: Int
  /// Pairs in which that patient has the higher risk.
  public let concordant: Int
  /// Pairs of equal risk.
  public let tied: Int
  /// C.
  public let value: Double

  /// Takes a risk a patient: the higher, the earlier the event is expected.
  public init(of followUp: FollowUp, risks: [Double]) {
    precondition(risks.count == followUp.count, "\(risks.count) risks, \(followUp.count) patients")
    guard risks.allSatisfy({ !$0.isNaN }) else {
      (pairs, concordant, tied, value) = (0, 0, 0, .nan)
      return
    }
    let ranks = ranksOf(risks)
    var (pairs, concordant, tied) = (0, 0, 0)
    var earlier = RankCounts(ranks: (ranks.max() ?? -1) + 1)
    for group in ConcordanceIndex.groups(of: followUp) {
      for patient in group {
        let higher = earlier.total - earlier.count(upTo: ranks[patient])
        let equal = earlier.counts[ranks[patient]]
        pairs += earlier.total
        concordant += higher
        tied += equal
      }
      for patient in group where followUp.events[patient] { earlier.insert(ranks[patient]) }
    }
    (self.pairs, self.concordant, self.tied) = (pairs, concordant, tied)
    value = (Double(concordant) + Double(tied) / 2) / Double(pairs)
  }

  /// Patients in order of time, in groups none of whose members are a pair: of one time, those
  /// with the event before those without.
  private static func groups(of followUp: FollowUp) -> [[Int]] {
    func key(_ patient: Int) -> (Double, Int) {
      (followUp.times[patient], followUp.events[patient] ? 0 : 1)
    }
    var groups: [[Int]] = []
    for patient in followUp.times.indices.sorted(by: { key($0) < key($1) }) {
      if let last = groups.last?[0], key(last) == key(patient) {
        groups[groups.count - 1].append(patient)
      } else {
        groups.append([patient])
      }
    }
    return groups
  }
}

/// The rank of each value among the distinct ones, ascending from 0.
private func ranksOf(_ values: [Double]) -> [Int] {
  var ranks = [Int](repeating: 0, count: values.count)
  var rank = -1
  var previous = Double.nan
  for index in values.indices.sorted(by: { values[$0] < values[$1] }) {
    if values[index] != previous { rank += 1 }
    previous = values[index]
    ranks[index] = rank
  }
  return ranks
}

/// Ranks seen so far, with the number up to any of them in logarithmic time (a Fenwick tree).
private struct RankCounts {
  /// How often each rank was seen.
  private(set) var counts: [Int]
  private(set) var total = 0
  private var sums: [Int]

  init(ranks: Int) {
    counts = [Int](repeating: 0, count: ranks)
    sums = [Int](repeating: 0, count: ranks + 1)
  }

  mutating func insert(_ rank: Int) {
    counts[rank] += 1
    total += 1
    var node = rank + 1
    while node < sums.count {
      sums[node] += 1
      node += node & -node
    }
  }

  /// How many ranks seen are `rank` or lower.
  func count(upTo rank: Int) -> Int {
    var node = rank + 1
    var sum = 0
    while node > 0 {
      sum += sums[node]
      node -= node & -node
    }
    return sum
  }
}
