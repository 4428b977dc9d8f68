import Evaluation
import TensorCore
import Testing

/// A section with sparse genes, some of them empty, and two predictions of each.
private struct Example {
  let spotCount = 41
  var starts = [0]
  var spots: [UInt32] = []
  var values: [Float] = []
  var counts: [Float] = []
  var predicted: [Float] = []
  var measuredGene: [Int] = []

  init(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for gene in 0..<20 {
      for spot in 0..<spotCount where generator.nextUnit() < Double(gene) / 19 {
        spots.append(UInt32(spot))
        counts.append(Float(1 + generator.nextIndex(below: 4)))
        values.append((counts.last ?? 0) * Float(0.5 + generator.nextUnit()))
      }
      starts.append(values.count)
    }
    for gene in (0..<20).reversed() {
      for kind in 0..<2 {
        measuredGene.append(gene)
        predicted += dense(gene).measured.map { value in
          if kind == 1, generator.nextUnit() < 0.1 { return .nan }
          return gene % 7 == 3 ? 0.25 : Float(value * 0.4 + generator.nextNormal())
        }
      }
    }
  }

  func dense(_ gene: Int) -> (measured: [Double], counts: [Double]) {
    var measured = [Double](repeating: 0, count: spotCount)
    var raw = measured
    for entry in starts[gene]..<starts[gene + 1] {
      measured[Int(spots[entry])] = Double(values[entry])
      raw[Int(spots[entry])] = Double(counts[entry])
    }
    return (measured, raw)
  }

  func agreement(
    _ measures: Set<GeneMeasure> = Set(GeneMeasure.allCases), aucThreshold: Float = 0,
    backgroundCells: Int = 0
  ) -> GeneAgreement {
    GeneAgreement(
      measures, ofGenesFrom: starts, spots: spots, values: values, counts: counts,
      spotCount: spotCount, with: predicted, measuredGene: measuredGene,
      aucThreshold: aucThreshold, backgroundCells: backgroundCells)
  }

  /// What each measure's own function gives.
  func plain(_ place: Int, threshold: Double, backgroundCells: Int) -> [GeneMeasure: Double] {
    let zeros = [Double](repeating: 0, count: backgroundCells)
    let (measured, raw) = dense(measuredGene[place])
    let row = predicted[place * spotCount..<(place + 1) * spotCount].map { Double($0) } + zeros
    let pair = PairedValues(measured: measured + zeros, predicted: row)
    let pearson = PearsonCorrelation(measured + zeros, row)
    let spearman = SpearmanCorrelation(measured + zeros, row)
    return [
      .pearson: pearson.r, .pearsonMinusLog10P: pearson.minusLog10P,
      .spearman: spearman.r, .spearmanMinusLog10P: spearman.minusLog10P,
      .rmse: pair.rootMeanSquaredError, .nrmseRange: pair.errorByRange,
      .nrmseDeviation: pair.errorByDeviation, .mae: pair.meanAbsoluteError,
      .ssim: pair.structuralSimilarity, .jensenShannon: pair.jensenShannonDivergence,
      .auc: areaUnderROC(truth: (raw + zeros).map { $0 > threshold }, scores: row),
      .mutualInformation: pair.mutualInformation,
    ]
  }
}

@Suite struct GeneAgreementTests {
  @Test(arguments: seeds)
  func `all genes at once give what each measure alone gives`(seed: UInt64) {
    let example = Example(seed: seed)
    let (threshold, background) = (Int(seed % 3), seed % 2 == 0 ? 0 : 17)
    let found = example.agreement(
      aucThreshold: Float(threshold), backgroundCells: background)
    for place in example.measuredGene.indices {
      let plain = example.plain(
        place, threshold: Double(threshold), backgroundCells: background)
      let wrong = GeneMeasure.allCases.filter { measure in
        let (value, expected) = (found[measure][place], plain[measure] ?? .nan)
        return !(abs(value - expected) < 1e-10 || value.isNaN && expected.isNaN)
      }
      #expect(wrong.isEmpty, "predicted gene \(place)")
    }
  }

  @Test func `correlations are those of the fast way to the last bit`() {
    let example = Example(seed: 3)
    let fast = pearsonCorrelations(
      ofGenesFrom: example.starts, spots: example.spots, values: example.values,
      spotCount: example.spotCount, with: example.predicted, measuredGene: example.measuredGene)
    let found = example.agreement([.pearson])[.pearson]
    #expect(fast.map(\.r.bitPattern) == found.map(\.bitPattern))
  }

  @Test func `only what is asked for is there`() {
    let found = Example(seed: 1).agreement([.rmse, .auc])
    #expect(found.measures == [.rmse, .auc] && found.genes == 40)
    #expect(found[.rmse].count == 40)
    // The last two are the gene without counts.
    #expect(found[.auc].suffix(2).map(\.isNaN) == [true, true])
  }

  @Test func `background inflates correlation`() {
    // Values around 5 that have nothing to do with each other.
    let found = [0, 100].map { cells in
      GeneAgreement(
        [.pearson], ofGenesFrom: [0, 4], spots: [0, 1, 2, 3], values: [4, 6, 4, 6],
        counts: [1, 1, 1, 1], spotCount: 4, with: [5, 5, 6, 6], measuredGene: [0],
        backgroundCells: cells)[.pearson][0]
    }
    #expect(found[0] == 0 && found[1] > 0.95)
  }

  @Test func `every measure is explained in one line of its own`() {
    for measure in GeneMeasure.allCases {
      #expect(GeneMeasure(rawValue: measure.rawValue) == measure)
      #expect(measure.symbol.count <= 8 && !measure.title.isEmpty)
      #expect(measure.explanation.hasSuffix(".") && !measure.explanation.contains("\n"))
    }
    #expect(Set(GeneMeasure.allCases.map(\.symbol)).count == GeneMeasure.allCases.count)
    #expect(Set(GeneMeasure.allCases.map(\.title)).count == GeneMeasure.allCases.count)
    // The measured values themselves are the best prediction there is.
    let example = Example(seed: 5)
    let (measured, _) = example.dense(15)
    let counts = measured.indices.map { Float($0) }
    let all = (0..<measured.count).map { UInt32($0) }
    let order = GeneAgreement(
      Set(GeneMeasure.allCases), ofGenesFrom: [0, all.count], spots: all, values: counts,
      counts: counts, spotCount: all.count, with: counts + counts.map { $0 + Float(Int($0) % 5) },
      measuredGene: [0, 0], aucThreshold: 20)
    for measure in GeneMeasure.allCases {
      let (best, other) = (order[measure][0], order[measure][1])
      #expect(measure.isBetterHigher ? best >= other : best < other, "\(measure)")
    }
  }
}
