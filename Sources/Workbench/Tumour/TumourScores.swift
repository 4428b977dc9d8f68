import Evaluation
import Foundation
import Sections

/// How well a map of tumour agrees with the pathologist's labels.
///
/// Over the spots with a settled label that something was predicted of; those labelled `undetermined`
/// are left out. A spot is called tumour at a probability above one half.
public struct TumourScores: Sendable, Hashable, Codable {
  /// The spots compared.
  public let spots: Int
  /// Those of them that the pathologist calls tumour.
  public let tumour: Int
  /// Those of them that the map calls tumour.
  public let called: Int
  /// The area under the curve of probabilities; nil where all spots are of one class.
  public let areaUnderROC: Double?
  /// The spots that both call tumour, as a share of those that either does; nil where neither does.
  public let iou: Double?
  /// The same as a share of the two added; nil where neither calls a spot tumour.
  public let dice: Double?

  /// Compares probabilities, NaN where nothing was predicted, with labels.
  ///
  /// Nil without labels, where none of them is one of the categories, and where no spot can be compared.
  public init?(of probabilities: [Float], labels: Annotation?, categories: [String]) {
    guard let labels, labels.categories.contains(where: categories.contains) else { return nil }
    let settled = labels.settledCategories
    let places = settled.indices.filter { settled[$0] != nil && !probabilities[$0].isNaN }
    guard !places.isEmpty else { return nil }
    let truth = places.map { place in
      settled[place].map { categories.contains(labels.categories[$0]) } ?? false
    }
    let values = places.map { probabilities[$0] }
    let counts = ConfusionCounts(probabilities: values, labels: truth)
    let measures = MaskMeasures(counts)
    func number(_ value: Double) -> Double? { value.isNaN ? nil : value }
    spots = counts.total
    tumour = counts.truePositives + counts.falseNegatives
    called = counts.truePositives + counts.falsePositives
    areaUnderROC = number(Evaluation.areaUnderROC(truth: truth, scores: values.map(Double.init)))
    (iou, dice) = (number(measures.iou), number(measures.dice))
  }

  /// The measures in two decimals: `AUC 0.79`, `IoU 0.38`, `Dice 0.55`; `–` for one that is none.
  public var facts: [String] {
    [("AUC", areaUnderROC), ("IoU", iou), ("Dice", dice)].map { "\($0) \($1.text(2))" }
  }

  /// What the numbers are, a sentence each.
  public static let explanations = [
    "AUC: the chance that a spot labelled tumour is given a higher probability than one labelled "
      + "otherwise; 1 where all are, 0.5 for chance. It needs spots of both kinds.",
    "IoU: of the spots that map or pathologist call tumour, the share that both do; the map does "
      + "above one half. Dice: twice the spots that both call tumour, by those of either added up.",
  ]
}
