import Drawing
import Evaluation
import Foundation

/// The numbers of the table of genes: over all sections together, and section by section.
struct GeneNumbers {
  /// One choice of the menu.
  struct View {
    var name: String
    /// A number a gene, in the order of ``genes``; NaN for none. Mean expression, Moran's I,
    /// attainable, then each method's correlation.
    var columns: [[Double]]
  }

  let genes: [String]
  let columns: [(title: String, explanation: String)]
  let methods: [String]
  let views: [View]
  /// How many columns there are before the methods'.
  static let factColumns = 3

  init(_ report: EvaluationReport, genes: [String]) {
    self.genes = genes
    methods = report.methods
    columns =
      [
        ("mean", "Mean of the normalized expression over spots"),
        ("Moran's I", "How alike neighbouring spots are, up to 1"),
        ("attainable", "What Pearson's correlation could at best be"),
      ] + report.methods.map { ($0, "Pearson's correlation of \($0)") }
    let sections = report.sections.map { section in
      View(name: section.section, columns: Self.columns(of: section, report.methods, genes))
    }
    guard sections.count > 1 else {
      views = sections
      return
    }
    let means = columns.indices.map { column in
      genes.indices.map { gene in
        let values = sections.map { $0.columns[column][gene] }.filter(\.isFinite)
        return values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
      }
    }
    views = [View(name: "mean over sections", columns: means)] + sections
  }

  private static func columns(
    of section: SectionScores, _ methods: [String], _ genes: [String]
  ) -> [[Double]] {
    let place = Dictionary(zip(section.genes, section.genes.indices)) { first, _ in first }
    func column(_ values: [Double]?) -> [Double] {
      genes.map { gene in
        guard let values, let row = place[gene], row < values.count else { return .nan }
        return values[row]
      }
    }
    let attainable =
      section.methods.lazy.compactMap(\.attainable).first ?? section.observed.attainable
    return [
      column(section.observed.mean.values), column(section.observed.moransI.values),
      column(attainable?.values),
    ] + methods.map { column(section.method($0)?.values(.pearson)) }
  }

  /// The column that the table is ordered by at first: the method with the highest mean, or Moran's
  /// I without methods.
  var firstOrder: Int {
    func mean(_ column: Int) -> Double {
      let values = views.first?.columns[column].filter(\.isFinite) ?? []
      return values.isEmpty ? -.infinity : values.reduce(0, +) / Double(values.count)
    }
    let methods = Self.factColumns..<columns.count
    return methods.max { mean($0) < mean($1) } ?? 1
  }

  /// Genes in the order of a column, highest first, those without a number last.
  func order(by column: Int) -> [Int] {
    guard let values = views.first?.columns[column] else { return Array(genes.indices) }
    func key(_ gene: Int) -> Double { values[gene].isFinite ? values[gene] : -.infinity }
    return genes.indices.sorted { (key($1), $0) < (key($0), $1) }
  }

  /// For the page's script: numbers in thousandths, null for none.
  var json: String {
    let names = "[\(genes.map(\.jsonString).joined(separator: ","))]"
    let views = self.views.map { view in
      let columns = view.columns.map { column in
        "[\(column.map(\.thousandths).joined(separator: ","))]"
      }
      return "{\"name\":\(view.name.jsonString),\"columns\":[\(columns.joined(separator: ","))]}"
    }
    return "{\"genes\":\(names),\"facts\":\(Self.factColumns),\"order\":\(firstOrder),"
      + "\"views\":[\(views.joined(separator: ","))]}"
  }
}

extension HTMLReport {
  /// Rows that stand in the page without its script, and on paper.
  static let printedRows = 50

  /// The table of all genes, which the page's script sorts and searches.
  var geneTable: Markup {
    let numbers = GeneNumbers(report, genes: geneNames)
    guard !numbers.genes.isEmpty, !numbers.views.isEmpty else {
      return """
        <section id="gene-table">
        <h2>Genes</h2>
        <p class="absent">There are no genes to list.</p>
        </section>
        """
    }
    let order = numbers.order(by: numbers.firstOrder)
    let heads = numbers.columns.enumerated().map { index, column -> Markup in
      let sort: Markup =
        index == numbers.firstOrder ? " aria-sort=\"descending\"" : ""
      return """
        <th scope="col" class="number"\(sort)><button type="button" title="\(column.explanation)">\
        \(column.title)</button></th>
        """
    }
    let rows = order.prefix(Self.printedRows).map { row(numbers, gene: $0) }
    let options = numbers.views.enumerated().map { index, view -> Markup in
      "<option value=\"\(index)\">\(view.name)</option>"
    }
    let attainable =
      report.methods.count > 1
      ? " Attainable values are those under the first method's normalization." : ""
    return """
      <section id="gene-table">
      <h2>Genes</h2>
      <p>Every gene with its scores: choose a heading to sort, again to turn the order.\(attainable)</p>
      <div class="tools">
      <label>Search <input type="search" id="gene-search" autocomplete="off" spellcheck="false"></label>
      <label>Section <select id="gene-view">\(options)</select></label>
      <output id="gene-count" for="gene-search" aria-live="polite"></output>
      </div>
      <p class="printed">The first \(Self.printedRows) genes in the order of the page; the file holds \
      all \(numbers.genes.count.grouped).</p>
      <div class="scroll"><table id="genes-sorted">
      <thead><tr><th scope="col"><button type="button" title="The gene's name">gene</button></th>\
      \(heads)</tr></thead>
      <tbody>
      \(rows)</tbody>
      </table></div>
      <noscript><p class="note">The first \(Self.printedRows) genes; the others need the page's \
      script, which this browser does not run.</p></noscript>
      <script type="application/json" id="gene-data">\(Markup(verbatim: numbers.json))</script>
      <script>\(Markup(verbatim: ReportScript.javaScript))</script>
      </section>
      """
  }

  private func row(_ numbers: GeneNumbers, gene: Int) -> Markup {
    let cells = numbers.views[0].columns.map { column -> Markup in
      "<td class=\"number\">\(Optional(column[gene]).shown())</td>"
    }
    return "<tr><th scope=\"row\">\(numbers.genes[gene])</th>\(cells)</tr>\n"
  }
}

extension Double {
  /// A whole number of thousandths, `null` for what is no number or too large for one.
  fileprivate var thousandths: String {
    abs(self) < 1e12 ? String(Int((self * 1000).rounded())) : "null"
  }
}

extension String {
  /// The text in quotes as JSON within a page, where no `<` may stand.
  fileprivate var jsonString: String {
    var text = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "<", ">", "&", "\u{2028}", "\u{2029}":
        text += "\\u" + String(format: "%04x", scalar.value)
      default:
        if scalar.value < 0x20 {
          text += "\\u" + String(format: "%04x", scalar.value)
        } else {
          text.unicodeScalars.append(scalar)
        }
      }
    }
    return text + "\""
  }
}
