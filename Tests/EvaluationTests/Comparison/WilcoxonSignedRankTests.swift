import Evaluation
import Foundation
import TensorCore
import Testing

private struct Cases: Decodable {
  struct Case: Decodable {
    var name: String
    var differences: [Double]
    var isExact: Bool
    var statistic: Double
    var p: Double
    var minusLog10P: Double
  }

  var cases: [Case]
}

@Suite struct WilcoxonSignedRankTests {
  @Test func `W and p are SciPy's`() throws {
    for golden in try Golden.json("wilcoxon.json", as: Cases.self).cases {
      let found = WilcoxonSignedRank(differences: golden.differences)
      #expect(found.statistic == golden.statistic, "\(golden.name)")
      #expect(found.isExact == golden.isExact, "\(golden.name)")
      #expect(
        abs(found.pValue - golden.p) <= 1e-12 * golden.p, "\(golden.name): \(found.pValue)")
      #expect(
        abs(found.minusLog10P - golden.minusLog10P) <= 1e-12 * (1 + golden.minusLog10P),
        "\(golden.name): \(found.minusLog10P), not \(golden.minusLog10P)")
    }
  }

  @Test func `p goes on past the smallest number`() {
    // −log₁₀ 2Φ(−122.47) by scipy.stats.norm.logsf.
    let found = WilcoxonSignedRank(differences: (1...20_000).map(Double.init))
    #expect(found.pValue == 0)
    #expect(abs(found.minusLog10P - 3259.4761823979798) < 1e-8, "\(found.minusLog10P)")
  }

  @Test func `without differences there is nothing to test`() {
    for differences in [[], [0, 0], [.nan, .nan]] as [[Double]] {
      let found = WilcoxonSignedRank(differences: differences)
      #expect(found.count == 0 && found.statistic.isNaN)
      #expect(found.pValue.isNaN && found.minusLog10P.isNaN)
    }
    let one = WilcoxonSignedRank([3, .nan], [1, 2])
    #expect(one.count == 1 && one.pValue == 1 && one.positiveRanks == 1)
    #expect(WilcoxonSignedRank(differences: [.infinity, -1]).positiveRanks == 2)
  }

  @Test(arguments: seeds)
  func `order, sign and scale change nothing`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let pairs = 1 + generator.nextIndex(below: 80)
    // Whole numbers, so that there are zeros and ties.
    let differences = (0..<pairs).map { _ in
      seed % 2 == 0 ? Double(generator.nextIndex(below: 21) - 8) : generator.nextNormal() + 0.3
    }
    let found = WilcoxonSignedRank(differences: differences)
    let other = WilcoxonSignedRank(differences: differences.reversed().map { -4 * $0 })
    guard found.count > 0 else { return }
    #expect(found.statistic == other.statistic && found.positiveRanks == other.negativeRanks)
    #expect(found.pValue == other.pValue && (0...1).contains(found.pValue))
    let count = Double(found.count)
    #expect(found.positiveRanks + found.negativeRanks == count * (count + 1) / 2)
    #expect(found.statistic <= count * (count + 1) / 4 && found.minusLog10P >= 0)
  }
}
