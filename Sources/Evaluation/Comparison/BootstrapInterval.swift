import TensorCore

/// Between which values a figure lies if what it was made of is drawn again.
///
/// The percentile interval: of all replicates, `(1 − level) / 2` lie below it and as many above, by
/// linear interpolation between ranks. In the figure's own unit.
///
/// Source: Efron, Ann. Stat. 1979; as `scipy.stats.bootstrap(method="percentile")`.
/// Edge cases: replicates that are NaN are left out; NaN at both ends where none is left. With few
/// sections it is too narrow.
public struct BootstrapInterval: Sendable, Hashable {
  /// The lower end.
  public let lower: Double
  /// The upper end.
  public let upper: Double
  /// The share of replicates within.
  public let level: Double

  /// The interval of a figure computed once a replicate.
  public init(ofReplicates values: [Double], level: Double = 0.95) {
    precondition((0...1).contains(level), "level \(level)")
    let sorted = values.filter { !$0.isNaN }.sorted()
    self.level = level
    lower = quantile((1 - level) / 2, ofSorted: sorted) ?? .nan
    upper = quantile((1 + level) / 2, ofSorted: sorted) ?? .nan
  }

  /// The interval of a mean over sections, sections being drawn again with replacement.
  ///
  /// A section whose value is NaN is left out before drawing.
  public static func ofMean(
    over sections: [Double], replicates: Int = 10_000, seed: UInt64 = 0, level: Double = 0.95
  ) -> BootstrapInterval {
    let sections = sections.filter { !$0.isNaN }
    var generator = SeededGenerator(seed: seed)
    let means = (0..<(sections.isEmpty ? 0 : replicates)).map { _ in
      sections.reduce(0) { sum, _ in sum + sections[generator.nextIndex(below: sections.count)] }
        / Double(sections.count)
    }
    return BootstrapInterval(ofReplicates: means, level: level)
  }

  /// The interval of how much higher one method's mean over genes is than another's, both over the
  /// same drawn spots.
  ///
  /// In each replicate the mean of `first − second` over the genes that have both.
  /// - Parameters:
  ///   - first: `[genes, replicates]`, as ``SpotBootstrap`` makes them of one method.
  ///   - second: the same of the other, by the same bootstrap.
  public static func ofDifference(
    _ first: [Double], _ second: [Double], replicates: Int, level: Double = 0.95
  ) -> BootstrapInterval {
    precondition(
      first.count == second.count && first.count % replicates == 0,
      "\(first.count) and \(second.count) values are no rows of \(replicates)")
    let means = (0..<replicates).map { replicate in
      var (sum, genes) = (0.0, 0.0)
      for place in stride(from: replicate, to: first.count, by: replicates) {
        let difference = first[place] - second[place]
        guard !difference.isNaN else { continue }
        sum += difference
        genes += 1
      }
      return sum / genes
    }
    return BootstrapInterval(ofReplicates: means, level: level)
  }
}
