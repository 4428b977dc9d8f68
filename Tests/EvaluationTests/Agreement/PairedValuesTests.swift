import Evaluation
import Foundation
import TensorCore
import Testing

private struct Cases: Decodable {
  struct Case: Decodable {
    var name: String
    var measured: [Double]
    var predicted: [Double]
    var rmse: Double
    var nrmseRange: Double?
    var nrmseDeviation: Double?
    var mae: Double
    var ssim: Double
    var jensenShannon: Double
    var mutualInformation: Double?
  }

  var cases: [Case]
}

/// A few spots of which a third hold nothing, and a prediction of them.
private func randomPair(_ generator: inout SeededGenerator) -> PairedValues {
  let spots = 2 + generator.nextIndex(below: 80)
  let measured = (0..<spots).map { _ in max(0, generator.nextUnit() * 3 - 1) }
  return PairedValues(
    measured: measured, predicted: measured.map { 0.3 * $0 + generator.nextUnit() })
}

@Suite struct PairedValuesTests {
  @Test func `errors and likeness are those of the references`() throws {
    for golden in try Golden.json("agreement.json", as: Cases.self).cases {
      let pair = PairedValues(measured: golden.measured, predicted: golden.predicted)
      let found: [(GeneMeasure, Double, Double?)] = [
        (.rmse, pair.rootMeanSquaredError, golden.rmse),
        (.nrmseRange, pair.errorByRange, golden.nrmseRange),
        (.nrmseDeviation, pair.errorByDeviation, golden.nrmseDeviation),
        (.mae, pair.meanAbsoluteError, golden.mae),
        (.ssim, pair.structuralSimilarity, golden.ssim),
        (.jensenShannon, pair.jensenShannonDivergence, golden.jensenShannon),
        (.mutualInformation, pair.mutualInformation, golden.mutualInformation),
      ]
      for (measure, value, expected) in found {
        let isRight = expected.map { abs(value - $0) < 1e-12 } ?? value.isNaN
        #expect(isRight, "\(golden.name): \(measure) is \(value), not \(expected ?? .nan)")
      }
    }
  }

  @Test func `small cases by hand`() {
    let pair = PairedValues(measured: [0, 2, 4, .nan], predicted: [1, 2, 2, 5])
    #expect(pair.spotCount == 3 && pair.meanAbsoluteError == 1)
    #expect(abs(pair.rootMeanSquaredError - (5.0 / 3).squareRoot()) < 1e-15)
    #expect(abs(pair.errorByRange - (5.0 / 3).squareRoot() / 4) < 1e-15)
    #expect(abs(pair.errorByDeviation - (5.0 / 3).squareRoot() / 2) < 1e-15)
    let apart = PairedValues(measured: [1, 0], predicted: [-3, 9])
    #expect(apart.jensenShannonDivergence == 1)
    // ½ (1 · log₂ 4/3) + ½ (½ log₂ 2/3 + ½ log₂ 2).
    let half = PairedValues(measured: [5, 0], predicted: [0, 0]).jensenShannonDivergence
    #expect(abs(half - (log2(4.0 / 3) + 0.5 * log2(2.0 / 3) + 0.5) / 2) < 1e-15)
  }

  @Test func `without spots nothing is defined and one spot has no spread`() {
    let all: [(PairedValues) -> Double] = [
      \.rootMeanSquaredError, \.meanAbsoluteError, \.errorByRange, \.errorByDeviation,
      \.structuralSimilarity, \.jensenShannonDivergence, \.mutualInformation,
    ]
    for pair in [
      PairedValues(measured: [], predicted: []),
      PairedValues(measured: [.nan, 1], predicted: [1, .nan]),
    ] {
      for measure in all { #expect(measure(pair).isNaN) }
    }
    let one = PairedValues(measured: [2], predicted: [5])
    #expect(one.rootMeanSquaredError == 3 && one.meanAbsoluteError == 3)
    #expect(one.jensenShannonDivergence == 0)
    #expect(one.errorByRange.isNaN && one.errorByDeviation.isNaN)
    #expect(one.structuralSimilarity.isNaN && one.mutualInformation.isNaN)
    let infinite = PairedValues(measured: [1, 2, 3], predicted: [1, 2, .infinity])
    #expect(infinite.rootMeanSquaredError == .infinity)
    #expect(infinite.structuralSimilarity.isNaN && infinite.jensenShannonDivergence.isNaN)
    #expect(infinite.mutualInformation == 1)
  }

  @Test(arguments: seeds)
  func `errors are symmetric, follow the scale and keep their order`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let pair = randomPair(&generator)
    let turned = PairedValues(measured: pair.predicted, predicted: pair.measured)
    #expect(turned.rootMeanSquaredError == pair.rootMeanSquaredError)
    #expect(turned.meanAbsoluteError == pair.meanAbsoluteError)
    #expect(pair.meanAbsoluteError <= pair.rootMeanSquaredError * (1 + 1e-12))
    let moved = PairedValues(
      measured: pair.measured.map { 4 * $0 + 3 }, predicted: pair.predicted.map { 4 * $0 + 3 })
    #expect(abs(moved.rootMeanSquaredError - 4 * pair.rootMeanSquaredError) < 1e-12)
    #expect(abs(moved.meanAbsoluteError - 4 * pair.meanAbsoluteError) < 1e-12)
    guard !pair.errorByRange.isNaN else { return }
    #expect(abs(moved.errorByRange - pair.errorByRange) < 1e-12)
    #expect(abs(moved.errorByDeviation - pair.errorByDeviation) < 1e-12)
    #expect(pair.errorByRange <= pair.errorByDeviation)
  }

  @Test(arguments: seeds)
  func `likeness is symmetric, within bounds and highest with itself`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let pair = randomPair(&generator)
    let turned = PairedValues(measured: pair.predicted, predicted: pair.measured)
    let same = PairedValues(measured: pair.predicted, predicted: pair.predicted)
    #expect(abs(turned.structuralSimilarity - pair.structuralSimilarity) < 1e-14)
    #expect(abs(turned.jensenShannonDivergence - pair.jensenShannonDivergence) < 1e-14)
    #expect((-1...1).contains(pair.structuralSimilarity))
    #expect((0...1).contains(pair.jensenShannonDivergence))
    #expect(abs(same.structuralSimilarity - 1) < 1e-14 && same.jensenShannonDivergence < 1e-14)
    #expect(abs(same.mutualInformation - 1) < 1e-14)
    guard !pair.mutualInformation.isNaN else { return }
    #expect((0...1).contains(pair.mutualInformation))
    #expect(abs(turned.mutualInformation - pair.mutualInformation) < 1e-14)
    let bent = PairedValues(
      measured: pair.measured.map { exp($0) }, predicted: pair.predicted.map { $0 * $0 * $0 })
    #expect(bent.mutualInformation == pair.mutualInformation)
  }

  @Test(arguments: seeds)
  func `a positive scale leaves likeness`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let pair = randomPair(&generator)
    // Powers of two, so that no value moves to another level by rounding.
    let scaled = PairedValues(
      measured: pair.measured.map { 8 * $0 }, predicted: pair.predicted.map { $0 / 4 })
    #expect(abs(scaled.structuralSimilarity - pair.structuralSimilarity) < 1e-14)
    #expect(abs(scaled.jensenShannonDivergence - pair.jensenShannonDivergence) < 1e-14)
  }
}
