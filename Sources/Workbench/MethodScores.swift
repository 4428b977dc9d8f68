import Evaluation
import Sections

/// How a prediction agrees with what was measured on one section.
public struct MethodScores: Sendable, Hashable {
  /// Pearson's correlation over the spots of each gene of the section; NaN where the gene was not
  /// predicted, or either side is constant.
  public let pearson: [Float]
  /// `−log₁₀ p` of the same correlations, two-sided; NaN in the same places, infinite where a gene
  /// is predicted without any error.
  public let minusLog10P: [Float]
  /// The correlations over all predicted genes of the section.
  public let summary: CorrelationSummary

  /// What each correlation could at best be; NaN for genes not predicted and for those whose counts
  /// are too few to tell. Nil where nobody has found out.
  public var attainable: [Float]?
  /// How far each of those might be off: the deviation over halvings of the counts.
  public var attainableSpread: [Float]?
  /// How much of it is reached over all predicted genes; nil where no gene tells.
  public var share: AttainableShare?

  /// Takes correlations as they are.
  public init(pearson: [Float], minusLog10P: [Float], summary: CorrelationSummary) {
    self.pearson = pearson
    self.minusLog10P = minusLog10P
    self.summary = summary
  }
}

extension Workbench {
  /// Scores a prediction, and says what it could at best have reached; see
  /// ``MethodScores/init(of:on:otherwise:)``.
  public func scores(
    of prediction: Prediction, on section: LoadedSection, otherwise fallback: Normalization
  ) -> MethodScores {
    withAttainable(
      MethodScores(of: prediction, on: section, otherwise: fallback), of: prediction, on: section,
      otherwise: fallback)
  }

  /// Scores already taken, with what they could at best have been.
  public func withAttainable(
    _ scores: MethodScores, of prediction: Prediction, on section: LoadedSection,
    otherwise fallback: Normalization
  ) -> MethodScores {
    guard prediction.denserSpots == nil,
      // Nobody cancels it.
      let best = try? attainable(for: prediction, on: section, otherwise: fallback)
    else { return scores }
    var scores = scores
    scores.attainable = best.attainable
    scores.attainableSpread = best.spread
    scores.share = AttainableShare(
      scores.pearson.map(Double.init), attainable: best.attainable.map(Double.init))
    return scores
  }
}

extension MethodScores {
  /// Scores a prediction, gene by gene, against the section's own expression.
  ///
  /// Observed values are under the normalization that the prediction was trained to, or under
  /// `fallback` where nobody said which. Spots the prediction says nothing of are left out, as are
  /// genes the section does not have. A prediction at denser spots has nothing measured to be held
  /// against: its scores are NaN throughout and its summary is of no genes.
  public init(
    of prediction: Prediction, on section: LoadedSection, otherwise fallback: Normalization
  ) {
    let counts = section.section.counts
    var pearson = [Float](repeating: .nan, count: counts.geneCount)
    var minusLog10P = pearson
    guard prediction.denserSpots == nil else {
      self.init(pearson: pearson, minusLog10P: minusLog10P, summary: CorrelationSummary(of: []))
      return
    }
    precondition(
      prediction.spotCount == counts.spotCount,
      "a prediction at \(prediction.spotCount) spots, a section of \(counts.spotCount)")
    let observed = prediction.observed(
      in: section.section, otherwise: section.expression(fallback))
    let shared = SharedGenes(prediction, section)
    let measured = observed.block(ofGenes: shared.genes)
    let correlations = pearsonCorrelations(
      ofGenesFrom: measured.starts, spots: measured.spots, values: measured.values,
      spotCount: measured.spotCount, with: shared.values,
      measuredGene: Array(shared.genes.indices))
    for (gene, correlation) in zip(shared.genes, correlations) {
      pearson[gene] = Float(correlation.r)
      minusLog10P[gene] = Float(correlation.minusLog10P)
    }
    self.init(
      pearson: pearson, minusLog10P: minusLog10P,
      summary: CorrelationSummary(of: correlations.map(\.r)))
  }
}
