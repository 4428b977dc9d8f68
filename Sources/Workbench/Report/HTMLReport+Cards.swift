import Sections

extension HTMLReport {
  /// Each method's card: how its scores came about.
  var cards: Markup {
    guard !report.cards.isEmpty else {
      return """
        <section id="cards">
        <h2>Protocol</h2>
        <p class="absent">No method was named; the tables tell what there is to predict.</p>
        </section>
        """
    }
    let shared = sharedLines
    let cards = report.cards.map { card -> Markup in
      let lines = card.lines.filter { !shared.contains($0) }.map { line -> Markup in
        "<dt>\(line.label)</dt><dd>\(line.text)</dd>\n"
      }
      let mood: Markup = card.warnings.isEmpty ? "standing" : "standing warning"
      return """
        <article class="card">
        <h3>\(card.method)</h3>
        <p class="\(mood)">\(card.headline)</p>
        \(lines.isEmpty ? "" : "<dl>\(lines)</dl>" as Markup)
        </article>

        """
    }
    let common: Markup =
      shared.isEmpty
      ? ""
      : """
      <article class="card shared">
      <h3>All methods</h3>
      <p class="standing">what is the same for each of them</p>
      <dl>
      \(shared.map { "<div><dt>\($0.label)</dt><dd>\($0.text)</dd></div>\n" as Markup })</dl>
      </article>
      """
    return """
      <section id="cards">
      <h2>Protocol</h2>
      <p>What each model was trained on decides what its scores mean; scores under different \
      protocols cannot be compared.</p>
      \(common)
      <div class="cards">
      \(cards)</div>
      </section>
      """
  }

  /// The cards' lines that are the same on all of them, when there is more than one.
  private var sharedLines: [PredictionOrigin.Fact] {
    guard let first = report.cards.first, report.cards.count > 1 else { return [] }
    return first.lines.filter { line in report.cards.allSatisfy { $0.lines.contains(line) } }
  }
}
