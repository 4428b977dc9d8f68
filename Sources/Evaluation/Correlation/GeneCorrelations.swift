/// Correlates predicted genes with the same genes as measured, on all cores.
///
/// The same as `PearsonCorrelation` on each pair, by
/// `Σ dx · dy = Σ (x − m) dy + m Σ dy` over the spots that are stored, since `dy` adds up to 0: the
/// measured zeros cost nothing. Spots with a NaN are left out of their gene alone.
///
/// - Parameters:
///   - starts: measured gene g has the values `starts[g]..<starts[g + 1]`, zeros left out.
///   - spots: the spot of each value, each at most once a gene.
///   - values: measured expression.
///   - predicted: `[genes, spots]`.
///   - measuredGene: for each predicted gene its place among the measured ones.
public func pearsonCorrelations(
  ofGenesFrom starts: [Int], spots: [UInt32], values: [Float], spotCount: Int,
  with predicted: [Float], measuredGene: [Int]
) -> [PearsonCorrelation] {
  precondition(
    starts.last == values.count && spots.count == values.count,
    "\(values.count) values at \(spots.count) spots, starts end elsewhere")
  precondition(
    predicted.count == measuredGene.count * spotCount,
    "\(predicted.count) values are not those of \(measuredGene.count) genes at \(spotCount) spots")
  return mapInParallel(measuredGene.count, smallest: 64) { genes in
    genes.map { gene in
      let range = starts[measuredGene[gene]]..<starts[measuredGene[gene] + 1]
      return correlation(
        spots: spots.span.extracting(range), values: values.span.extracting(range),
        predicted: predicted.span.extracting(gene * spotCount..<(gene + 1) * spotCount))
    }
  }
}

/// Correlates one gene; spots that are not stored hold zeros.
func correlation(
  spots: Span<UInt32>, values: Span<Float>, predicted: Span<Float>
) -> PearsonCorrelation {
  let count = Double(predicted.count)
  let sumY = sum(predicted) { $0 }
  let sumX = sum(values) { $0 }
  // Anything but finite numbers is rare, and left to the plain way, as are a spot or two.
  guard sumX.isFinite, sumY.isFinite, predicted.count > 2 else {
    var x = [Double](repeating: 0, count: predicted.count)
    for index in values.indices { x[Int(spots[index])] = Double(values[index]) }
    return PearsonCorrelation(x, predicted.indices.map { Double(predicted[$0]) })
  }
  let none = PearsonCorrelation(r: .nan, spotCount: predicted.count)
  guard varies(values, among: predicted.count), varies(predicted, among: predicted.count) else {
    return none
  }

  let (meanX, meanY) = (sumX / count, sumY / count)
  let squaresY = sum(predicted) { ($0 - meanY) * ($0 - meanY) }
  var squaresX = (count - Double(values.count)) * meanX * meanX
  var products = 0.0
  var deviationsY = 0.0
  for index in values.indices {
    let x = Double(values[index]) - meanX
    let y = Double(predicted[Int(spots[index])]) - meanY
    squaresX += x * x
    products += x * y
    deviationsY += y
  }
  // Where every spot is stored there are no zeros to make up for.
  if values.count < predicted.count { products += meanX * deviationsY }
  let r = products / (squaresX.squareRoot() * squaresY.squareRoot())
  return PearsonCorrelation(r: min(max(r, -1), 1), spotCount: predicted.count)
}

/// `Σ term(value)` in eight running sums, whose additions do not wait for each other.
@inline(__always)
private func sum(_ values: Span<Float>, _ term: (SIMD8<Double>) -> SIMD8<Double>) -> Double {
  var sums = SIMD8<Double>()
  var index = 0
  while index &+ 8 <= values.count {
    var lanes = SIMD8<Float>()
    for lane in 0..<8 { lanes[lane] = values[index &+ lane] }
    sums += term(SIMD8<Double>(lanes))
    index &+= 8
  }
  var total = sums.sum()
  while index < values.count {
    total += term(SIMD8(repeating: Double(values[index])))[0]
    index &+= 1
  }
  return total
}
