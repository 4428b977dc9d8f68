import COpenBLAS
import TensorCore

/// The spots of a section drawn again with replacement, many times over.
///
/// Each replicate draws as many spots as there are; a spot drawn k times has weight k, so that its
/// weights are multinomial and add up to the number of spots. The same seed draws the same spots,
/// so that methods are compared over equal replicates. Neighbouring spots are alike: intervals made
/// of these replicates are narrower than those of independent sections.
///
/// Source: Efron, Ann. Stat. 1979.
public struct SpotBootstrap: Sendable {
  /// Spots of the section.
  public let spotCount: Int
  /// How often spots are drawn.
  public let replicates: Int
  /// `[spots, replicates]`: how often each replicate drew each spot.
  public let weights: [Double]

  /// Draws spots; each replicate has random numbers of its own.
  public init(spotCount: Int, replicates: Int = 1000, seed: UInt64 = 0) {
    precondition(spotCount >= 0 && replicates > 0, "\(replicates) replicates of \(spotCount) spots")
    self.spotCount = spotCount
    self.replicates = replicates
    var weights = [Double](repeating: 0, count: spotCount * replicates)
    for replicate in 0..<replicates {
      var generator = SeededGenerator(seed: seed, stream: replicate)
      for _ in 0..<spotCount {
        weights[generator.nextIndex(below: spotCount) * replicates + replicate] += 1
      }
    }
    self.weights = weights
  }

  /// Pearson's correlation of every predicted gene in every replicate, `[genes, replicates]`.
  ///
  /// With weights w and values centred on the section's means,
  /// `r = (Σwxy − ΣwxΣwy / n) / √((Σwx² − (Σwx)² / n)(Σwy² − (Σwy)² / n))`, `n = Σw`: five matrix
  /// products. A spot whose prediction is NaN is left out of its gene.
  /// Edge cases: NaN where a side is constant among the spots drawn, which is taken to be so where
  /// less than 1e-12 of its square is left of Σwx² or Σwy² once the mean is subtracted.
  ///
  /// - Parameters:
  ///   - starts: measured gene g has the values `starts[g]..<starts[g + 1]`, zeros left out.
  ///   - spots: the spot of each value, each at most once a gene.
  ///   - values: measured expression.
  ///   - predicted: `[genes, spots]`.
  ///   - measuredGene: for each predicted gene its place among the measured ones.
  public func correlations(
    ofGenesFrom starts: [Int], spots: [UInt32], values: [Float], with predicted: [Float],
    measuredGene: [Int]
  ) -> [Double] {
    precondition(
      starts.last == values.count && spots.count == values.count,
      "\(values.count) values at \(spots.count) spots, starts end elsewhere")
    precondition(
      predicted.count == measuredGene.count * spotCount,
      "\(predicted.count) values are not those of \(measuredGene.count) genes at \(spotCount) spots"
    )
    var correlations: [Double] = []
    correlations.reserveCapacity(measuredGene.count * replicates)
    for first in stride(from: 0, to: measuredGene.count, by: genesAtOnce) {
      let genes = first..<min(first + genesAtOnce, measuredGene.count)
      let terms = mapInParallel(genes.count, smallest: 16) { places in
        places.flatMap { place in
          let gene = genes.lowerBound + place
          let range = starts[measuredGene[gene]]..<starts[measuredGene[gene] + 1]
          return self.terms(
            spots: spots[range], values: values[range],
            predicted: predicted[gene * spotCount..<(gene + 1) * spotCount])
        }
      }
      let sums = weightedSums(of: terms)
      correlations += mapInParallel(genes.count, smallest: 16) { places in
        places.flatMap { self.correlations(fromSumsOfGene: $0, sums) }
      }
    }
    return correlations
  }

  /// The six rows of a gene, `[6, spots]`: x, y, xy, x², y² and 1, or zeros at spots left out.
  private func terms(
    spots: ArraySlice<UInt32>, values: ArraySlice<Float>, predicted: ArraySlice<Float>
  ) -> [Double] {
    var x = [Double](repeating: 0, count: spotCount)
    for (spot, value) in zip(spots, values) { x[Int(spot)] = Double(value) }
    let kept = predicted.map { !$0.isNaN }
    centre(&x, kept: kept)
    var y = predicted.map { Double($0) }
    centre(&y, kept: kept)
    let products = zip(x, y).map { $0 * $1 }
    return x + y + products + x.map { $0 * $0 } + y.map { $0 * $0 } + kept.map { $0 ? 1 : 0 }
  }

  /// `terms · weights`, `[6 · genes, replicates]`.
  private func weightedSums(of terms: [Double]) -> [Double] {
    let rows = terms.count / max(spotCount, 1)
    guard rows > 0 else { return [] }
    var sums = [Double](repeating: 0, count: rows * replicates)
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(replicates), Int32(spotCount),
      1, terms, Int32(spotCount), weights, Int32(replicates), 0, &sums, Int32(replicates))
    return sums
  }

  private func correlations(fromSumsOfGene gene: Int, _ sums: [Double]) -> [Double] {
    guard !sums.isEmpty else { return Array(repeating: .nan, count: replicates) }
    let sums = sums.span.extracting(6 * gene * replicates..<6 * (gene + 1) * replicates)
    return (0..<replicates).map { replicate in
      let (sumX, sumY) = (sums[replicate], sums[replicates + replicate])
      let products = sums[2 * replicates + replicate]
      let (squaresX, squaresY) = (
        sums[3 * replicates + replicate], sums[4 * replicates + replicate]
      )
      let count = sums[5 * replicates + replicate]
      let leftX = squaresX - sumX * sumX / count
      let leftY = squaresY - sumY * sumY / count
      guard leftX > 1e-12 * squaresX, leftY > 1e-12 * squaresY else { return .nan }
      let r = (products - sumX * sumY / count) / (leftX.squareRoot() * leftY.squareRoot())
      return min(max(r, -1), 1)
    }
  }
}

/// Bounds the memory of a product: 64 genes of 3,000 spots are 9 MB.
private let genesAtOnce = 64

/// Subtracts the mean of the values that are kept, and sets the others to 0.
private func centre(_ values: inout [Double], kept: [Bool]) {
  var (sum, count) = (0.0, 0.0)
  for spot in values.indices where kept[spot] {
    sum += values[spot]
    count += 1
  }
  for spot in values.indices { values[spot] = kept[spot] ? values[spot] - sum / count : 0 }
}
