import Evaluation
import TensorCore
import Testing

@Test(arguments: [false, true])
func `a checkerboard is as unlike as can be and a gradient alike`(rowStandardized: Bool) {
  let weights = grid(10, rowStandardized: rowStandardized)
  let board = (0..<100).map { Float(($0 / 10 + $0 % 10) % 2) }
  #expect(abs(moransI(of: board, weights: weights) + 1) < 1e-12)
  let gradient = (0..<100).map { Float($0 % 10) }
  #expect(moransI(of: gradient, weights: weights) > 0.8)
}

@Test func `a small case by hand`() {
  // Three in a row with values 1, 2, 6: z = −2, −1, 3; Σ w z z = 2 · (2 − 3), Σ z² = 14, W = 4.
  let row = NeighbourWeights(neighbours: [1, -1, 0, 2, 1, -1], placesPerSpot: 2)
  #expect(abs(moransI(of: [1, 2, 6], weights: row) - 3.0 / 4 * -2 / 14) < 1e-15)
  // Row-standardized: 2 · 1 + ½ · 2 + ½ · −3 + 1 · −3 = −1.5, W = 3.
  let even = NeighbourWeights(
    neighbours: [1, -1, 0, 2, 1, -1], placesPerSpot: 2, rowStandardized: true)
  #expect(abs(moransI(of: [1, 2, 6], weights: even) - -1.5 / 14) < 1e-15)
}

@Test func `constant genes and lonely spots have no index`() {
  #expect(moransI(of: [3, 3, 3, 3], weights: grid(2)).isNaN)
  let alone = NeighbourWeights(neighbours: [-1, -1], placesPerSpot: 1)
  #expect(moransI(of: [1, 2], weights: alone).isNaN)
  // No values, zeros stored as values, and the same value at every spot.
  let constant = moransI(
    ofGenesFrom: [0, 0, 2, 6], spots: [0, 1, 0, 1, 2, 3], values: [0, 0, 0.1, 0.1, 0.1, 0.1],
    weights: grid(2))
  #expect(constant.map(\.isNaN) == [true, true, true])
}

@Test(arguments: seeds)
func `shifting and scaling a gene leaves its index`(seed: UInt64) {
  var generator = SeededGenerator(seed: seed)
  let weights = randomWeights(
    spots: 30, rowStandardized: seed % 2 == 0, using: &generator)
  let values = (0..<30).map { _ in Float(generator.nextNormal()) }
  let moved = values.map { 4 * $0 + 8 }
  // The shift rounds values near 8 in single precision: 5e-7 each.
  #expect(
    abs(moransI(of: values, weights: weights) - moransI(of: moved, weights: weights)) < 1e-5)
}

@Test(arguments: seeds)
func `many sparse genes at once give what each alone gives`(seed: UInt64) {
  var generator = SeededGenerator(seed: seed)
  let weights = randomWeights(spots: 40, rowStandardized: seed % 2 == 1, using: &generator)
  let genes = SparseGenes(spots: 40, genes: 150, using: &generator)
  let fast = moransI(
    ofGenesFrom: genes.starts, spots: genes.spots, values: genes.values, weights: weights)
  let plain = genes.dense.map { moransI(of: $0, weights: weights) }
  #expect(fast.map(\.isNaN) == plain.map(\.isNaN))
  let nearest = largestDifference(
    fast.map { $0.isNaN ? 0 : $0 }, plain.map { $0.isNaN ? 0 : $0 })
  #expect(nearest.difference < 1e-11, "gene \(nearest.place)")
}
