import Evaluation

/// Two methods held against each other, gene by gene on the same sections.
public struct MethodComparison: Sendable, Encodable, Hashable {
  /// One section of a comparison.
  public struct Row: Sendable, Encodable, Hashable {
    /// The section's name.
    public let section: String
    /// Over the genes of the section.
    public let genes: PairedComparison
    /// The interval of the mean difference when the spots are resampled.
    public let interval: BootstrapInterval?
  }

  /// The methods' names; differences are the first's correlation less the second's.
  public let first: String
  /// As above.
  public let second: String
  /// Over the genes, each gene's correlations averaged over the sections first.
  public let genes: PairedComparison
  /// The interval of the mean difference; nil where intervals were left out.
  public let interval: BootstrapInterval?
  /// What was resampled for ``interval``.
  public let unit: EvaluationSettings.BootstrapUnit
  /// Section by section.
  public let sections: [Row]

  /// Compares two methods on the sections that both predict; nil where there is none.
  init?(
    _ first: String, _ second: String, _ sections: [SectionScores],
    _ settings: EvaluationSettings
  ) {
    let shared = sections.filter { $0.method(first) != nil && $0.method(second) != nil }
    guard !shared.isEmpty else { return nil }
    self.first = first
    self.second = second
    unit = settings.bootstrapUnit(sections: shared.count)
    let rows = shared.map { section in
      Row(
        section: section.section,
        genes: PairedComparison(section.pearson(of: first), section.pearson(of: second)),
        interval: section.pair(first, second).map {
          BootstrapInterval(ofReplicates: $0.replicates.values)
        })
    }
    self.sections = rows
    genes =
      shared.count == 1
      ? rows[0].genes
      : PairedComparison(
        shared.meanPearson(of: first, beside: second), shared.meanPearson(of: second, beside: first)
      )
    interval = BootstrapInterval(
      shared.compactMap { $0.pair(first, second)?.replicates.values },
      means: rows.map(\.genes.meanDifference), settings)
  }
}

extension SectionScores {
  func pearson(of method: String) -> [Double] { self.method(method)?.values(.pearson) ?? [] }

  func pair(_ first: String, _ second: String) -> Pair? {
    pairs.first { $0.first == first && $0.second == second }
  }
}

extension [SectionScores] {
  /// Each gene's correlation averaged over the sections where both methods have one, genes in the
  /// order of their names.
  fileprivate func meanPearson(of method: String, beside other: String) -> [Double] {
    var sums: [String: (sum: Double, count: Double)] = [:]
    for section in self {
      for (gene, (own, others)) in zip(
        section.genes, zip(section.pearson(of: method), section.pearson(of: other)))
      where own.isFinite && others.isFinite {
        let before = sums[gene] ?? (0, 0)
        sums[gene] = (before.sum + own, before.count + 1)
      }
    }
    return sums.sorted { $0.key < $1.key }.map { $0.value.sum / $0.value.count }
  }
}

extension BootstrapInterval {
  /// Of a mean over sections, resampled as the settings say.
  ///
  /// - Parameters:
  ///   - replicates: each section's own replicates, when its spots were resampled.
  ///   - means: each section's value.
  init?(_ replicates: [[Double]], means: [Double], _ settings: EvaluationSettings) {
    guard settings.bootstrapReplicates > 0, let first = replicates.first,
      replicates.count == means.count
    else { return nil }
    switch settings.bootstrapUnit(sections: means.count) {
    case .sections:
      self = .ofMean(
        over: means, replicates: settings.bootstrapReplicates, seed: settings.seed)
    case .spots:
      self.init(
        ofReplicates: first.indices.map { place in
          replicates.reduce(0) { $0 + $1[place] } / Double(replicates.count)
        })
    }
  }
}
