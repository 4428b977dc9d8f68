/// How alike neighbouring spots are in one gene.
///
/// `I = n / W · Σᵢⱼ wᵢⱼ zᵢ zⱼ / Σᵢ zᵢ²` with `z = x − mean(x)` and `W = Σᵢⱼ wᵢⱼ`; spots without
/// neighbours count in n and in the mean. Unitless: about `−1 / (n − 1)` without any pattern,
/// towards 1 where like lies by like, below 0 where neighbours differ. Shifting or scaling the
/// values changes nothing. With row-standardized weights it lies in −1...1 for most layouts.
///
/// Source: Moran, Biometrika 1950; as `esda.Moran` of PySAL computes it.
/// Edge cases: NaN for a constant gene, and where no spot has a neighbour.
public func moransI(of values: [Float], weights: NeighbourWeights) -> Double {
  precondition(
    values.count == weights.spotCount, "\(values.count) values for \(weights.spotCount) spots")
  guard let first = values.first, values.contains(where: { $0 != first }), weights.total > 0
  else { return .nan }
  let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
  let deviations = values.map { Double($0) - mean }
  var products = 0.0
  for spot in 0..<weights.spotCount {
    for place in 0..<weights.placesPerSpot {
      let neighbour = weights.neighbours[spot * weights.placesPerSpot + place]
      guard neighbour >= 0 else { continue }
      products += weights.weightOfRow[spot] * deviations[spot] * deviations[Int(neighbour)]
    }
  }
  let squares = deviations.reduce(0) { $0 + $1 * $1 }
  return Double(values.count) / weights.total * products / squares
}

/// Moran's I of every gene of a sparse matrix, at a cost that follows its non-zero values.
///
/// The same as `moransI(of:weights:)` on each gene's values, by
/// `Σ wᵢⱼ zᵢ zⱼ = Σ wᵢⱼ xᵢ xⱼ − m Σ xᵢ (Σⱼ wᵢⱼ + Σⱼ wⱼᵢ) + m² W`, whose sums skip zeros. Works on
/// all cores.
///
/// Gene g's values are `values[starts[g]..<starts[g + 1]]` at the spots of the same places, each
/// spot at most once.
public func moransI(
  ofGenesFrom starts: [Int], spots: [UInt32], values: [Float], weights: NeighbourWeights
) -> [Double] {
  mapSpatialSums(ofGenesFrom: starts, spots: spots, values: values, weights: weights) { sums in
    let mean = sums.mean
    let products = sums.products - mean * sums.borders + mean * mean * sums.total
    return sums.spotCount / sums.total * products / sums.squares
  }
}
