import Evaluation
import TensorCore
import Testing

private struct Segmentation: Decodable {
  struct Case: Decodable {
    var logits: [[Float]]
    var target: [[Float]]
    var iou: Double
    var diceFromIou: Double
    var sensitivity: Double
    var precision: Double
    var specificity: Double
    var accuracy: Double
    var f1: Double
  }
  var cases: [Case]
}

@Test func `mask measures by the released convention equal HiST's`() throws {
  let cases = try Golden.json("segmentation.json", as: Segmentation.self).cases
  #expect(cases.count == 2)
  for golden in cases {
    let labels = golden.target.flatMap { $0 }.map { $0 > 0.5 }
    let found = ReleasedMaskMeasures(
      ConfusionCounts(logits: golden.logits.flatMap { $0 }, labels: labels))
    // The golden's IoU was rounded to single precision.
    #expect(abs(found.iou - golden.iou) < 1e-6)
    #expect(abs(found.dice - golden.diceFromIou) < 1e-6)
    #expect(abs(found.sensitivity - golden.sensitivity) < 1e-12)
    #expect(abs(found.precision - golden.precision) < 1e-12)
    #expect(abs(found.specificity - golden.specificity) < 1e-12)
    #expect(abs(found.accuracy - golden.accuracy) < 1e-12)
    #expect(abs(found.f1 - golden.f1) < 1e-12)
  }
}

@Test func `plain mask measures are the released ones without what they add`() throws {
  let golden = try #require(Golden.json("segmentation.json", as: Segmentation.self).cases.first)
  let counts = ConfusionCounts(
    logits: golden.logits.flatMap { $0 }, labels: golden.target.flatMap { $0 }.map { $0 > 0.5 })
  #expect(
    counts
      == ConfusionCounts(
        truePositives: 14, falsePositives: 18, trueNegatives: 10, falseNegatives: 6))
  let found = MaskMeasures(counts)
  #expect(found.sensitivity == 14.0 / 20)
  #expect(found.specificity == 10.0 / 28)
  #expect(found.precision == 14.0 / 32)
  #expect(found.accuracy == 0.5)
  #expect(found.iou == 14.0 / 38)
  #expect(found.dice == 28.0 / 52 && found.f1 == found.dice)
}

@Test func `measures that a mask says nothing of are NaN`() {
  let empty = MaskMeasures(ConfusionCounts(predicted: [false, false], labels: [false, false]))
  #expect(empty.specificity == 1 && empty.accuracy == 1)
  for value in [empty.sensitivity, empty.precision, empty.iou, empty.dice, empty.f1] {
    #expect(value.isNaN)
  }
  let full = MaskMeasures(ConfusionCounts(predicted: [true, false], labels: [true, true]))
  #expect(full.specificity.isNaN)
  #expect(full.sensitivity == 0.5 && full.precision == 1 && full.iou == 0.5)
  let missed = MaskMeasures(ConfusionCounts(predicted: [true, false], labels: [false, false]))
  #expect(missed.iou == 0 && missed.precision == 0 && missed.sensitivity.isNaN)
  let none = MaskMeasures(ConfusionCounts())
  #expect(none.accuracy.isNaN && none.sensitivity.isNaN && none.specificity.isNaN)
}

@Test func `a probability of the threshold itself is negative`() {
  let labels = [true, true, true]
  let counts = ConfusionCounts(probabilities: [0.5, 0.500001, 0.49], labels: labels)
  #expect(counts.truePositives == 1 && counts.falseNegatives == 2)
  #expect(ConfusionCounts(logits: [0, 1e-6, -0.1], labels: labels) == counts)
  // ln(0.8 / 0.2) = 1.386.
  let strict = ConfusionCounts(logits: [1.38, 1.39, 9], labels: labels, threshold: 0.8)
  #expect(strict.truePositives == 2)
  let all = ConfusionCounts(logits: [-90, 0, 90], labels: labels, threshold: 0)
  #expect(all.truePositives == 3)
  #expect(ConfusionCounts(logits: [-90, 0, 90], labels: labels, threshold: 1).truePositives == 0)
}

@Test func `released labels are what equals the largest value, all of an empty mask`() {
  #expect(ReleasedMaskMeasures.releasedLabels(ofMask: [0, 1, 0]) == [false, true, false])
  let labels = ReleasedMaskMeasures.releasedLabels(ofMask: [0, 0, 0])
  #expect(labels == [true, true, true])
  let counts = ConfusionCounts(probabilities: [0.1, 0.2, 0.3], labels: labels)
  let found = ReleasedMaskMeasures(counts)
  #expect(found.accuracy == 0 && found.sensitivity == 0)
  #expect(ReleasedMaskMeasures.releasedLabels(ofMask: []).isEmpty)
}

@Test(arguments: seeds)
func `counts of two sections add up to those of both together`(seed: UInt64) {
  var generator = SeededGenerator(seed: seed)
  let probabilities = (0..<40).map { _ in Float(generator.nextUnit()) }
  let labels = (0..<40).map { _ in generator.nextUnit() < 0.3 }
  func counts(_ range: Range<Int>) -> ConfusionCounts {
    ConfusionCounts(probabilities: Array(probabilities[range]), labels: Array(labels[range]))
  }
  let whole = counts(0..<40)
  #expect(counts(0..<13) + counts(13..<40) == whole)
  #expect(whole.total == 40)
  #expect(whole.truePositives + whole.falseNegatives == labels.count { $0 })
}
