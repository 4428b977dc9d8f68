import Drawing
import Evaluation
import Foundation

extension EvaluationReport {
  /// The tables and cards as lines of text.
  public var text: String {
    var parts: [String] = []
    for subset in settings.subsets where !summaries.isEmpty { parts.append(correlations(subset)) }
    if !summaries.isEmpty {
      parts += [measures]
      if let attainable { parts.append(attainable) }
    }
    if !comparisons.isEmpty { parts.append(paired) }
    if !consistency.isEmpty { parts.append(neighbours) }
    if let clusters { parts.append(clusters) }
    if summaries.isEmpty { parts.append(observed) }
    parts += cards.map(\.text)
    let notes = sections.flatMap { section in
      section.methods.flatMap { columns in
        columns.notes.map { "\(columns.method) on \(section.section): \($0)" }
      }
    }
    if !notes.isEmpty { parts.append(notes.joined(separator: "\n")) }
    return parts.joined(separator: "\n\n")
  }

  private func correlations(_ subset: GeneSubset) -> String {
    var table = TextTable(
      [
        "section", "method", "mean", "median", "Q1", "Q3", "genes", "constant", "attainable",
        "share", "95 % interval", "protocol",
      ], words: 2)
    for row in summaries where row.subset == subset {
      let numbers = row.correlation
      table.add([
        row.section ?? "mean", row.method, numbers.mean.text(), numbers.median.text(),
        numbers.lowerQuartile.text(), numbers.upperQuartile.text(), numbers.genes.grouped,
        numbers.constantGenes.grouped, row.attainable.map { Optional($0.attainable).text() } ?? "",
        row.attainable.map { $0.share.percent } ?? "", row.interval?.text ?? "",
        row.section == nil ? "" : row.standing.rawValue,
      ])
    }
    let places =
      settings.places == .tissue ? "over the spots" : "over the whole grid, background and all"
    let title =
      "Pearson's correlation \(places), \(subset.words), constant genes "
      + settings.constantGenes.words
    return ([title] + table.lines).joined(separator: "\n")
  }

  /// The mean of every measure over genes, then over sections.
  private var measures: String {
    let shown = GeneMeasure.allCases
    var table = TextTable(["method"] + shown.map(\.symbol), words: 1)
    for method in methods {
      // The mean over sections; of one section, that.
      guard let row = summaries.last(where: { $0.method == method && $0.subset == .all }) else {
        continue
      }
      table.add([method] + shown.map { row.means[$0.rawValue].text() })
    }
    guard !table.isEmpty else { return "" }
    return
      (["Means over genes\(sections.count > 1 ? ", then over sections" : "")"] + table.lines)
      .joined(separator: "\n")
  }

  private var attainable: String? {
    guard settings.attainableRepeats > 0 else { return nil }
    let method = "\(settings.attainableRepeats) halvings, seed \(settings.seed)."
    let unmeasurable = sections.compactMap { section -> String? in
      let genes = section.unmeasurableGenes
      guard !genes.isEmpty else { return nil }
      let shown = genes.prefix(8).joined(separator: ", ") + (genes.count > 8 ? ", …" : "")
      return "Unmeasurable on \(section.section): \(genes.count.grouped) genes: \(shown)"
    }
    return
      ("\(AttainableShare.explanation) \(method)".wrapped(to: 96) + unmeasurable)
      .joined(separator: "\n")
  }

  private var paired: String {
    var table = TextTable(
      [
        "first − second", "section", "difference", "95 % interval", "won", "lost", "tied",
        "Wilcoxon −lg p",
      ], words: 2)
    for pair in comparisons {
      let name = "\(pair.first) − \(pair.second)"
      func add(_ section: String, _ genes: PairedComparison, _ interval: BootstrapInterval?) {
        table.add([
          name, section, Optional(genes.meanDifference).text(), interval?.text ?? "",
          genes.won.grouped, genes.lost.grouped, genes.tied.grouped,
          Optional(genes.wilcoxon.minusLog10P).text(1),
        ])
      }
      if pair.sections.count > 1 {
        for row in pair.sections { add(row.section, row.genes, row.interval) }
      }
      add(
        pair.sections.count > 1 ? "all" : pair.sections[0].section, pair.genes, pair.interval)
    }
    let replicates = settings.bootstrapReplicates.grouped
    let unit = settings.bootstrapUnit(sections: sections.count).rawValue
    let interval =
      settings.bootstrapReplicates > 0
      ? "; intervals by \(replicates) resamplings of the \(unit), seed \(settings.seed)"
        + (unit == "spots" ? " (neighbouring spots are alike: a little too narrow)" : "") : ""
    return
      (["Paired over genes\(interval)"] + table.lines).joined(separator: "\n")
  }

