import Evaluation
import TensorCore
import Testing

/// The four neighbours of each place of a `side × side` grid, −1 beyond the edge.
private func grid(_ side: Int, rowStandardized: Bool = false) -> NeighbourWeights {
  var neighbours: [Int32] = []
  for row in 0..<side {
    for column in 0..<side {
      for (down, right) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
        let (r, c) = (row + down, column + right)
        let inside = 0..<side ~= r && 0..<side ~= c
        neighbours.append(inside ? Int32(r * side + c) : -1)
      }
    }
  }
  return NeighbourWeights(
    neighbours: neighbours, placesPerSpot: 4, rowStandardized: rowStandardized)
}

/// Every spot's neighbours drawn at random, some places empty: not symmetric.
private func randomWeights(
  spots: Int, rowStandardized: Bool, using generator: inout SeededGenerator
) -> NeighbourWeights {
  let neighbours = (0..<spots * 3).map { _ in Int32(generator.nextIndex(below: spots + 4)) }
  return NeighbourWeights(
    neighbours: neighbours.map { $0 < spots ? $0 : -1 }, placesPerSpot: 3,
    rowStandardized: rowStandardized)
}

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
  let (spots, genes) = (40, 150)
  let weights = randomWeights(
    spots: spots, rowStandardized: seed % 2 == 1, using: &generator)
  var starts = [0]
  var spotOfValue: [UInt32] = []
  var values: [Float] = []
  var dense: [[Float]] = []
  for gene in 0..<genes {
    let share = Double(gene) / Double(genes - 1)
    var row = [Float](repeating: 0, count: spots)
    for spot in 0..<spots where generator.nextUnit() < share {
      row[spot] = Float(generator.nextUnit() * 5)
      spotOfValue.append(UInt32(spot))
      values.append(row[spot])
    }
    starts.append(values.count)
    dense.append(row)
  }
  let fast = moransI(ofGenesFrom: starts, spots: spotOfValue, values: values, weights: weights)
  let plain = dense.map { moransI(of: $0, weights: weights) }
  #expect(fast.map(\.isNaN) == plain.map(\.isNaN))
  let nearest = largestDifference(
    fast.map { $0.isNaN ? 0 : $0 }, plain.map { $0.isNaN ? 0 : $0 })
  #expect(nearest.difference < 1e-11, "gene \(nearest.place)")
}
