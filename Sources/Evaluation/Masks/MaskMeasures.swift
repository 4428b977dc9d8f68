/// How well a predicted mask agrees with a drawn one, as fractions of the confusion counts.
///
/// With TP, FP, TN and FN the true and false positives and negatives:
/// `sensitivity = TP / (TP + FN)`, `specificity = TN / (TN + FP)`, `precision = TP / (TP + FP)`,
/// `accuracy = (TP + TN) / (TP + FP + TN + FN)`, `IoU = TP / (TP + FP + FN)` and
/// `F1 = dice = 2 TP / (2 TP + FP + FN)`. Range: 0...1, unitless, without smoothing.
///
/// Edge cases: a fraction whose denominator is 0 says nothing and is NaN, never 0 or 1. So
/// sensitivity is NaN without positive labels, specificity without negative ones, precision when
/// nothing is predicted positive, IoU, F1 and dice when neither mask has a positive place, and all
/// of them without places.
public struct MaskMeasures: Sendable, Hashable {
  /// The share of positive labels that are found.
  public let sensitivity: Double
  /// The share of negative labels that are left alone.
  public let specificity: Double
  /// The share of predicted places that are positive.
  public let precision: Double
  /// The share of all places on which both agree.
  public let accuracy: Double
  /// The harmonic mean of precision and sensitivity; the same as `dice` for masks of yes and no.
  public let f1: Double
  /// The places positive in both masks, as a share of those positive in either (Jaccard's index).
  public let iou: Double
  /// Twice the places positive in both, as a share of the two masks' positive places added.
  public let dice: Double

  /// Takes the counts of one mask, or of several added up.
  public init(_ counts: ConfusionCounts) {
    let (tp, fp) = (counts.truePositives, counts.falsePositives)
    let (tn, fn) = (counts.trueNegatives, counts.falseNegatives)
    // 0 / 0 is NaN, and the numerators are never above the denominators.
    func share(_ part: Int, of whole: Int) -> Double { Double(part) / Double(whole) }
    sensitivity = share(tp, of: tp + fn)
    specificity = share(tn, of: tn + fp)
    precision = share(tp, of: tp + fp)
    accuracy = share(tp + tn, of: counts.total)
    iou = share(tp, of: tp + fp + fn)
    dice = share(2 * tp, of: 2 * tp + fp + fn)
    f1 = dice
  }
}
