import Evaluation
import Foundation

extension HTMLReport {
  /// The parts of the page that stand only where their files were given, by anchor and name.
  var additionAnchors: [(String, String)] {
    (additions.enrichment.isEmpty ? [] : [("gene-sets", "Gene sets")])
      + (additions.copyNumbers.isEmpty ? [] : [("copy-numbers", "Copy numbers")])
      + (additions.tumour.isEmpty ? [] : [("tumour", "Tumour regions")])
  }

  /// Gene sets, copy numbers and tumour regions, and what is missing of them.
  var additionSections: Markup {
    let notes = additions.notes.map { note -> Markup in "<p class=\"absent\">\(note)</p>\n" }
    return geneSetTable + copyNumberFigures + tumourFigures + "\(notes)"
  }

  /// Sets shown in the table.
  private static let mostSets = 20

  /// A row a set, the most significant of any method first; for each method its overlap and chance.
  private var geneSetTable: Markup {
    guard let first = additions.enrichment.first else { return "" }
    let results = additions.enrichment
    let heads = results.map { result -> Markup in
      "<th scope=\"colgroup\" colspan=\"2\" class=\"group\">\(result.source)</th>"
    }
    let columns = results.map { _ -> Markup in
      "<th scope=\"col\" class=\"number\">genes</th><th scope=\"col\" class=\"number\">adjusted p</th>"
    }
    var rowsOfSet: [String: [EnrichmentResult.Row]] = [:]
    for result in results {
      for row in result.rows { rowsOfSet[row.set, default: []].append(row) }
    }
    func best(_ rows: [EnrichmentResult.Row]) -> Double {
      rows.compactMap(\.minusLog10AdjustedP).max() ?? -1
    }
    let order = rowsOfSet.sorted { (best($1.value), $0.key) < (best($0.value), $1.key) }
    let rows = order.prefix(Self.mostSets).map { set, rows -> Markup in
      let cells = rows.map { row -> Markup in
        """
        <td class="number" title="\(row.genes.joined(separator: ", "))">\
        \(row.genes.count) of \(row.size)</td><td class="number">\(row.adjustedP.scientific)</td>
        """
      }
      let description = rows.first?.description ?? ""
      return "<tr><th scope=\"row\" title=\"\(description)\">\(set)</th>\(cells)</tr>\n"
    }
    let left = order.count - Self.mostSets
    let rest: Markup =
      left > 0 ? "<p class=\"note\">\(left.grouped) more sets have larger chances.</p>" : ""
    return """
      <section id="gene-sets">
      <h2>Gene sets among the best predicted genes</h2>
      <p>Sets of \(first.geneSets) that hold more of a method's \(first.chosen.count.grouped) best \
      predicted genes, by their mean correlation over sections, than a draw from all \
      \(first.universe.grouped) genes scored would. One-sided hypergeometric test, adjusted over the \
      sets by Benjamini and Hochberg; genes of a set vary together, so that a small chance tells of \
      the overlap alone.</p>
      <div class="scroll"><table>
      <thead><tr><th></th>\(heads)</tr><tr><th scope="col">set</th>\(columns)</tr></thead>
      <tbody>
      \(rows)</tbody>
      </table></div>
      \(rest)
      </section>

      """
  }

  private var copyNumberFigures: Markup {
    guard let first = additions.copyNumbers.first else { return "" }
    let number = ReportFigure.allCases.count + 1
    let pictures = additions.copyNumbers.map { result -> Markup in
      let picture = result.heatmap.picture(width: ReportStyle.figureWidth)
      return Markup(verbatim: "<div>\(picture.svg(.page))</div>\n")
    }
    let notes = first.notes.joined(separator: " ")
    return """
      <section id="copy-numbers">
      <h2>Copy numbers</h2>
      <figure>
      \(pictures)<figcaption><b>Figure \(number).</b> Each spot's log-expression less that of the \
      reference, averaged over windows of neighbouring genes and centred on the spot's median, as \
      observed and as each method predicts it. Bands along many genes may be gains or losses of parts \
      of chromosomes; single windows, and differences that follow a kind of tissue, are not. \
      \(notes)</figcaption>
      </figure>
      </section>

      """
  }

  private var tumourFigures: Markup {
    guard let first = additions.tumour.first else { return "" }
    let number = ReportFigure.allCases.count + (additions.copyNumbers.isEmpty ? 1 : 2)
    let pictures = additions.tumour.map { figure -> Markup in
      let picture = figure.picture(width: ReportStyle.figureWidth)
      return Markup(verbatim: "<div>\(picture.svg(.page))</div>\n")
    }
    let card = (first.map.origin.facts ?? []).map { fact -> Markup in
      "<tr><th scope=\"row\">\(fact.label)</th><td>\(fact.text)</td></tr>\n"
    }
    return """
      <section id="tumour">
      <h2>Tumour regions</h2>
      <figure>
      \(pictures)<figcaption><b>Figure \(number).</b> The pathologist's labels, and how likely each \
      spot is tumour (\(first.map.categories.joined(separator: ", "))) as a network sees it that was \
      not trained on expression. \(TumourScores.explanations.joined(separator: " "))</figcaption>
      </figure>
      <div class="scroll"><table>
      \(card)</table></div>
      </section>

      """
  }
}
