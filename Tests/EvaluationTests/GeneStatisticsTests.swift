import Evaluation
import TensorCore
import Testing

@Test func `zeros that are not stored count in mean and variance`() {
  // Genes: 2, 4, 0, 0; nothing; a stored zero beside 8.
  let found = GeneStatistics(spotCount: 4, starts: [0, 2, 2, 4], values: [2, 4, 0, 8])
  #expect(found.mean == [1.5, 0, 2])
  // Σ(x − 1.5)² = 0.25 + 6.25 + 2 · 2.25 = 11; Σ(x − 2)² = 36 + 3 · 4 = 48; both over 3.
  #expect(found.variance == [Float(11.0 / 3), 0, 16])
  #expect(found.nonzero == [2, 0, 1])
}

@Test func `few spots have no variance`() {
  #expect(GeneStatistics(spotCount: 1, starts: [0, 1], values: [3]).variance == [0])
  let none = GeneStatistics(spotCount: 0, starts: [0, 0], values: [])
  #expect(none.mean == [0] && none.variance == [0] && none.nonzero == [0])
}

@Test(arguments: seeds)
func `shifting a gene changes its mean alone`(seed: UInt64) {
  var generator = SeededGenerator(seed: seed)
  let (genes, spots) = (1100, 9)
  let values = (0..<genes * spots).map { _ in Float(generator.nextUnit()) }
  let starts = (0...genes).map { $0 * spots }
  let before = GeneStatistics(spotCount: spots, starts: starts, values: values)
  let after = GeneStatistics(spotCount: spots, starts: starts, values: values.map { $0 + 16 })
  let mean = largestDifference(
    before.mean.map { Double($0) + 16 }, after.mean.map(Double.init))
  let variance = largestDifference(
    before.variance.map(Double.init), after.variance.map(Double.init))
  // The shift rounds values near 16 in single precision: 1e-6 each.
  #expect(mean.difference < 4e-6, "gene \(mean.place)")
  #expect(variance.difference < 4e-6, "gene \(variance.place)")
}
