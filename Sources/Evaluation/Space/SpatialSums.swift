/// What the spatial indices of one sparse gene are made of, found without visiting its zeros.
struct SpatialSums {
  /// Spots, n.
  let spotCount: Double
  /// `Σᵢⱼ wᵢⱼ`.
  let total: Double
  /// Mean over all spots, m.
  let mean: Double
  /// `Σᵢ (xᵢ − m)²`.
  let squares: Double
  /// `Σᵢⱼ wᵢⱼ xᵢ xⱼ`.
  let products: Double
  /// `Σᵢ xᵢ (Σⱼ wᵢⱼ + Σⱼ wⱼᵢ)`.
  let borders: Double
  /// `Σᵢ xᵢ² (Σⱼ wᵢⱼ + Σⱼ wⱼᵢ)`.
  let squareBorders: Double

  /// Nil for a constant gene and where no spot has a neighbour.
  ///
  /// - Parameter dense: a zero for every spot, before and after.
  init?(
    spots: Span<UInt32>, values: Span<Float>, weights: NeighbourWeights, dense: inout [Double]
  ) {
    guard weights.total > 0, varies(values, among: weights.spotCount) else { return nil }
    let neighbours = weights.neighbours.span
    let weightOfRow = weights.weightOfRow.span
    let weightThroughSpot = weights.weightThroughSpot.span
    let places = weights.placesPerSpot
    var dense = dense.mutableSpan

    var (sum, borders, squareBorders) = (0.0, 0.0, 0.0)
    for index in values.indices {
      let value = Double(values[index])
      let spot = Int(spots[index])
      dense[spot] = value
      sum += value
      borders += value * weightThroughSpot[spot]
      squareBorders += value * value * weightThroughSpot[spot]
    }
    spotCount = Double(weights.spotCount)
    mean = sum / spotCount
    var products = 0.0
    var squares = (spotCount - Double(values.count)) * mean * mean
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
    total = weights.total
    self.squares = squares
    self.products = products
    self.borders = borders
    self.squareBorders = squareBorders
  }
}

/// An index of every gene of a sparse matrix, on all cores; NaN where a gene has no sums.
func mapSpatialSums(
  ofGenesFrom starts: [Int], spots: [UInt32], values: [Float], weights: NeighbourWeights,
  _ index: @Sendable (SpatialSums) -> Double
) -> [Double] {
  precondition(
    starts.last == values.count && spots.count == values.count,
    "\(values.count) values at \(spots.count) spots, starts end elsewhere")
  return mapInParallel(starts.count - 1, smallest: 64) { genes in
    var dense = [Double](repeating: 0, count: weights.spotCount)
    return genes.map { gene in
      let range = starts[gene]..<starts[gene + 1]
      let sums = SpatialSums(
        spots: spots.span.extracting(range), values: values.span.extracting(range),
        weights: weights, dense: &dense)
      return sums.map(index) ?? .nan
    }
  }
}

/// Whether a gene has more than one value; spots that are not stored hold zeros.
func varies(_ values: Span<Float>, among spotCount: Int) -> Bool {
  let first = values.count < spotCount || values.isEmpty ? 0 : values[0]
  for index in values.indices where values[index] != first { return true }
  return false
}
