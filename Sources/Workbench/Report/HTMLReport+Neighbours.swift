import Foundation

extension HTMLReport {
  /// Neighbouring sections of each patient: how much alike they are in what each method predicts, and
  /// in what was observed.
  var neighbourTable: Markup {
    guard !report.consistency.isEmpty else { return "" }
    let heads = ["spots", "genes", "spotwise", "observed", "profile", "observed"]
      .map { name -> Markup in "<th scope=\"col\" class=\"number\">\(name)</th>" }
    let rows = report.consistency.map { row -> Markup in
      let cells = [
        row.matchedSpots.grouped, row.genes.grouped, row.predicted.spotwise.shown(),
        row.observed.spotwise.shown(), row.predicted.profile.shown(), row.observed.profile.shown(),
      ].map { cell -> Markup in "<td class=\"number\">\(cell)</td>" }
      return "<tr><th scope=\"row\">\(row.first), \(row.second)</th><td>\(row.method)</td>"
        + "\(cells)</tr>\n"
    }
    return """
      <section id="neighbours">
      <h2>Neighbouring sections</h2>
      <div class="scroll"><table>
      <thead><tr><th scope="col">sections</th><th scope="col">method</th>\(heads)</tr></thead>
      <tbody>
      \(rows)</tbody>
      </table></div>
      <p class="note">\(NeighbourConsistency.explanation)</p>
      </section>
      """
  }
}