  /// Neighbouring sections: what was observed beside what each method predicts.
  private var neighbours: String {
    var table = TextTable(
      [
        "sections", "method", "spots", "genes", "spotwise", "observed", "profile", "observed",
      ], words: 2)
    for row in consistency {
      table.add([
        "\(row.first), \(row.second)", row.method, row.matchedSpots.grouped, row.genes.grouped,
        row.predicted.spotwise.text(), row.observed.spotwise.text(), row.predicted.profile.text(),
        row.observed.profile.text(),
      ])
    }
    let title =
      "Consistency of neighbouring sections, the method's beside that of what was observed"
    return ([title] + table.lines + NeighbourConsistency.explanation.wrapped(to: 96))
      .joined(separator: "\n")
  }

  private var clusters: String? {
    let compared = sections.compactMap { section in
      section.clusters.map { (section: section.section, clusters: $0) }
    }
    guard let first = compared.first?.clusters else { return nil }
    var table = TextTable(
      [
        "section", "expression", "regions", "spots", "ARI", "least", "greatest", "NMI",
        "seeds' ARI",
      ],
      words: 2)
    for (section, clusters) in compared {
      for row in clusters.rows {
        let rand = Spread(row.adjustedRandIndex.values)
        let shown = row.adjustedRandIndex.values.map { Optional($0).text() }
        table.add([
          section, row.source, clusters.regions.count.grouped, clusters.spots.grouped,
          rand?.text ?? "–", (rand?.range.lowerBound).text(), (rand?.range.upperBound).text(),
          Spread(row.normalizedMutualInformation.values)?.text ?? "–",
          shown.joined(separator: " "),
        ])
      }
    }
    let seeds = first.seeds.map(String.init).joined(separator: ", ")
    let title =
      "Clusters against the pathologist's labels, as many as there are regions, undetermined spots "
      + "left out, recipe \(first.recipe.rawValue), seeds \(seeds): mean ± deviation over seeds"
    let problems = compared.flatMap { section, clusters in
      clusters.rows.compactMap { row in row.problem.map { "\(row.source) on \(section): \($0)" } }
    }
    return (title.wrapped(to: 96) + table.lines + problems).joined(separator: "\n")
  }

  /// What there is to predict, where no method was named.
  private var observed: String {
    var table = TextTable(
      [
        "section", "spots", "genes", "mean Moran's I", "mean Geary's C", "attainable",
        "unmeasurable",
      ], words: 1)
    for section in sections {
      func mean(_ column: NumberColumn) -> Double? {
        let values = column.values.filter(\.isFinite)
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
      }
      table.add([
        section.section, section.spots.grouped, section.genes.count.grouped,
        mean(section.observed.moransI).text(), mean(section.observed.gearysC).text(),
        section.observed.attainable.flatMap { mean($0.unmeasurableAsZero) }?.text() ?? "",
        section.observed.attainable.map { column in
          column.values.count { $0.isNaN }.grouped
        } ?? "",
      ])
    }
    return
      (["Observed expression; no method was named"] + table.lines
      + (attainable.map { [$0] } ?? [])).joined(separator: "\n")
  }
}

extension BootstrapInterval {
  /// As `0.012..0.034`; a dash where there is none.
  public var text: String {
    guard lower.isFinite, upper.isFinite else { return "–" }
    return "\(Optional(lower).text())..\(Optional(upper).text())"
  }
}

extension Double {
  /// As `38 %`.
  var percent: String { String(format: "%.0f %%", self * 100) }
}

extension GeneSubset {
  /// The genes in words, for titles.
  public var words: String {
    switch self {
    case .all: "all genes"
    case .mostVariable(let count): "the \(count.grouped) most variable genes"
    case .mostExpressed(let count): "the \(count.grouped) most expressed genes"
    case .bestPredicted(let count): "the \(count.grouped) genes each method predicts best"
    case .named(let names): names.count == 1 ? names[0] : "\(names.count.grouped) named genes"
    }
  }
}
