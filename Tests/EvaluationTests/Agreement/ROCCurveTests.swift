import Evaluation
import Foundation
import TensorCore
import Testing

private struct Cases: Decodable {
  struct Case: Decodable {
    var name: String
    var y: [Int]
    var score: [Double]
    var auc: Double
    var averagePrecision: Double
  }

  var cases: [Case]
}

@Suite struct ROCCurveTests {
  @Test func `area and average precision are scikit-learn's`() throws {
    for golden in try Golden.json("roc_auc.json", as: Cases.self).cases {
      let curve = ROCCurve(truth: golden.y.map { $0 == 1 }, scores: golden.score)
      #expect(abs(curve.area - golden.auc) < 1e-14, "\(golden.name): \(curve.area)")
      #expect(
        abs(curve.averagePrecision - golden.averagePrecision) < 1e-14,
        "\(golden.name): \(curve.averagePrecision)")
    }
  }

  @Test func `the curve counts items above each score`() {
    let curve = ROCCurve(
      truth: [true, false, true, false, true], scores: [0.9, 0.5, 0.5, 0.1, .nan])
    #expect(curve.thresholds == [0.9, 0.5, 0.1])
    #expect(curve.truePositives == [1, 2, 2] && curve.falsePositives == [0, 1, 2])
    // Four pairs: three in order, one tied.
    #expect(curve.positives == 2 && curve.negatives == 2 && curve.area == 0.875)
    #expect(curve.averagePrecision == 0.5 * 1 + 0.5 * 2 / 3)
  }

  @Test func `one class has no area`() {
    #expect(areaUnderROC(truth: [true, true], scores: [1, 2]).isNaN)
    #expect(areaUnderROC(truth: [false, false], scores: [1, 2]).isNaN)
    #expect(areaUnderROC(truth: [], scores: []).isNaN)
    #expect(areaUnderROC(truth: [true, false], scores: [.nan, 1]).isNaN)
    #expect(ROCCurve(truth: [false], scores: [1]).averagePrecision.isNaN)
    #expect(ROCCurve(truth: [true, true], scores: [1, 2]).averagePrecision == 1)
    #expect(areaUnderROC(truth: [true, false], scores: [.infinity, -.infinity]) == 1)
  }

  @Test(arguments: seeds)
  func `the area is the share of pairs in the right order`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let items = 2 + generator.nextIndex(below: 60)
    let truth = (0..<items).map { $0 == 0 || ($0 > 1 && generator.nextUnit() < 0.3) }
    let scores = truth.map { Double(generator.nextIndex(below: 8) + ($0 ? 2 : 0)) }
    var pairs = (right: 0.0, all: 0.0)
    for first in 0..<items where truth[first] {
      for second in 0..<items where !truth[second] {
        pairs.all += 1
        pairs.right +=
          scores[first] > scores[second] ? 1 : scores[first] == scores[second] ? 0.5 : 0
      }
    }
    let area = areaUnderROC(truth: truth, scores: scores)
    #expect(abs(area - pairs.right / pairs.all) < 1e-14)
    #expect(abs(areaUnderROC(truth: truth, scores: scores.map { exp($0) }) - area) < 1e-15)
    #expect(abs(areaUnderROC(truth: truth, scores: scores.map { -$0 }) + area - 1) < 1e-14)
    #expect(abs(areaUnderROC(truth: truth.map { !$0 }, scores: scores) + area - 1) < 1e-14)
  }
}
