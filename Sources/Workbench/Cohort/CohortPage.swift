import Drawing
import Evaluation
import Sections

/// A cohort's results as one page that needs nothing else; the same results give the same bytes.
struct CohortPage {
  let report: CohortReport
  let command: String

  init(_ report: CohortReport, command: [String]) {
    self.report = report
    self.command = command.map(\.quotedForShell).joined(separator: " ")
  }

  /// The whole page.
  var html: String {
    let title = "\(report.table) — \(report.task.rawValue)"
    return Markup.page(
      title: title, version: report.version, runsScripts: false,
      body: """
        <header>
        <p class="eyebrow">Eosin cohort</p>
        <h1>\(report.table)</h1>
        <p class="lead">\(lead)</p>
        </header>
        <main>
        \(body)
        \(howItWasDone)
        </main>
        \(footer)
        """
    ).text
  }

  private var lead: String {
    switch report.result {
    case .prognosis(let result):
      "Prognosis of \(result.patients.count.grouped) patients: concordance \(result.concordanceWords)"
    case .response(let result):
      "Response of \(result.patients.count.grouped) patients: balanced accuracy "
        + "\(result.balancedAccuracy.finite.text(3)) out of fold"
    }
  }

  private var body: Markup {
    switch report.result {
    case .prognosis(let result): body(of: result)
    case .response(let result): body(of: result)
    }
  }

  private func body(of result: PrognosisResult) -> Markup {
    let curves = result.curves(timeName: report.timeName)
    let picture = curves.plot(title: "").picture(width: ReportStyle.figureWidth)
    let groups = result.groupRows(timeName: report.timeName).map {
      [$0.name, $0.patients.grouped, $0.events.grouped, $0.median]
    }
    let folds = result.folds.map {
      [
        report.name(ofFold: $0.fold, seed: $0.seed), $0.patients.grouped, $0.events.grouped,
        $0.epoch?.grouped ?? "", $0.concordance.text(3),
      ]
    }
    let patients = result.patients.sorted { $0.risk > $1.risk }.map {
      [
        $0.slide, $0.risk.finite.text(2), "\($0.group.rawValue) risk", "\($0.time)",
        $0.event ? "event" : "censored",
      ]
    }
    return """
      <section id="survival">
      <h2>Survival by risk</h2>
      <figure>
      <div>\(Markup(verbatim: picture.svg(.page)))</div>
      <figcaption>Kaplan–Meier curves with 95 % bands; ticks are censored patients.</figcaption>
      </figure>
      \(table(["group", "patients", "events", "median \(report.timeName)"], groups))
      </section>
      <section id="concordance">
      <h2>Concordance</h2>
      <p>\(result.concordanceWords): the share of pairs in which the patient who had the event first \
      has the higher risk. 0.5 is chance. The interval is of 1,000 draws of patients, risks as they \
      are.</p>
      \(table(["fold", "patients", "events", "epoch", "concordance"], folds))
      </section>
      <section id="patients">
      <h2>Patients, highest risk first</h2>
      \(table(["slide", "risk", "group", report.timeName, "end"], patients))
      </section>
      """
  }

  private func body(of result: ResponseResult) -> Markup {
    let confusion = result.confusion.enumerated().map { kind, row in
      [result.classes[kind]] + row.map(\.grouped) + [row.reduce(0, +).grouped]
    }
    let folds = result.folds.map {
      [
        report.name(ofFold: $0.fold, seed: $0.seed), $0.patients.grouped,
        $0.epoch?.grouped ?? "", $0.accuracy.finite.text(3),
      ]
    }
    let patients = result.patients.map { patient in
      [patient.slide, patient.response, patient.predicted]
        + patient.shares.map { $0.finite.text(2) }
    }
    return """
      <section id="response">
      <h2>Responses told</h2>
      <p>Accuracy: \(result.accuracyWords). Balanced accuracy: \(result.balancedWords). \
      Area: \(result.areaWords).</p>
      \(table(["response"] + result.classes.map { "told \($0)" } + ["patients"], confusion))
      </section>
      <section id="folds">
      <h2>Folds</h2>
      \(table(["fold", "patients", "epoch", "accuracy"], folds))
      </section>
      <section id="patients">
      <h2>Patients</h2>
      \(table(["slide", "response", "told"] + result.classes.map { "share of \($0)" }, patients))
      </section>
      """
  }

  private var howItWasDone: Markup {
    let lines = report.protocolLines.map { line -> Markup in "<li>\(line)</li>\n" }
    return """
      <section id="protocol">
      <h2>How these scores came about</h2>
      <ul>
      \(lines)</ul>
      </section>
      """
  }

  private var footer: Markup {
    let notes = report.notes.map { note -> Markup in "<li>\(note)</li>\n" }
    let made: Markup = command.isEmpty ? "" : "<p>Made by</p><pre>\(command)</pre>"
    return """
      <footer>
      <h2>How this page was made</h2>
      \(made)
      <p>Eosin \(report.version), preset \(report.preset.rawValue).</p>
      \(notes.isEmpty ? "" : "<ul>\(notes)</ul>" as Markup)
      </footer>
      """
  }

  /// A table whose first column names its rows; columns without a single cell are left out.
  private func table(_ headings: [String], _ rows: [[String]]) -> Markup {
    let kept = headings.indices.filter { column in rows.contains { !$0[column].isEmpty } }
    return filledTable(kept.map { headings[$0] }, rows.map { row in kept.map { row[$0] } })
  }

  private func filledTable(_ headings: [String], _ rows: [[String]]) -> Markup {
    let isNumber = headings.indices.map { column in
      column > 0 && rows.allSatisfy { row in row[column].allSatisfy { !$0.isLetter } }
    }
    let heads = zip(headings, isNumber).map { heading, isNumber -> Markup in
      isNumber
        ? "<th scope=\"col\" class=\"number\">\(heading)</th>" : "<th scope=\"col\">\(heading)</th>"
    }
    let lines = rows.map { row -> Markup in
      let cells = zip(row, isNumber).dropFirst().map { cell, isNumber -> Markup in
        isNumber ? "<td class=\"number\">\(cell)</td>" : "<td>\(cell)</td>"
      }
      return "<tr><th scope=\"row\">\(row[0])</th>\(cells)</tr>\n"
    }
    return """
      <div class="scroll"><table>
      <thead><tr>\(heads)</tr></thead>
      <tbody>
      \(lines)</tbody>
      </table></div>
      """
  }
}
