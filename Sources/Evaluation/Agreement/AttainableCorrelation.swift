import Foundation
import TensorCore

/// The highest correlation a prediction of a gene can be expected to reach, given how few molecules
/// were counted.
///
/// Counts are cut into two halves at random, each molecule falling to one side with ½: two smaller
/// measurements of the same tissue whose counting noise is independent. Each half is normalized
/// with its own library sizes and the halves are correlated over spots (Pearson); r̄ is the mean
/// over repeats. Full depth would correlate with a second measurement of full depth with
/// `2 r̄ / (1 + r̄)` (Spearman–Brown), and with the expression underneath, which is all an image
/// can tell of, with the root of that: `√(2 r̄ / (1 + r̄))`. Unitless, above 0 to 1.
///
/// Approximate where normalization is not linear: the logarithm of half the counts is noisier than
/// half of the noise. A prediction can exceed it by chance, and by learning what is not expression
/// but raises counts, since library sizes are not known exactly.
///
/// Source: thinning of counts as in Neufeld et al., Biostatistics 2024 (a Poisson count thinned
/// binomially gives independent Poisson counts); attenuation as in Spearman, Am. J. Psychol. 1904.
/// Fractional counts are rounded down; what is negative or no finite number counts as 0.
/// Deterministic for a seed on any number of cores.
/// Edge cases: a half that is constant correlates with 0 in its repeat. A gene whose r̄ is 0 or
/// less is unmeasurable: NaN. For a mean over genes count those as 0
/// (``CorrelationSummary/ConstantGenes/countedAsZero``): without signal r̄ falls on either side of
/// 0 by chance, and leaving out one side alone would raise the mean. Even so chance leaves
/// something: genes without any pattern at 180 spots have 0.13 on average, and 0.28 where those are
/// left out.
public struct AttainableCorrelation: Sendable, Hashable {
  /// How often and with what random numbers counts are cut.
  public struct Settings: Sendable, Hashable, Codable {
    /// Halvings that are averaged.
    public var repeats: Int
    /// Where the random numbers start.
    public var seed: UInt64

    /// 20 repeats bring the mean over repeats to about a quarter of ``spread``.
    public init(repeats: Int = 20, seed: UInt64 = 0) {
      self.repeats = repeats
      self.seed = seed
    }
  }

  /// The attainable correlation of each gene asked for; NaN where it is unmeasurable.
  public let attainable: [Float]
  /// The standard deviation, over repeats, of `√(2 r / (1 + r))` of each repeat's own r, one of 0
  /// or less giving 0; denominator repeats − 1, NaN for a single repeat and for unmeasurable genes.
  ///
  /// It tells what the choice of halves does, not what another section would give.
  public let spread: [Float]
  /// The mean correlation of the halves, r̄, at half depth; 0 where they are constant throughout.
  public let halves: [Float]

  /// Whether a gene has a reproducible pattern at all: r̄ above 0.
  public func isMeasurable(_ gene: Int) -> Bool { halves[gene] > 0 }

  /// Cuts the counts of a section.
  ///
  /// - Parameters:
  ///   - starts: gene g has the counts `starts[g]..<starts[g + 1]`; zeros are left out where
  ///     normalizing keeps them.
  ///   - spots: the spot of each count, each at most once a gene.
  ///   - genes: the genes wanted, as indices into `starts`.
  ///   - library: the genes whose counts add up to a spot's total; nil for all.
  ///   - normalize: expression from a count and its spot's total in the same half.
  ///   - keepsZeros: whether that of a count of 0 is 0, so that it need not be asked for.
  ///   - isCancelled: asked before every repeat, from several threads at once.
  /// - Throws: `CancellationError` once `isCancelled` says so.
  public init(
    ofGenesFrom starts: [Int], spots: [UInt32], counts: [Float], spotCount: Int, genes: [Int],
    library: [Int]?, settings: Settings = Settings(), keepsZeros: Bool = true,
    normalize: @Sendable (_ count: Float, _ spotTotal: Double) -> Float,
    isCancelled: @Sendable () -> Bool = { false }
  ) throws(CancellationError) {
    precondition(
      starts.last == counts.count && spots.count == counts.count,
      "\(counts.count) counts at \(spots.count) spots, starts end elsewhere")
    precondition(settings.repeats > 0, "\(settings.repeats) repeats")
    let thinning = Thinning(
      starts: starts, spots: spots, counts: counts, spotCount: spotCount, genes: genes,
      library: library ?? Array(0..<starts.count - 1))
    let repeats = mapInParallel(settings.repeats, smallest: 1) { repeats in
      repeats.map { number -> [Float] in
        guard !isCancelled() else { return [] }
        var generator = SeededGenerator(seed: settings.seed, stream: number)
        return thinning.correlationsOfHalves(
          using: &generator, keepsZeros: keepsZeros, normalize: normalize)
      }
    }
    guard repeats.allSatisfy({ $0.count == genes.count }) else { throw CancellationError() }
    self.init(halvesOfRepeats: repeats)
  }

  /// - Parameter repeats: for each repeat the correlation of each gene's halves.
  private init(halvesOfRepeats repeats: [[Float]]) {
    let genes = repeats[0].indices
    let count = Double(repeats.count)
    let halves = genes.map { gene in repeats.reduce(0) { $0 + Double($1[gene]) } / count }
    self.halves = halves.map { Float($0) }
    attainable = halves.map { $0 > 0 ? Float(atFullDepth($0)) : .nan }
    spread = genes.map { gene in
      guard repeats.count > 1, halves[gene] > 0 else { return .nan }
      let values = repeats.map { atFullDepth(Double($0[gene])) }
      let mean = values.reduce(0, +) / count
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return Float((squares / (count - 1)).squareRoot())
    }
  }
}

/// The root of Spearman and Brown's correction of a correlation at half depth; 0 below 0.
private func atFullDepth(_ half: Double) -> Double {
  half > 0 ? (2 * half / (1 + half)).squareRoot() : 0
}

extension AttainableCorrelation: Codable {
  private enum Key: CodingKey { case attainable, spread, halves }

  /// Reads what ``encode(to:)`` wrote.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    attainable = try values.decode([Float?].self, forKey: .attainable).map { $0 ?? .nan }
    spread = try values.decode([Float?].self, forKey: .spread).map { $0 ?? .nan }
    halves = try values.decode([Float].self, forKey: .halves)
  }

  /// Writes NaN as null, since JSON knows no NaN.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(attainable.map { $0.isNaN ? nil : $0 }, forKey: .attainable)
    try values.encode(spread.map { $0.isNaN ? nil : $0 }, forKey: .spread)
    try values.encode(halves, forKey: .halves)
  }
}
