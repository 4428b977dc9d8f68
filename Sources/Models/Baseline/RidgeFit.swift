import Foundation
import TensorCore

/// The weights of a ridge regression in closed form, its penalty chosen by holding out.
///
/// `W = (XᵀX + λ n I)⁻¹ Xᵀ Y` over the `n` training spots, in double precision by Cholesky's
/// method. `X` are the statistics standardized within each section. `Y` is the expression, each
/// gene of each section less its mean and divided by its standard deviation, since a gene's level
/// differs between sections for reasons that no stain tells; a gene that is constant in a section
/// counts as 0 there. The weights are then scaled by the gene's deviation within sections, and the
/// bias is its mean over all spots, so that predictions are in the units of the expression.
///
/// The penalty λ is that of ``penalties`` with the best score when each training section is held
/// out in turn; a single section is held out in blocks of spots instead, a quarter each in their
/// order. The largest wins a tie. The same input gives the same bits.
public struct RidgeFit: Sendable {
  /// One training section as the fit sees it.
  public struct Observations: Sendable {
    let statistics: StainStatistics
    let expression: [Float]

    /// - Parameters:
    ///   - statistics: as they were read; they are standardized here.
    ///   - expression: `[spots, genes]`.
    public init(_ statistics: StainStatistics, expression: [Float]) {
      self.statistics = statistics.standardized()
      self.expression = expression
    }
  }

  /// The penalties tried, a spot each: four a decade.
  public static let penalties: [Double] = (-12...4).map { pow(10, Double($0) / 4) }

  /// The penalty chosen.
  public let penalty: Double
  /// The mean score over what was held out, for each of ``penalties``; NaN where there is none.
  public let scores: [Double]
  /// Whether sections were held out, or blocks of the only one.
  public let heldOutSections: Bool
  /// `[statistics, genes]`.
  public let weight: [Float]
  /// `[genes]`.
  public let bias: [Float]

  /// Fits weights to sections.
  ///
  /// - Parameter score: how well `[genes, spots]` are predicted, given prediction and expression;
  ///   nil where that cannot be said. More is better, and neither shift nor positive scale of a
  ///   gene may count.
  /// - Throws: when there are fewer than two spots, or `work` was cancelled.
  public init(
    of sections: [Observations], genes: Int, _ work: PredictionWork = PredictionWork(),
    score: (_ predicted: [Float], _ observed: [Float]) -> Double?
  ) throws(ModelError) {
    let width = StainStatistics.names.count
    let spotCount = sections.reduce(0) { $0 + $1.statistics.spotCount }
    guard spotCount >= 2 else {
      throw ModelError(
        "A ridge cannot be fitted to \(spotCount == 1 ? "one spot" : "no spots"). Name sections "
          + "with spots to train on.")
    }
    let standardized = sections.map { StandardizedGenes($0.expression, genes: genes) }
    heldOutSections = sections.count > 1
    var parts: [RidgeEquations] = []
    for (section, targets) in zip(sections, standardized) {
      let pieces = sections.count > 1 ? 1 : 4
      for piece in 0..<pieces {
        let count = section.statistics.spotCount
        let rows = count * piece / pieces..<count * (piece + 1) / pieces
        let statistics = section.statistics.values[
          rows.lowerBound * width..<rows.upperBound * width]
        parts.append(
          RidgeEquations(
            Array(statistics), targets: targets.rows(rows),
            observed: Array(section.expression[rows.lowerBound * genes..<rows.upperBound * genes]),
            width: width, genes: genes))
      }
    }

    var sums = [Double](repeating: 0, count: Self.penalties.count)
    var counts = sums
    for held in parts.indices {
      let rest = RidgeEquations.sum(of: parts.indices.filter { $0 != held }.map { parts[$0] })
      for (place, penalty) in Self.penalties.enumerated() {
        try work.check()
        let predicted = parts[held].predicted(with: rest.solution(penalty: penalty))
        guard let value = score(predicted, parts[held].observedByGene), !value.isNaN else {
          continue
        }
        sums[place] += value
        counts[place] += 1
      }
      work.report(Double(held + 1) / Double(parts.count))
    }
    scores = zip(sums, counts).map { $1 > 0 ? $0 / $1 : .nan }
    let best = scores.filter { !$0.isNaN }.max()
    // Where nothing could be scored, the plainest model.
    penalty = Self.penalties[best.flatMap(scores.lastIndex(of:)) ?? Self.penalties.count - 1]

    let deviations = StandardizedGenes.pooledDeviations(standardized, spotCount: spotCount)
    let solution = RidgeEquations.sum(of: parts).solution(penalty: penalty)
    weight = solution.enumerated().map { Float($1 * deviations[$0 % genes]) }
    bias = StandardizedGenes.pooledMeans(standardized, spotCount: spotCount).map(Float.init)
  }
}

/// The expression of a section, each gene with mean 0 and deviation 1.
private struct StandardizedGenes {
  let genes: Int
  let spotCount: Int
  let values: [Double]
  let means: [Double]
  /// The sum of squares of each gene about its mean.
  let squares: [Double]

  init(_ expression: [Float], genes: Int) {
    self.genes = genes
    let spotCount = genes == 0 ? 0 : expression.count / genes
    self.spotCount = spotCount
    let source = expression.span
    var means = [Double](repeating: 0, count: genes)
    var squares = means
    for spot in 0..<spotCount {
      for gene in 0..<genes { means[gene] += Double(source[spot * genes + gene]) }
    }
    for gene in 0..<genes { means[gene] /= Double(max(spotCount, 1)) }
    for spot in 0..<spotCount {
      for gene in 0..<genes {
        let difference = Double(source[spot * genes + gene]) - means[gene]
        squares[gene] += difference * difference
      }
    }
    // Rounding leaves a constant gene a trace of spread.
    let scales = (0..<genes).map { gene in
      let deviation = (squares[gene] / Double(max(spotCount, 1))).squareRoot()
      return deviation > 1e-9 * max(abs(means[gene]), 1e-3) ? 1 / deviation : 0
    }
    values = (0..<spotCount).flatMap { spot in
      (0..<genes).map { (Double(source[spot * genes + $0]) - means[$0]) * scales[$0] }
    }
    self.means = means
    self.squares = squares
  }

  func rows(_ rows: Range<Int>) -> [Double] {
    Array(values[rows.lowerBound * genes..<rows.upperBound * genes])
  }

  static func pooledMeans(_ sections: [StandardizedGenes], spotCount: Int) -> [Double] {
    (0..<sections[0].genes).map { gene in
      sections.reduce(0) { $0 + $1.means[gene] * Double($1.spotCount) } / Double(spotCount)
    }
  }

  static func pooledDeviations(_ sections: [StandardizedGenes], spotCount: Int) -> [Double] {
    (0..<sections[0].genes).map { gene in
      (sections.reduce(0) { $0 + $1.squares[gene] } / Double(spotCount)).squareRoot()
    }
  }
}
