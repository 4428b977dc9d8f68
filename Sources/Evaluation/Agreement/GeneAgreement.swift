/// How well every gene of a section is predicted, by many measures at once, on all cores.
///
/// Each is what its own function gives for the gene's measured and predicted values over all spots,
/// zeros included; a spot whose prediction is NaN is left out of its gene.
public struct GeneAgreement: Sendable, Hashable {
  /// Predicted genes.
  public let genes: Int
  private let columns: [GeneMeasure: [Double]]

  /// The value of each predicted gene, in order; NaN where it is undefined.
  ///
  /// The measure must be one of those asked for.
  public subscript(measure: GeneMeasure) -> [Double] {
    guard let column = columns[measure] else { preconditionFailure("\(measure) was not asked for") }
    return column
  }

  /// Measures that were asked for.
  public var measures: Set<GeneMeasure> { Set(columns.keys) }

  /// Compares predicted genes with the same genes as measured.
  ///
  /// - Parameters:
  ///   - measures: what is wanted; the rest costs nothing.
  ///   - starts: measured gene g has the values `starts[g]..<starts[g + 1]`, zeros left out.
  ///   - spots: the spot of each value, each at most once a gene.
  ///   - values: measured expression.
  ///   - counts: the raw count of each value, for ``GeneMeasure/auc`` alone.
  ///   - predicted: `[genes, spots]`.
  ///   - measuredGene: for each predicted gene its place among the measured ones.
  ///   - aucThreshold: spots with a higher count are the positive ones; 0, 1, 2, 5, 7, 10 and 20 in
  ///     the benchmark of Wang et al., Nat. Commun. 2025, which shows that of 0. Its code
  ///     (`calculate_AUC` of SydneyBioX/HEtoSGEBench) has no area for a gene counted at every spot,
  ///     whatever the threshold; here it is defined wherever the threshold splits the spots.
  ///   - backgroundCells: as many further places where measured value, count and prediction are 0,
  ///     as if the section were a grid whose empty cells are scored too. A convention that some
  ///     papers follow without saying so: it inflates correlation and area, and shrinks errors,
  ///     since tissue is easily told from glass.
  public init(
    _ measures: Set<GeneMeasure>, ofGenesFrom starts: [Int], spots: [UInt32], values: [Float],
    counts: [Float], spotCount: Int, with predicted: [Float], measuredGene: [Int],
    aucThreshold: Float = 0, backgroundCells: Int = 0
  ) {
    precondition(
      starts.last == values.count && spots.count == values.count && counts.count == values.count,
      "\(values.count) values and \(counts.count) counts at \(spots.count) spots")
    precondition(
      predicted.count == measuredGene.count * spotCount,
      "\(predicted.count) values are not those of \(measuredGene.count) genes at \(spotCount) spots"
    )
    precondition(backgroundCells >= 0, "\(backgroundCells) cells")
    let order = GeneMeasure.allCases.filter(measures.contains)
    let rows = mapInParallel(measuredGene.count, smallest: 16) { genes in
      genes.map { gene in
        let range = starts[measuredGene[gene]]..<starts[measuredGene[gene] + 1]
        return GeneToCompare(
          spots: spots[range], values: values[range], counts: counts[range],
          predicted: predicted[gene * spotCount..<(gene + 1) * spotCount],
          aucThreshold: aucThreshold, backgroundCells: backgroundCells
        ).row(of: order)
      }
    }
    genes = measuredGene.count
    columns = Dictionary(
      uniqueKeysWithValues: order.enumerated().map { place, measure in
        (measure, rows.map { $0[place] })
      })
  }
}

/// A gene with its measured zeros and the background filled in.
private struct GeneToCompare {
  let spots: ArraySlice<UInt32>
  let values: ArraySlice<Float>
  let counts: ArraySlice<Float>
  /// Background at the end.
  let predicted: [Float]
  let aucThreshold: Float

  init(
    spots: ArraySlice<UInt32>, values: ArraySlice<Float>, counts: ArraySlice<Float>,
    predicted: ArraySlice<Float>, aucThreshold: Float, backgroundCells: Int
  ) {
    self.spots = spots
    self.values = values
    self.counts = counts
    self.predicted = predicted + [Float](repeating: 0, count: backgroundCells)
    self.aucThreshold = aucThreshold
  }

  func row(of measures: [GeneMeasure]) -> [Double] {
    // Each is made once, and only if a measure asks for it.
    lazy var pairs = PairedValues(
      measured: dense(values), predicted: predicted.map { Double($0) })
    lazy var pearson = correlation(
      spots: spots.span, values: values.span, predicted: predicted.span)
    lazy var spearman = SpearmanCorrelation(pairs)
    return measures.map { measure in
      switch measure {
      case .pearson: pearson.r
      case .pearsonMinusLog10P: pearson.minusLog10P
      case .spearman: spearman.r
      case .spearmanMinusLog10P: spearman.minusLog10P
      case .rmse: pairs.rootMeanSquaredError
      case .nrmseRange: pairs.errorByRange
      case .nrmseDeviation: pairs.errorByDeviation
      case .mae: pairs.meanAbsoluteError
      case .ssim: pairs.structuralSimilarity
      case .jensenShannon: pairs.jensenShannonDivergence
      case .auc: auc()
      case .mutualInformation: pairs.mutualInformation
      }
    }
  }

  private func auc() -> Double {
    areaUnderROC(
      truth: dense(counts).map { $0 > Double(aucThreshold) }, scores: predicted.map { Double($0) })
  }

  private func dense(_ entries: ArraySlice<Float>) -> [Double] {
    var row = [Double](repeating: 0, count: predicted.count)
    for (spot, entry) in zip(spots, entries) { row[Int(spot)] = Double(entry) }
    return row
  }
}
