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
  precondition(
    starts.last == values.count && spots.count == values.count,
    "\(values.count) values at \(spots.count) spots, starts end elsewhere")
  return mapInParallel(starts.count - 1, smallest: 64) { genes in
    var dense = [Double](repeating: 0, count: weights.spotCount)
    return genes.map { gene in
      let range = starts[gene]..<starts[gene + 1]
      return sparseMoransI(
        spots: spots.span.extracting(range), values: values.span.extracting(range),
        weights: weights, dense: &dense)
    }
  }
}

/// - Parameter dense: a zero for every spot, before and after.
private func sparseMoransI(
  spots: Span<UInt32>, values: Span<Float>, weights: NeighbourWeights, dense: inout [Double]
) -> Double {
  guard weights.total > 0, varies(values, among: weights.spotCount) else { return .nan }
  let neighbours = weights.neighbours.span
  let weightOfRow = weights.weightOfRow.span
  let weightThroughSpot = weights.weightThroughSpot.span
  let places = weights.placesPerSpot
  let count = Double(weights.spotCount)
  var dense = dense.mutableSpan

  var sum = 0.0
  var borders = 0.0
  for index in values.indices {
    let value = Double(values[index])
    let spot = Int(spots[index])
    dense[spot] = value
    sum += value
    borders += value * weightThroughSpot[spot]
  }
  let mean = sum / count
  var products = 0.0
  var squares = (count - Double(values.count)) * mean * mean
  for index in values.indices {
    let spot = Int(spots[index])
    var around = 0.0
    for place in spot * places..<(spot + 1) * places where neighbours[place] >= 0 {
      around += dense[Int(neighbours[place])]
    }
    let value = dense[spot]
    products += weightOfRow[spot] * value * around
    squares += (value - mean) * (value - mean)
  }
  for index in values.indices { dense[Int(spots[index])] = 0 }
  return count / weights.total * (products - mean * borders + mean * mean * weights.total) / squares
}

/// Whether a gene has more than one value; spots that are not stored hold zeros.
func varies(_ values: Span<Float>, among spotCount: Int) -> Bool {
  let first = values.count < spotCount || values.isEmpty ? 0 : values[0]
  for index in values.indices where values[index] != first { return true }
  return false
}
