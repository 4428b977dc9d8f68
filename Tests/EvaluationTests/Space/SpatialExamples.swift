import Evaluation
import TensorCore

/// The four neighbours of each place of a `side × side` grid, −1 beyond the edge.
func grid(_ side: Int, rowStandardized: Bool = false) -> NeighbourWeights {
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
func randomWeights(
  spots: Int, rowStandardized: Bool, using generator: inout SeededGenerator
) -> NeighbourWeights {
  let neighbours = (0..<spots * 3).map { _ in Int32(generator.nextIndex(below: spots + 4)) }
  return NeighbourWeights(
    neighbours: neighbours.map { $0 < spots ? $0 : -1 }, placesPerSpot: 3,
    rowStandardized: rowStandardized)
}

/// Genes of every density from none to full.
struct SparseGenes {
  var starts = [0]
  var spots: [UInt32] = []
  var values: [Float] = []
  var dense: [[Float]] = []

  init(spots spotCount: Int, genes: Int, using generator: inout SeededGenerator) {
    for gene in 0..<genes {
      let share = Double(gene) / Double(genes - 1)
      var row = [Float](repeating: 0, count: spotCount)
      for spot in 0..<spotCount where generator.nextUnit() < share {
        row[spot] = Float(generator.nextUnit() * 5)
        spots.append(UInt32(spot))
        values.append(row[spot])
      }
      starts.append(values.count)
      dense.append(row)
    }
  }
}
