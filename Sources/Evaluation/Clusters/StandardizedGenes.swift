/// Each gene less its mean, divided by its standard deviation with denominator `n − 1`.
///
/// What the code released with THItoGene does to predictions, not to the observed expression, before it
/// clusters them: over all spots of the section, those dropped later too (scanpy's `pp.scale`).
/// Shape: `[spots, genes]`, row by row, in and out.
/// Edge cases: a constant gene becomes 0; a gene with a value that is not finite becomes NaN.
public func standardizedGenes(_ block: [Float], spots: Int, genes: Int) -> [Float] {
  var result = block
  for gene in 0..<genes {
    let values = (0..<spots).map { Double(block[$0 * genes + gene]) }
    let mean = values.reduce(0, +) / Double(spots)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(max(spots - 1, 1))).squareRoot()
    // What rounding leaves of a constant gene's deviation is no scale to divide by.
    let scale = deviation > 1e-12 * max(abs(mean), 1) ? 1 / deviation : 0
    for spot in 0..<spots { result[spot * genes + gene] = Float((values[spot] - mean) * scale) }
  }
  return result
}
