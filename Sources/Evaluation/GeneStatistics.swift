/// Mean, variance and number of non-zero spots of every gene.
///
/// `mean = Σx / n` and `variance = Σ(x − mean)² / (n − 1)` over all n spots of the section, those
/// left out of the sparse storage counting as 0. Units are those of the values, squared for the
/// variance. Summed in double precision.
/// Edge cases: without spots the mean is 0; with fewer than two the variance is 0.
public struct GeneStatistics: Sendable, Hashable {
  /// Mean over all spots, a gene.
  public let mean: [Float]
  /// Sample variance, denominator `n − 1`, a gene.
  public let variance: [Float]
  /// Spots with a value other than 0, a gene.
  public let nonzero: [Int32]

  /// Takes values stored by gene: gene g's are `values[starts[g]..<starts[g + 1]]`.
  public init(spotCount: Int, starts: [Int], values: [Float]) {
    precondition(starts.last == values.count, "\(values.count) values, starts end elsewhere")
    let genes = mapInParallel(starts.count - 1, smallest: 512) { genes in
      genes.map { gene in
        statistics(of: values.span.extracting(starts[gene]..<starts[gene + 1]), among: spotCount)
      }
    }
    mean = genes.map(\.mean)
    variance = genes.map(\.variance)
    nonzero = genes.map(\.nonzero)
  }

  /// Joins the statistics of blocks of genes, in their order.
  public init(joining blocks: [GeneStatistics]) {
    mean = blocks.flatMap(\.mean)
    variance = blocks.flatMap(\.variance)
    nonzero = blocks.flatMap(\.nonzero)
  }
}

private struct Statistics: Sendable {
  var mean: Float
  var variance: Float
  var nonzero: Int32
}

private func statistics(of values: Span<Float>, among spotCount: Int) -> Statistics {
  var sum = 0.0
  var nonzero: Int32 = 0
  for index in values.indices {
    sum += Double(values[index])
    if values[index] != 0 { nonzero += 1 }
  }
  let mean = spotCount > 0 ? sum / Double(spotCount) : 0
  // A second pass, since Σx² − n · mean² loses the variance of a gene that varies little.
  var squares = Double(spotCount - values.count) * mean * mean
  for index in values.indices {
    let deviation = Double(values[index]) - mean
    squares += deviation * deviation
  }
  let variance = spotCount > 1 ? squares / Double(spotCount - 1) : 0
  return Statistics(mean: Float(mean), variance: Float(variance), nonzero: nonzero)
}
