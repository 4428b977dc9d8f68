import Evaluation
import TensorCore
import Testing

@Suite struct PairedComparisonTests {
  @Test func `genes are won, lost, tied or left out`() {
    let (first, second) = ([0.5, 0.25, .nan, 0.5, 0.75, 0], [0.25, 0.5, 1, .nan, 0, 0])
    let found = PairedComparison(first, second)
    #expect(found.genes == 4 && found.genesLeftOut == 2)
    #expect(found.won == 2 && found.lost == 1 && found.tied == 1)
    // Differences 0.25, −0.25, 0.75, 0.
    #expect(found.meanDifference == 0.1875 && found.medianDifference == 0.125)
    #expect(found.wilcoxon == WilcoxonSignedRank(differences: [0.25, -0.25, 0.75, 0]))
    let errors = PairedComparison(first, second, isBetterHigher: false)
    #expect(errors.won == 1 && errors.lost == 2 && errors.meanDifference == 0.1875)
  }

  @Test func `nothing to compare has no difference`() {
    for found in [PairedComparison([], []), PairedComparison([.nan, 1], [2, .nan])] {
      #expect(found.genes == 0 && found.won + found.lost + found.tied == 0)
      #expect(found.meanDifference.isNaN && found.medianDifference.isNaN)
      #expect(found.wilcoxon.pValue.isNaN)
    }
    // A correlation of 1 has infinite −log₁₀ p.
    let endless = PairedComparison([.infinity, 1], [.infinity, .infinity])
    #expect(endless.tied == 1 && endless.lost == 1)
    #expect(PairedComparison([3], [1]).medianDifference == 2)
  }

  @Test(arguments: seeds)
  func `the other way round everything is turned`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let first = (0..<30).map { _ in Double(generator.nextIndex(below: 9)) / 8 }
    let second = (0..<30).map { _ in Double(generator.nextIndex(below: 9)) / 8 }
    let (found, turned) = (PairedComparison(first, second), PairedComparison(second, first))
    #expect(found.won == turned.lost && found.lost == turned.won && found.tied == turned.tied)
    #expect(found.won + found.lost + found.tied == 30)
    #expect(found.meanDifference == -turned.meanDifference)
    #expect(found.medianDifference == -turned.medianDifference)
    #expect(found.wilcoxon.pValue == turned.wilcoxon.pValue)
  }
}
