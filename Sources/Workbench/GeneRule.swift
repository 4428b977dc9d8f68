import Evaluation
import Sections

/// Genes that every training section has, seen at enough spots, the most variable first.
public struct GeneRule: Sendable, Hashable {
  /// What makes a gene variable.
  public enum Measure: String, Sendable, Hashable, CaseIterable {
    /// The variance of `ln(1 + count · 10,000/total)` over all training spots.
    case variance
    /// The variance of counts beside genes of the same mean, a section at a time, as HESpotEx chooses:
    /// the first genes of each section, all together.
    case seuratV3 = "seurat-v3"
  }

  /// What makes a gene variable.
  public var measure = Measure.variance
  /// At most how many genes; of each section, where sections choose apart.
  public var most = 1000
  /// At how many of all training spots a gene has to be seen; nil for a twentieth of them.
  public var leastSpots: Int?

  /// At most 1,000 genes, each seen at a twentieth of the spots.
  public init() {}
}

extension GeneRule {
  /// The genes, chosen from training sections.
  func genes(in sections: [LoadedSection]) -> ChosenGenes {
    let spots = sections.reduce(0) { $0 + $1.section.spots.count }
    let least = leastSpots ?? (spots + 19) / 20
    let shared = shared(sections)
    var seen: [String: Int] = [:]
    for section in sections {
      for (gene, count) in zip(section.section.genes, section.spotsOfGenes)
      where shared.contains(gene) {
        seen[gene, default: 0] += count
      }
    }
    let genes = sections[0].section.genes.filter { seen[$0, default: 0] >= max(least, 1) }
    let ranked = ranked(genes, in: sections)
    let words =
      measure == .variance
      ? "the most variable first"
      : "among the \(most.grouped) of a section that vary most beside genes of the same mean (seurat_v3)"
    return ChosenGenes(
      genes: ranked,
      description: "\(ranked.count.grouped), in all training sections, seen at \(least.grouped) of "
        + "their spots or more, \(words)"
        + (genes.count > ranked.count
          ? "; \((genes.count - ranked.count).grouped) more left out" : ""))
  }

  /// The genes chosen of some, the most variable first.
  private func ranked(_ genes: [String], in sections: [LoadedSection]) -> [String] {
    switch measure {
    case .variance:
      let variances = variances(in: sections)
      return Array(
        genes.map { ($0, variances[$0, default: 0]) }.sorted { $0.1 > $1.1 }.map(\.0).prefix(most))
    case .seuratV3:
      var best: [String: Int] = [:]
      for section in sections {
        for (rank, gene) in section.genesByStandardizedVariance.prefix(most).enumerated() {
          best[gene] = min(rank, best[gene] ?? rank)
        }
      }
      return genes.compactMap { gene in best[gene].map { (gene, $0) } }.sorted { $0.1 < $1.1 }
        .map(\.0)
    }
  }

  /// The variance of each gene over all spots, which does not depend on the genes chosen.
  private func variances(in sections: [LoadedSection]) -> [String: Double] {
    let spots = Double(sections.reduce(0) { $0 + $1.section.spots.count })
    var sums: [String: (sum: Double, squares: Double)] = [:]
    for section in sections.map(\.section) {
      let expression = NormalizedExpression(counts: section.counts, normalization: .scanpy)
      for (index, gene) in section.genes.enumerated() {
        var (sum, squares) = sums[gene] ?? (0, 0)
        expression.forEachValue(ofGene: index) { _, value in
          sum += Double(value)
          squares += Double(value) * Double(value)
        }
        sums[gene] = (sum, squares)
      }
    }
    return sums.mapValues { sums in
      let mean = sums.sum / spots
      return sums.squares / spots - mean * mean
    }
  }
}

extension LoadedSection {
  /// At how many spots each gene is seen.
  fileprivate var spotsOfGenes: [Int] {
    section.genes.indices.map { gene in section.counts.withEntries(ofGene: gene) { $1.count } }
  }

  /// The genes, those first that vary most beside genes of the same mean.
  fileprivate var genesByStandardizedVariance: [String] {
    let block = section.counts.block(ofGenes: 0..<section.genes.count)
    let variances = standardizedVariances(
      spotCount: section.spots.count, starts: block.starts, counts: block.values)
    return section.genes.indices.sorted { (variances[$1], $0) < (variances[$0], $1) }
      .map { section.genes[$0] }
  }
}
