import Models
import Sections

/// Which genes a model is trained to predict.
public enum GeneChoice: Sendable {
  /// A list; those of it that every training section has.
  case list(Panel)
  /// By a rule, from the training sections alone.
  case rule(GeneRule)
  /// Those an earlier run chose, and how it did in words.
  case `as`([String], described: String)
}

/// Genes that every training section has, seen at enough spots, the most variable first.
public struct GeneRule: Sendable, Hashable {
  /// At most how many genes.
  public var most = 1000
  /// At how many of all training spots a gene has to be seen; nil for a twentieth of them.
  public var leastSpots: Int?

  /// At most 1,000 genes, each seen at a twentieth of the spots.
  public init() {}
}

/// Genes that were chosen, and how.
struct ChosenGenes {
  var genes: [String]
  /// The choice in words, for the card.
  var description: String
  /// What was left out, one plain sentence each.
  var notes: [String] = []
}

extension GeneChoice {
  /// The genes to predict, chosen from training sections.
  ///
  /// - Throws: when none is left.
  func genes(in sections: [LoadedSection]) throws(WorkbenchError) -> ChosenGenes {
    let chosen =
      switch self {
      case .list(let panel): panel.genes(in: sections)
      case .rule(let rule): rule.genes(in: sections)
      case .as(let genes, let description): ChosenGenes(genes: genes, description: description)
      }
    guard !chosen.genes.isEmpty else { throw WorkbenchError(nothingIsLeft) }
    return chosen
  }

  private var nothingIsLeft: String {
    switch self {
    case .list(let panel):
      "The training sections share none of the genes of \(panel.name). Name another --panel."
    case .rule:
      "The training sections share no gene that is seen at enough spots. Lower --min-spots, or "
        + "name a --panel."
    case .as:
      "The run has no genes to predict. Begin it anew with --force."
    }
  }
}

/// The genes that all sections have.
private func shared(_ sections: [LoadedSection]) -> Set<String> {
  var shared = Set(sections[0].section.genes)
  for section in sections.dropFirst() { shared.formIntersection(section.section.genes) }
  return shared
}

extension Panel {
  fileprivate func genes(in sections: [LoadedSection]) -> ChosenGenes {
    let shared = shared(sections)
    let missing = genes.filter { !shared.contains($0) }
    var chosen = ChosenGenes(
      genes: genes.filter(shared.contains), description: "")
    chosen.description = "\(chosen.genes.count.grouped), the list \(name)"
    if !missing.isEmpty {
      chosen.description += " but for \(missing.count.grouped) that a training section lacks"
      chosen.notes = [
        "\(missing.count) of the panel's genes are not in every training section and are left out: "
          + missing.prefix(5).joined(separator: ", ") + (missing.count > 5 ? ", …" : "")
      ]
    }
    return chosen
  }
}

extension GeneRule {
  /// Variance is that of `ln(1 + count · 10,000/total)` over all training spots, which does not
  /// depend on the genes chosen.
  fileprivate func genes(in sections: [LoadedSection]) -> ChosenGenes {
    struct Moments { var (spots, sum, squares) = (0, 0.0, 0.0) }
    let shared = shared(sections)
    let spots = sections.reduce(0) { $0 + $1.section.spots.count }
    let least = leastSpots ?? (spots + 19) / 20
    var moments: [String: Moments] = [:]
    for section in sections {
      let section = section.section
      let expression = NormalizedExpression(counts: section.counts, normalization: .scanpy)
      for (index, gene) in section.genes.enumerated() where shared.contains(gene) {
        var gene = moments[gene] ?? Moments()
        expression.forEachValue(ofGene: index) { _, value in
          gene.spots += 1
          gene.sum += Double(value)
          gene.squares += Double(value) * Double(value)
        }
        moments[section.genes[index]] = gene
      }
    }
    func variance(_ gene: String) -> Double {
      guard let moments = moments[gene] else { return 0 }
      let mean = moments.sum / Double(spots)
      return moments.squares / Double(spots) - mean * mean
    }
    let seen = sections[0].section.genes.filter { (moments[$0]?.spots ?? 0) >= max(least, 1) }
    let ranked = seen.map { ($0, variance($0)) }.sorted { $0.1 > $1.1 }
    let genes = ranked.prefix(most).map(\.0)
    return ChosenGenes(
      genes: genes,
      description: "\(genes.count.grouped), in all training sections, seen at \(least.grouped) of "
        + "their spots or more, the most variable first"
        + (ranked.count > most ? "; \((ranked.count - most).grouped) more left out" : ""))
  }
}
