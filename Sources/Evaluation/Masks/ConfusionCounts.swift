import Foundation

/// How often a predicted mask and a drawn one agree and disagree, spot by spot or pixel by pixel.
///
/// A place is predicted positive when its probability lies above the threshold: `p > t`, which for
/// logits is `x > ln(t / (1 − t))`. A probability of exactly the threshold is negative.
/// Shape: any, the same for prediction and labels, flattened. Counts are added with `+`, which
/// pools sections: measures of the sum weigh every place alike.
/// Edge cases: no places give counts of 0, whose measures are NaN. Values must not be NaN.
public struct ConfusionCounts: Sendable, Hashable {
  /// Predicted positive, labelled positive.
  public var truePositives: Int
  /// Predicted positive, labelled negative.
  public var falsePositives: Int
  /// Predicted negative, labelled negative.
  public var trueNegatives: Int
  /// Predicted negative, labelled positive.
  public var falseNegatives: Int

  /// Takes counts made elsewhere.
  public init(
    truePositives: Int = 0, falsePositives: Int = 0, trueNegatives: Int = 0,
    falseNegatives: Int = 0
  ) {
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.trueNegatives = trueNegatives
    self.falseNegatives = falseNegatives
  }

  /// Counts a mask of which it is known already what is positive.
  public init(predicted: [Bool], labels: [Bool]) {
    precondition(
      predicted.count == labels.count, "\(predicted.count) predictions, \(labels.count) labels")
    self.init()
    for pair in zip(predicted, labels) {
      switch pair {
      case (true, true): truePositives += 1
      case (true, false): falsePositives += 1
      case (false, false): trueNegatives += 1
      case (false, true): falseNegatives += 1
      }
    }
  }

  /// Counts a mask given as probabilities in `0...1`.
  public init(probabilities: [Float], labels: [Bool], threshold: Float = 0.5) {
    self.init(predicted: probabilities.map { $0 > threshold }, labels: labels)
  }

  /// Counts a mask given as logits, what a network gives before its sigmoid.
  ///
  /// - Parameter threshold: the probability above which a place is positive, in `0...1`.
  public init(logits: [Float], labels: [Bool], threshold: Float = 0.5) {
    precondition(0...1 ~= threshold, "a threshold of \(threshold) is no probability")
    let limit = log(threshold / (1 - threshold))
    self.init(predicted: logits.map { $0 > limit }, labels: labels)
  }

  /// The counts of both masks together.
  public static func + (first: ConfusionCounts, second: ConfusionCounts) -> ConfusionCounts {
    ConfusionCounts(
      truePositives: first.truePositives + second.truePositives,
      falsePositives: first.falsePositives + second.falsePositives,
      trueNegatives: first.trueNegatives + second.trueNegatives,
      falseNegatives: first.falseNegatives + second.falseNegatives)
  }

  /// Places counted.
  public var total: Int { truePositives + falsePositives + trueNegatives + falseNegatives }
}
