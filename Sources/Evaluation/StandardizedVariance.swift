import Foundation

/// How much each gene's counts vary, beside genes of the same mean.
///
/// A curve of log₁₀ variance over log₁₀ mean, a ``LocalRegression`` of span 0.3 through all genes that
/// vary, tells the deviation σ that a gene's mean lets expect. The value is the sum over spots of
/// `((min(count, mean + σ · √spots) − mean) / σ)²`, divided by `spots − 1`: about 1 for most genes, more
/// for those that vary beyond that. A gene that does not vary has 0; with fewer than three genes that
/// vary, or without two spots, all have.
///
/// Source: the "vst" of Seurat 3 (Stuart et al., Cell 177, 2019), as scanpy's flavor `seurat_v3` has it.
///
/// - Parameters:
///   - spotCount: the spots, those without a count of the gene too.
///   - starts: gene g's counts are `counts[starts[g]..<starts[g + 1]]`.
///   - counts: as they were read, none below zero.
public func standardizedVariances(spotCount: Int, starts: [Int], counts: [Float]) -> [Double] {
  let genes = mapInParallel(starts.count - 1, smallest: 512) { genes in
    genes.map { GeneCounts(counts.span.extracting(starts[$0]..<starts[$0 + 1]), among: spotCount) }
  }
  let varying = genes.filter { $0.variance > 0 }
  guard varying.count >= 3 else { return genes.map { _ in 0 } }
  let expected = LocalRegression(
    varying.map { (x: log10($0.mean), y: log10($0.variance)) }, span: 0.3)
  return mapInParallel(genes.count, smallest: 512) { places in
    places.map { gene in
      guard genes[gene].variance > 0 else { return 0 }
      let deviation = pow(10, expected(log10(genes[gene].mean))).squareRoot()
      return genes[gene].standardized(
        counts.span.extracting(starts[gene]..<starts[gene + 1]), by: deviation)
    }
  }
}

/// Mean and variance of a gene's counts, in double precision.
private struct GeneCounts: Sendable {
  let spots: Double
  let mean: Double
  let variance: Double

  init(_ counts: Span<Float>, among spotCount: Int) {
    spots = Double(spotCount)
    var sum = 0.0
    for index in counts.indices { sum += Double(counts[index]) }
    mean = spotCount > 0 ? sum / spots : 0
    variance =
      spotCount > 1
      ? squares(counts, around: mean, among: spots, of: 1, atMost: .infinity) / (spots - 1) : 0
  }

  func standardized(_ counts: Span<Float>, by deviation: Double) -> Double {
    let greatest = mean + deviation * spots.squareRoot()
    return squares(counts, around: mean, among: spots, of: deviation, atMost: greatest)
      / (spots - 1)
  }
}

/// The sum over all spots of the squared distance to the mean, in deviations.
private func squares(
  _ counts: Span<Float>, around mean: Double, among spots: Double, of deviation: Double,
  atMost greatest: Double
) -> Double {
  let empty = mean / deviation
  var sum = (spots - Double(counts.count)) * empty * empty
  for index in counts.indices {
    let distance = (min(Double(counts[index]), greatest) - mean) / deviation
    sum += distance * distance
  }
  return sum
}
