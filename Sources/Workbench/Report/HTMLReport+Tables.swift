import Evaluation
import Foundation

extension HTMLReport {
  /// The table of methods and sections for each choice of genes, and what attainable means.
  var methodTables: Markup {
    guard !report.methods.isEmpty else { return observedTable }
    let tables = report.settings.subsets.map { subset -> Markup in
      let words = subset.words
      return """
        <h3>\(words.prefix(1).uppercased() + words.dropFirst())</h3>
        <div class="scroll">\(report.methods.count > 4 ? longTable(subset) : scoreTable(subset))</div>

        """
    }
    let repeats = report.settings.attainableRepeats
    let explanation: Markup =
      repeats > 0
      ? "<p class=\"note\">\(AttainableShare.explanation) \(repeats.grouped) halvings.</p>" : ""
    let places =
      report.settings.places == .tissue ? "the spots under tissue" : "all cells of the grid"
    return """
      <section id="scores">
      <h2>Scores</h2>
      <p>Pearson's correlation (PCC) of predicted with observed expression over \(places), averaged \
      over genes; genes without a correlation are \(report.settings.constantGenes.words).</p>
      \(tables)\(seenNote)\(explanation)\(unmeasurable)
      </section>
      """
  }

  /// The genes that counts are too few to tell anything of, section by section.
  private var unmeasurable: Markup {
    let found = report.sections.filter { !$0.unmeasurableGenes.isEmpty }
    guard !found.isEmpty else { return "" }
    let lists = found.map { section -> Markup in
      "<dt>\(section.section)</dt><dd>\(section.unmeasurableGenes.joined(separator: ", "))</dd>\n"
    }
    return "<details><summary>Genes unmeasurable here</summary><dl>\n\(lists)</dl></details>"
  }

  private func scoreTable(_ subset: GeneSubset) -> Markup {
    let kind = AttainableColumns(report, subset)
    let heads = report.methods.map { method -> Markup in
      "<th scope=\"colgroup\" colspan=\"\(kind.columnsPerMethod)\" class=\"group\">\(method)</th>"
    }
    let columns = report.methods.map { _ -> Markup in
      switch kind {
      case .none: "\(Self.first("PCC"))"
      case .shared: "\(Self.first("PCC"))\(Self.head("share"))"
      case .perMethod: "\(Self.first("PCC"))\(Self.head("attainable"))\(Self.head("share"))"
      }
    }
    let names: [String?] =
      report.sections.map(\.section) + (report.sections.count > 1 ? [nil] : [])
    let rows = names.map { section -> Markup in
      let attainable = report.methods.lazy
        .compactMap { report.summary(of: $0, on: section, subset)?.attainable?.attainable }.first
      let shared: Markup =
        kind == .shared ? "<td class=\"number\">\(attainable.shown())</td>" : ""
      let cells = report.methods.map {
        scoreCells(report.summary(of: $0, on: section, subset), kind)
      }
      return "<tr\(section == nil ? Self.meanRow : "")><th scope=\"row\">\(section ?? "mean")</th>"
        + "\(shared)\(cells)</tr>\n"
    }
    let attainableHead: Markup =
      kind == .shared
      ? "<th rowspan=\"2\" scope=\"col\" class=\"number\">attainable</th>" : ""
    return """
      <table class="scores">
      <thead><tr><th rowspan="2" scope="col">section</th>\(attainableHead)\(heads)</tr>
      <tr>\(columns)</tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      """
  }

  /// A row a section and method, for more methods than stand beside each other on a page.
  private func longTable(_ subset: GeneSubset) -> Markup {
    let names: [String?] =
      report.sections.map(\.section) + (report.sections.count > 1 ? [nil] : [])
    let rows = names.flatMap { section in
      report.methods.map { method -> Markup in
        let row = report.summary(of: method, on: section, subset)
        return
          "<tr\(section == nil ? Self.meanRow : "")><th scope=\"row\">\(section ?? "mean")</th>"
          + "<td>\(method)</td>\(scoreCells(row, .perMethod))</tr>\n"
      }
    }
    return """
      <table class="scores">
      <thead><tr><th scope="col">section</th><th scope="col">method</th>\(Self.first("PCC"))\
      \(Self.head("attainable"))\(Self.head("share"))</tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      """
  }

  static let meanRow: Markup = " class=\"mean\""

