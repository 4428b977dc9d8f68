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
func shared(_ sections: [LoadedSection]) -> Set<String> {
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
