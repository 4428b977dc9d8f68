import Evaluation
import TensorCore
import Testing

private struct SpatialGolden: Decodable {
  struct Gene: Decodable {
    var name: String
    var values: [Float]
    var moranB: Double
    var moranR: Double
    var gearyB: Double
    var gearyR: Double
  }

  var neighbours: [Int32]
  var placesPerSpot: Int
  var genes: [Gene]
}

@Suite struct GearysCTests {
  @Test(arguments: [false, true])
  func `both spatial indices are those of PySAL`(rowStandardized: Bool) throws {
    let golden = try Golden.json("space.json", as: SpatialGolden.self)
    let weights = NeighbourWeights(
      neighbours: golden.neighbours, placesPerSpot: golden.placesPerSpot,
      rowStandardized: rowStandardized)
    let spots = (0..<weights.spotCount).map { UInt32($0) }
    for gene in golden.genes {
      let (i, c) =
        rowStandardized ? (gene.moranR, gene.gearyR) : (gene.moranB, gene.gearyB)
      let starts = [0, spots.count]
      // Sums of squares near 1,000² leave fewer digits for differences near 1.
      let tolerance = gene.name == "offset" ? 1e-8 : 1e-12
      let found = [
        (moransI(of: gene.values, weights: weights), i, 1e-12),
        (gearysC(of: gene.values, weights: weights), c, 1e-12),
        (
          moransI(ofGenesFrom: starts, spots: spots, values: gene.values, weights: weights)[0], i,
          tolerance
        ),
        (
          gearysC(ofGenesFrom: starts, spots: spots, values: gene.values, weights: weights)[0], c,
          tolerance
        ),
      ]
      for (value, expected, tolerance) in found {
        #expect(abs(value - expected) < tolerance, "\(gene.name): \(value), not \(expected)")
      }
    }
  }

  @Test func `a checkerboard is far above 1 and a gradient far below`() {
    let weights = grid(10)
    let board = (0..<100).map { Float(($0 / 10 + $0 % 10) % 2) }
    // Every neighbour differs by 1: 99 / (2 · W) · W / 25.
    #expect(abs(gearysC(of: board, weights: weights) - 99.0 / 50) < 1e-12)
    #expect(gearysC(of: (0..<100).map { Float($0 % 10) }, weights: weights) < 0.1)
  }

  @Test func `a small case of three spots by hand`() {
    // 1, 2, 6 in a row: Σ w (xᵢ − xⱼ)² = 2 · (1 + 16), Σ z² = 14, W = 4.
    let row = NeighbourWeights(neighbours: [1, -1, 0, 2, 1, -1], placesPerSpot: 2)
    #expect(abs(gearysC(of: [1, 2, 6], weights: row) - 2.0 / 8 * 34 / 14) < 1e-15)
  }

  @Test func `constant genes and lonely spots have no contrast`() {
    #expect(gearysC(of: [3, 3, 3, 3], weights: grid(2)).isNaN)
    let alone = NeighbourWeights(neighbours: [-1, -1], placesPerSpot: 1)
    #expect(gearysC(of: [1, 2], weights: alone).isNaN)
    #expect(gearysC(of: [1], weights: NeighbourWeights(neighbours: [-1], placesPerSpot: 1)).isNaN)
    let constant = gearysC(
      ofGenesFrom: [0, 0, 2, 6], spots: [0, 1, 0, 1, 2, 3], values: [0, 0, 0.1, 0.1, 0.1, 0.1],
      weights: grid(2))
    #expect(constant.map(\.isNaN) == [true, true, true])
    #expect(gearysC(ofGenesFrom: [0], spots: [], values: [], weights: grid(2)).isEmpty)
  }

  @Test(arguments: seeds)
  func `shifting, scaling and turning a gene leaves its contrast`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let weights = randomWeights(spots: 30, rowStandardized: seed % 2 == 0, using: &generator)
    let values = (0..<30).map { _ in Float(generator.nextNormal()) }
    let found = gearysC(of: values, weights: weights)
    #expect(found >= 0)
    // The shift rounds values near 8 in single precision: 5e-7 each.
    #expect(abs(gearysC(of: values.map { -4 * $0 + 8 }, weights: weights) - found) < 1e-5)
  }

  @Test(arguments: seeds)
  func `many sparse genes at once have the contrast of each alone`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let weights = randomWeights(spots: 40, rowStandardized: seed % 2 == 1, using: &generator)
    let genes = SparseGenes(spots: 40, genes: 150, using: &generator)
    let fast = gearysC(
      ofGenesFrom: genes.starts, spots: genes.spots, values: genes.values, weights: weights)
    let plain = genes.dense.map { gearysC(of: $0, weights: weights) }
    #expect(fast.map(\.isNaN) == plain.map(\.isNaN))
    let furthest = largestDifference(
      fast.map { $0.isNaN ? 0 : $0 }, plain.map { $0.isNaN ? 0 : $0 })
    #expect(furthest.difference < 1e-11, "gene \(furthest.place)")
  }
}
