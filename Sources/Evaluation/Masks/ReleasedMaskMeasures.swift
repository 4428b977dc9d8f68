/// The measures of a mask as the code released with HiST computes them, to reproduce its values.
///
/// With TP, FP, TN and FN the true and false positives and negatives, `ε = 1e-6` and `s = 1e-5`:
/// `sensitivity = TP / (TP + FN + ε)`, `specificity = TN / (TN + FP + ε)`,
/// `precision = TP / (TP + FP + ε)`, `accuracy = (TP + TN) / (TP + FP + TN + FN)`,
/// `F1 = 2 · sensitivity · precision / (sensitivity + precision + ε)`,
/// `IoU = (TP + s) / (TP + FP + FN + s)` and `dice = 2 · IoU / (IoU + 1)`. Range: 0...1, unitless.
///
/// Source: HiST's released code. `MaskMeasures` has the plain definitions, which are the default.
/// Departures from those: an empty prediction of an empty mask has an IoU and dice of 1 by the
/// smoothing, and a sensitivity, precision and F1 of 0, where the plain ones are NaN. Its helpers
/// take as positive what equals the mask's largest value: see `releasedLabels(ofMask:)`.
/// Edge cases: accuracy is NaN without places.
public struct ReleasedMaskMeasures: Sendable, Hashable {
  /// The share of positive labels that are found.
  public let sensitivity: Double
  /// The share of negative labels that are left alone.
  public let specificity: Double
  /// The share of predicted places that are positive.
  public let precision: Double
  /// The share of all places on which both agree.
  public let accuracy: Double
  /// The harmonic mean of precision and sensitivity.
  public let f1: Double
  /// The places positive in both masks, as a share of those positive in either.
  public let iou: Double
  /// The same as a share of the two masks added, from the smoothed IoU.
  public let dice: Double

  private static let epsilon = 1e-6
  private static let smoothing = 1e-5

  /// Takes the counts of one mask, or of several added up.
  public init(_ counts: ConfusionCounts) {
    let (tp, fp) = (Double(counts.truePositives), Double(counts.falsePositives))
    let (tn, fn) = (Double(counts.trueNegatives), Double(counts.falseNegatives))
    sensitivity = tp / (tp + fn + Self.epsilon)
    specificity = tn / (tn + fp + Self.epsilon)
    precision = tp / (tp + fp + Self.epsilon)
    accuracy = (tp + tn) / (tp + fp + tn + fn)
    f1 = 2 * sensitivity * precision / (sensitivity + precision + Self.epsilon)
    iou = (tp + Self.smoothing) / (tp + fp + fn + Self.smoothing)
    dice = 2 * iou / (iou + 1)
  }

  /// What the released helpers take for positive: places that equal the mask's largest value.
  ///
  /// The same as `value > 0.5` for a mask of 0 and 1 with at least one place of 1. Edge case: in a
  /// mask of zeros alone every place equals the largest value and counts as positive, so that an
  /// empty prediction of it has an accuracy of 0.
  public static func releasedLabels(ofMask mask: [Float]) -> [Bool] {
    guard let largest = mask.max() else { return [] }
    return mask.map { $0 == largest }
  }
}
