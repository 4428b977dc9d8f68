import Foundation

/// Where a spot's expression along the chromosomes lies above or below that of reference spots: gains
/// and losses of large parts of chromosomes show as bands.
///
/// For each gene x is the log-expression less that of the reference: 0 between the least and the
/// greatest mean of the reference groups, and beyond them the distance to the nearer one; with one
/// group the distance to its mean. x is cut to ±clip, averaged over windows of neighbouring genes on
/// one chromosome, and centred: each spot's median over all windows is taken off. Values within
/// `denoise · s` of m become 0, where m is the mean of the reference spots' values and s the mean of
/// their standard deviations (n − 1) over windows. Units are those of the log-expression.
///
/// Source: inferCNV of the Trinity CTAT project (Broad Institute), `subtract_ref_expr_from_obs` with
/// `ref_subtract_use_mean_bounds`, `smooth_by_chromosome`, `center_cell_expr_across_chromosome` and
/// `clear_noise_via_ref_mean_sd`; infercnvpy's `tl.infercnv` up to the denoising.
/// Departure: inferCNV subtracts the reference a second time after centring and sets noise to m; here
/// it is 0, which differs from m by rounding. Expression shows copy numbers only where many genes in
/// a row agree, and cell types differ in it too: read bands, not single windows.
/// Edge cases: a spot with a value that is no number has NaN everywhere and is no reference.
public struct CopyNumberProfile: Sendable, Hashable {
  /// Some neighbouring genes.
  public struct Window: Sendable, Hashable {
    /// The index of the chromosome.
    public let chromosome: Int
    /// Genes, as indices in genomic order.
    public let genes: Range<Int>
  }

  /// In genomic order.
  public let windows: [Window]
  /// The windows of each chromosome; empty where it has no genes.
  public let chromosomes: [Range<Int>]
  /// The number of spots.
  public let spotCount: Int
  /// `[spots, windows]`, row by row: above 0 for a gain, below for a loss.
  public private(set) var values: [Float]
  /// Values nearer to the reference's mean than this were taken for noise; 0 where none were.
  public private(set) var noise = 0.0

  /// Compares spots with the reference.
  ///
  /// - Parameters:
  ///   - expression: log-expression `[spots, genes]`, row by row, genes in genomic order.
  ///   - chromosomes: the genes of each chromosome, one after the other.
  ///   - references: the spots of each reference group; all spots where there are none.
  public init(
    of expression: [Float], spotCount: Int, chromosomes: [Range<Int>], references: [[Int]],
    _ settings: CopyNumberSettings = .init()
  ) {
    let geneCount = chromosomes.last?.upperBound ?? 0
    precondition(
      expression.count == spotCount * geneCount,
      "\(expression.count) values are not those of \(spotCount) spots and \(geneCount) genes")
    precondition(settings.clip > 0 && settings.denoise >= 0, "a clip or denoising below 0")
    let rows = SpotRows(values: expression, width: geneCount)
    let groups = (references.isEmpty ? [Array(0..<spotCount)] : references)
      .map { $0.filter(rows.isFinite) }.filter { !$0.isEmpty }
    let bounds = ReferenceBounds(of: groups, in: rows)
    let smoothing = GenomicSmoothing(chromosomes: chromosomes, settings)
    let windows = smoothing.windows
    self.spotCount = spotCount
    self.windows = windows.enumerated().flatMap { chromosome, ranges in
      ranges.map { Window(chromosome: chromosome, genes: $0) }
    }
    var first = 0
    self.chromosomes = windows.map { ranges in
      defer { first += ranges.count }
      return first..<first + ranges.count
    }
    values = mapInParallel(spotCount, smallest: 8) { spots in
      spots.flatMap { spot in
        let differences = bounds.differences(of: rows[spot], clip: settings.clip)
        return centred(smoothing(differences)).map { Float($0) }
      }
    }
    if settings.denoise > 0 { removeNoise(settings.denoise, reference: groups.flatMap(\.self)) }
  }

  /// A spot's values, a window each.
  public func values(ofSpot spot: Int) -> ArraySlice<Float> {
    values[spot * windows.count..<(spot + 1) * windows.count]
  }

  /// The mean of a spot's squared values: how far its copy numbers seem to be from the reference's.
  ///
  /// In units of log-expression squared, 0 or more; NaN where its values are.
  public func signal(ofSpot spot: Int) -> Double {
    values(ofSpot: spot).reduce(0) { $0 + Double($1) * Double($1) } / Double(windows.count)
  }

  private mutating func removeNoise(_ factor: Double, reference: [Int]) {
    guard !reference.isEmpty, windows.count > 1 else { return }
    var (mean, deviation) = (0.0, 0.0)
    for spot in reference {
      let row = values(ofSpot: spot).map(Double.init)
      let own = row.reduce(0, +) / Double(row.count)
      let squares = row.reduce(0) { $0 + ($1 - own) * ($1 - own) }
      mean += own / Double(reference.count)
      deviation += (squares / Double(row.count - 1)).squareRoot() / Double(reference.count)
    }
    noise = factor * deviation
    for index in values.indices where abs(Double(values[index]) - mean) < noise {
      values[index] = 0
    }
  }
}

/// Rows of a block, a spot each.
private struct SpotRows: Sendable {
  let values: [Float]
  let width: Int

  subscript(spot: Int) -> ArraySlice<Float> { values[spot * width..<(spot + 1) * width] }
  func isFinite(_ spot: Int) -> Bool { self[spot].allSatisfy(\.isFinite) }
}

/// The least and the greatest mean of the reference groups, a gene each.
private struct ReferenceBounds: Sendable {
  var lower, upper: [Double]

  init(of groups: [[Int]], in rows: SpotRows) {
    let means = groups.map { spots in
      var sums = [Double](repeating: 0, count: rows.width)
      for spot in spots {
        for (gene, value) in rows[spot].enumerated() { sums[gene] += Double(value) }
      }
      return sums.map { $0 / Double(spots.count) }
    }
    lower = means.first ?? Array(repeating: .nan, count: rows.width)
    upper = lower
    for mean in means.dropFirst() {
      for gene in mean.indices {
        lower[gene] = min(lower[gene], mean[gene])
        upper[gene] = max(upper[gene], mean[gene])
      }
    }
  }

  func differences(of row: ArraySlice<Float>, clip: Double) -> [Double] {
    row.enumerated().map { gene, value in
      let value = Double(value)
      guard value.isFinite else { return .nan }
      let nearest = Swift.min(Swift.max(value, lower[gene]), upper[gene])
      return Swift.min(Swift.max(value - nearest, -clip), clip)
    }
  }
}

/// Values less their median; all NaN where one is.
private func centred(_ values: [Double]) -> [Double] {
  guard !values.contains(where: \.isNaN) else { return values.map { _ in .nan } }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  guard !sorted.isEmpty else { return [] }
  let median =
    sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  return values.map { $0 - median }
}
