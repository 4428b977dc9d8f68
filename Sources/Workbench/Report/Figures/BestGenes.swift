import Evaluation

/// The genes that are predicted best, and where.
///
/// A gene's rank is the mean over sections of −log₁₀ p of its correlation, of the method for which
/// that is highest; a correlation that is not above 0 counts as 0. Each is shown on the section
/// where that method predicts it best.
struct BestGenes {
  struct Choice: Hashable {
    var gene: String
    var section: String
    /// The method that predicts it best.
    var method: String
    /// The mean over sections of −log₁₀ p.
    var score: Double
  }

  let genes: [Choice]

  init(in report: EvaluationReport, count: Int = 4) {
    var best: [String: Choice] = [:]
    for method in report.methods {
      for choice in Self.choices(of: method, report.sections) {
        if let known = best[choice.gene], known.score >= choice.score { continue }
        best[choice.gene] = choice
      }
    }
    genes = Array(
      best.values.filter { $0.score > 0 }
        .sorted { ($1.score, $0.gene) < ($0.score, $1.gene) }.prefix(count))
  }

  private static func choices(of method: String, _ sections: [SectionScores]) -> [Choice] {
    var choices: [String: (choice: Choice, sum: Double, best: Double)] = [:]
    let scored = sections.filter { $0.method(method) != nil }
    for section in scored {
      guard let columns = section.method(method) else { continue }
      let (pearson, exponents) = (
        columns.values(.pearson), columns.values(.pearsonMinusLog10P)
      )
      for (place, gene) in section.genes.enumerated() where place < pearson.count {
        let exponent = exponents[place]
        let score = pearson[place] > 0 && exponent.isFinite ? exponent : 0
        var entry =
          choices[gene]
          ?? (Choice(gene: gene, section: section.section, method: method, score: 0), 0, 0)
        entry.sum += score
        if score > entry.best {
          entry.best = score
          entry.choice.section = section.section
        }
        choices[gene] = entry
      }
    }
    return choices.values.map { entry in
      var choice = entry.choice
      choice.score = entry.sum / Double(scored.count)
      return choice
    }
  }
}
