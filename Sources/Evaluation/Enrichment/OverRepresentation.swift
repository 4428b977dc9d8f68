import Foundation

/// Whether some genes hold more of a set than a draw from all genes would.
///
/// Of N genes in the universe n are chosen, and K belong to a set; with k of the set among the
/// chosen, `p = P(X ≥ k)` under the hypergeometric distribution. The universe is every gene that
/// could have been chosen, no more: a set counts with those of its genes that are in it. p is
/// adjusted over the sets tested by Benjamini and Hochberg's method. One-sided: depletion has a p
/// near 1.
///
/// Source: Fisher's exact test, one-sided, as in Rivals et al., Bioinformatics 2007.
/// Edge cases: sets with fewer genes in the universe than asked for are not tested: their chances
/// are NaN. Genes of one set vary together, so that p tells of the overlap and not of the biology.
public struct OverRepresentation: Sendable, Hashable {
  /// One set.
  public struct Row: Sendable, Hashable {
    /// The set's genes in the universe, K.
    public let size: Int
    /// Those among the chosen ones, as indices into the universe, ascending; k of them.
    public let overlap: [Int]
    /// How many of them a draw would hold on average, `n · K / N`.
    public let expected: Double
    /// ln p; NaN where the set was not tested.
    let logP: Double
    /// ln of the adjusted p.
    let logQ: Double

    /// `k / (n · K / N)`; NaN for a set without genes in the universe.
    public var foldEnrichment: Double { Double(overlap.count) / expected }
    /// The chance of an overlap so large; 0 below about 1e-308.
    public var p: Double { exp(logP) }
    /// p adjusted over the sets.
    public var adjustedP: Double { exp(logQ) }
    /// `−log₁₀` of the adjusted p, 0 or more, which never underflows.
    public var minusLog10AdjustedP: Double { -logQ / M_LN10 + 0 }  // + 0 turns −0 to 0
    /// Whether the set was large enough to be tested.
    public var isTested: Bool { !logP.isNaN }
  }

  /// In the order of the sets.
  public let rows: [Row]
  /// Genes that were chosen, n.
  public let chosenCount: Int
  /// Genes that could have been chosen, N.
  public let universeCount: Int

  /// Tests sets of genes.
  ///
  /// - Parameters:
  ///   - chosen: indices into the universe; repeats count once.
  ///   - universeCount: N.
  ///   - sets: the genes of each set as indices into the universe; repeats count once.
  ///   - leastGenes: smaller sets are not tested, and do not count when p is adjusted.
  public init(
    of chosen: [Int], among universeCount: Int, sets: [[Int]], leastGenes: Int = 3
  ) {
    let chosen = Set(chosen)
    precondition(
      chosen.allSatisfy { 0..<universeCount ~= $0 }, "a gene is not among \(universeCount)")
    self.universeCount = universeCount
    chosenCount = chosen.count
    let members = sets.map { Set($0) }
    let overlaps = members.map { chosen.intersection($0).sorted() }
    let logs = zip(members, overlaps).map { set, overlap in
      set.count >= max(1, leastGenes)
        ? logHypergeometricTail(
          atLeast: overlap.count, marked: set.count, drawn: chosen.count, among: universeCount)
        : .nan
    }
    let adjusted = benjaminiHochberg(logChances: logs)
    rows = members.indices.map { place in
      let share = Double(chosen.count) / Double(universeCount)
      return Row(
        size: members[place].count, overlap: overlaps[place],
        expected: Double(members[place].count) * share, logP: logs[place], logQ: adjusted[place])
    }
  }
}
