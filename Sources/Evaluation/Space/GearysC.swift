/// How unlike neighbouring spots are in one gene.
///
/// `C = (n − 1) / (2 W) · Σᵢⱼ wᵢⱼ (xᵢ − xⱼ)² / Σᵢ (xᵢ − mean(x))²` with `W = Σᵢⱼ wᵢⱼ`; spots
/// without neighbours count in n and in the mean. Unitless, 0 or more: about 1 without any pattern,
/// towards 0 where like lies by like, above 1 where neighbours differ. Shifting or scaling the
/// values changes nothing. Looks at differences between neighbours where ``moransI(of:weights:)``
/// looks at the pattern as a whole.
///
/// Source: Geary, The Incorporated Statistician 1954; as `esda.Geary` of PySAL computes it.
/// Edge cases: NaN for a constant gene, and where no spot has a neighbour.
public func gearysC(of values: [Float], weights: NeighbourWeights) -> Double {
  precondition(
    values.count == weights.spotCount, "\(values.count) values for \(weights.spotCount) spots")
  guard let first = values.first, values.contains(where: { $0 != first }), weights.total > 0
  else { return .nan }
  let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
  let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
  var differences = 0.0
  for spot in 0..<weights.spotCount {
    for place in 0..<weights.placesPerSpot {
      let neighbour = weights.neighbours[spot * weights.placesPerSpot + place]
      guard neighbour >= 0 else { continue }
      let difference = Double(values[spot]) - Double(values[Int(neighbour)])
      differences += weights.weightOfRow[spot] * difference * difference
    }
  }
  return Double(values.count - 1) / (2 * weights.total) * differences / squares
}

/// Geary's C of every gene of a sparse matrix, at a cost that follows its non-zero values.
///
/// The same as `gearysC(of:weights:)` on each gene's values, by
/// `Σ wᵢⱼ (xᵢ − xⱼ)² = Σ xᵢ² (Σⱼ wᵢⱼ + Σⱼ wⱼᵢ) − 2 Σ wᵢⱼ xᵢ xⱼ`, whose sums skip zeros. Works on
/// all cores.
///
/// Gene g's values are `values[starts[g]..<starts[g + 1]]` at the spots of the same places, each
/// spot at most once.
public func gearysC(
  ofGenesFrom starts: [Int], spots: [UInt32], values: [Float], weights: NeighbourWeights
) -> [Double] {
  mapSpatialSums(ofGenesFrom: starts, spots: spots, values: values, weights: weights) { sums in
    // Rounding must not make it negative.
    let differences = max(0, sums.squareBorders - 2 * sums.products)
    return (sums.spotCount - 1) / (2 * sums.total) * differences / sums.squares
  }
}
