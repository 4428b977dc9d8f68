import Evaluation
import Sections

extension HTMLReport {
  /// The numbers beside the figure of differences, section by section and together.
  var pairedTable: Markup {
    guard !report.comparisons.isEmpty else { return "" }
    let groups = report.comparisons.map { pair -> Markup in
      var rows = pair.sections.map { pairedCells($0.section, $0.genes, $0.interval) }
      if rows.count > 1 { rows.append(pairedCells("all", pair.genes, pair.interval)) }
      let lines = rows.enumerated().map { index, cells -> Markup in
        let name: Markup =
          index == 0
          ? "<th scope=\"rowgroup\" rowspan=\"\(rows.count)\">\(pair.first) − \(pair.second)</th>"
          : ""
        let isTotal = index > 0 && index == pair.sections.count
        return "<tr\(isTotal ? Self.meanRow : "")>\(name)\(cells)</tr>\n"
      }
      return "<tbody>\n\(lines)</tbody>\n"
    }
    return """
      <div class="scroll"><table class="paired">
      <thead><tr><th scope="col">first − second</th><th scope="col">section</th>\
      <th scope="col" class="number">difference</th>\
      <th scope="col" class="number">95 % interval</th>\
      <th scope="col" class="number">−log₁₀ p</th><th scope="col" class="number">genes won</th>\
      <th scope="col" class="number">lost</th><th scope="col" class="number">tied</th></tr></thead>
      \(groups)</table></div>
      """
  }

  private func pairedCells(
    _ section: String, _ genes: PairedComparison, _ interval: BootstrapInterval?
  ) -> Markup {
    """
    <td>\(section)</td>\
    <td class="number">\(Optional(genes.meanDifference).shown())</td>\
    <td class="number">\(interval?.shown ?? "–")</td>\
    <td class="number">\(Optional(genes.wilcoxon.minusLog10P).shown(1))</td>\
    <td class="number">\(genes.won.grouped)</td><td class="number">\(genes.lost.grouped)</td>\
    <td class="number">\(genes.tied.grouped)</td>
    """
  }
}
