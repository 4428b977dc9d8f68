/// How many positives and how many negatives score at least as high as each threshold.
///
/// Thresholds are the different scores from the highest down; items of equal score enter together.
///
/// Source: `sklearn.metrics.roc_curve` of scikit-learn 1.3, `drop_intermediate=False`, in counts.
/// Departure: an item whose score is NaN is left out.
public struct ROCCurve: Sendable, Hashable {
  /// All positive items.
  public let positives: Int
  /// All negative items.
  public let negatives: Int
  /// The different scores, falling.
  public let thresholds: [Double]
  /// Positive items that score as high as each threshold or higher.
  public let truePositives: [Int]
  /// Negative items that score as high as each threshold or higher.
  public let falsePositives: [Int]

  /// Takes for each item whether it is positive, and its score, higher meaning rather so.
  public init(truth: [Bool], scores: [Double]) {
    precondition(truth.count == scores.count, "\(truth.count) items with \(scores.count) scores")
    let items = scores.indices.filter { !scores[$0].isNaN }
    let falling = items.map { -scores[$0] }
    let order = ascendingOrder(of: falling)
    var (thresholds, above, falseAbove) = ([Double](), [Int](), [Int]())
    forEachTie(in: order, of: falling) { places in
      let hits = places.count { truth[items[Int(order[$0])]] }
      thresholds.append(-falling[Int(order[places.lowerBound])])
      above.append((above.last ?? 0) + hits)
      falseAbove.append((falseAbove.last ?? 0) + places.count - hits)
    }
    self.thresholds = thresholds
    truePositives = above
    falsePositives = falseAbove
    positives = above.last ?? 0
    negatives = falseAbove.last ?? 0
  }

  /// The chance that a positive item scores higher than a negative one, ties counted half.
  ///
  /// Unitless, 0...1: 1 where all positives score above all negatives, ½ for scores that say
  /// nothing. Any strictly rising change of the scores changes nothing.
  ///
  /// Source: `sklearn.metrics.roc_auc_score` of scikit-learn 1.3; `pROC::auc(direction = "<")`.
  /// Edge cases: NaN where all items are of one class, where scikit-learn refuses.
  public var area: Double {
    guard positives > 0, negatives > 0 else { return .nan }
    var twice = 0  // of the pairs in the right order
    for place in thresholds.indices {
      let before = place > 0 ? truePositives[place - 1] : 0
      let falseBefore = place > 0 ? falsePositives[place - 1] : 0
      twice += (falsePositives[place] - falseBefore) * (truePositives[place] + before)
    }
    return Double(twice) / 2 / Double(positives) / Double(negatives)
  }
}

/// The area under the curve of scores for items that are positive or not; see ``ROCCurve/area``.
public func areaUnderROC(truth: [Bool], scores: [Double]) -> Double {
  ROCCurve(truth: truth, scores: scores).area
}