  private static func head(_ text: String) -> Markup {
    "<th scope=\"col\" class=\"number\">\(text)</th>"
  }

  private static func first(_ text: String) -> Markup {
    "<th scope=\"col\" class=\"number first\">\(text)</th>"
  }

  private func scoreCells(
    _ row: EvaluationReport.Summary?, _ kind: AttainableColumns
  ) -> Markup {
    let isMarked = row.map { $0.standing == .patientSeen || $0.standing == .trainedOn } ?? false
    let mark: Markup = isMarked ? "<span class=\"mark\">†</span>" : ""
    let interval: Markup =
      row?.interval.map { $0.lower.isFinite ? "<small>\($0.shown)</small>" : "" } ?? ""
    let score: Markup =
      "<td class=\"number first\"><b>\(row?.correlation.mean.shown() ?? "–")</b>\(mark)"
      + "\(interval)</td>"
    let share: Markup = "<td class=\"number\">\(row?.attainable?.shareShown ?? "–")</td>"
    switch kind {
    case .none: return score
    case .shared: return score + share
    case .perMethod:
      return score + "<td class=\"number\">\((row?.attainable?.attainable).shown())</td>" + share
    }
  }

  private var seenNote: Markup {
    let marked = report.summaries.contains {
      $0.standing == .patientSeen || $0.standing == .trainedOn
    }
    let intervals =
      report.settings.bootstrapReplicates > 0
      ? "Small numbers are 95 % intervals over resampled spots of a section, and for means over "
        + "resampled \(report.settings.bootstrapUnit(sections: report.sections.count).rawValue)."
      : ""
    guard marked else { return "<p class=\"note\">\(intervals)</p>" }
    return """
      <p class="note"><b>†</b> The model saw this section or others of the same patient in training, \
      so the score is higher than on a new patient. \(intervals)</p>
      """
  }

  /// What there is to predict, where no method was scored.
  private var observedTable: Markup {
    func mean(_ values: [Double]) -> Double? {
      let finite = values.filter(\.isFinite)
      return finite.isEmpty ? nil : finite.reduce(0, +) / Double(finite.count)
    }
    let rows = report.sections.map { section -> Markup in
      let attainable = section.observed.attainable.flatMap { mean($0.unmeasurableAsZero.values) }
      return """
        <tr><th scope="row">\(section.section)</th><td class="number">\(section.spots.grouped)</td>\
        <td class="number">\(section.genes.count.grouped)</td>\
        <td class="number">\(mean(section.observed.moransI.values).shown())</td>\
        <td class="number">\(attainable.shown())</td></tr>

        """
    }
    return """
      <section id="scores">
      <h2>Scores</h2>
      <p>No method was scored. This is what there is to predict.</p>
      <div class="scroll"><table>
      <thead><tr><th scope="col">section</th><th scope="col" class="number">spots</th>\
      <th scope="col" class="number">genes</th><th scope="col" class="number">mean Moran's I</th>\
      <th scope="col" class="number">mean attainable PCC</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table></div>
      <p class="note">\(AttainableShare.explanation)</p>
      </section>
      """
  }
}

/// Whether what could at best be reached has a column, and whether one is enough for all methods.
private enum AttainableColumns {
  case none, shared, perMethod

  init(_ report: EvaluationReport, _ subset: GeneSubset) {
    let rows = report.summaries.filter { $0.subset == subset }
    let bySection = Dictionary(grouping: rows) { $0.section ?? "" }
      .mapValues { Set($0.map { $0.attainable?.attainable }) }
    if rows.allSatisfy({ $0.attainable == nil }) {
      self = .none
    } else {
      self = bySection.values.allSatisfy { $0.count == 1 } ? .shared : .perMethod
    }
  }

  var columnsPerMethod: Int {
    switch self {
    case .none: 1
    case .shared: 2
    case .perMethod: 3
    }
  }
}

extension Double? {
  /// As in tables of text, with a true minus sign.
  func shown(_ decimals: Int = 3) -> String {
    text(decimals).replacingOccurrences(of: "-", with: "−")
  }
}

extension AttainableShare {
  /// As `38 %`.
  fileprivate var shareShown: String { share.percent.replacingOccurrences(of: "-", with: "−") }
}

extension BootstrapInterval {
  /// As `0.012 to 0.034`.
  var shown: String { "\(Optional(lower).shown()) to \(Optional(upper).shown())" }
}
