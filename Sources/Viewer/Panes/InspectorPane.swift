import Drawing
import Foundation
import Sections
import Workbench

extension ViewerState {
  /// Everything known of the chosen spot, below the list of genes.
  func drawInspector(in area: Rectangle, on frame: inout Frame) {
    guard area.rows >= 3, area.columns >= 12 else { return }
    for column in area.column..<area.maxColumn {
      frame.canvas.write("─", column: column, row: area.row, ink: .role(.border))
    }
    let title = " Spot "
    frame.canvas.write(
      title, column: area.column, row: area.row, ink: .role(.title), style: .bold)
    guard loaded != nil else { return }
    let facts = spotFacts(atMost: area.rows - 1)
    guard !facts.isEmpty else {
      frame.canvas.write(
        "click one, or press → ", column: area.column + 1, row: area.row + 1,
        width: area.columns - 2, ink: .role(.muted))
      return
    }
    let names = min(10, (facts.map(\.name.columns).max() ?? 0) + 1)
    for (index, fact) in facts.prefix(area.rows - 1).enumerated() {
      let row = area.row + 1 + index
      frame.canvas.write(
        fact.name.shortened(to: names - 1), column: area.column + 1, row: row, ink: .role(.muted))
      frame.canvas.write(
        fact.value.shortened(to: area.columns - names - 2), column: area.column + 1 + names,
        row: row)
    }
    frame.addZone(area, .command(.copySpot))
  }

  /// The facts that there is room for: where the spot lies goes first, then how much was counted.
  private func spotFacts(atMost room: Int) -> [(name: String, value: String)] {
    var facts = spotFacts()
    for name in ["pixel", "array", "genes", "counts"] where facts.count > room {
      facts.removeAll { $0.name == name }
    }
    return facts
  }

  /// Names and values of what is known about the chosen spot; none when no spot is chosen.
  func spotFacts() -> [(name: String, value: String)] {
    guard let loaded, let spot else { return [] }
    let section = loaded.section
    let place = section.spots[spot]
    var facts = [
      ("spot", place.id),
      ("array", "\(place.column) × \(place.row)"),
      ("pixel", String(format: "%.0f, %.0f", place.x, place.y)),
      ("counts", Int(loaded.totalOfSpot[spot]).grouped),
      ("genes", loaded.genesOfSpot[spot].grouped),
    ]
    if let gene = genes.selected {
      facts.append(
        (genes.names[gene], "\(shortNumber(section.counts.values(ofGene: gene)[spot])) counts"))
      if let expression = shownExpression, expression.normalization != .raw {
        facts.append(
          (
            shownMethods.isEmpty ? expression.normalization.name : "observed",
            String(format: "%.3f", expression.values(ofGene: gene)[spot])
          ))
      }
      for name in shownMethods {
        guard let value = method(named: name)?.ready?.value(ofGene: gene, atSpot: spot) else {
          continue
        }
        facts.append((name, String(format: "%.3f", value)))
      }
    }
    if let clusters = activeClusters {
      facts.append(
        (
          "cluster",
          clusters.group(ofSpot: spot).map { group in
            let letter = clusterLetter(group)
            let name = clusters.groups[group].name
            return name == letter ? letter : "\(letter) · \(name)"
          } ?? "none"
        ))
    }
    if let probability = tumour?.map?.probabilities[spot] {
      facts.append(("tumour", shortNumber(probability)))
    }
    if let labels = section.labels {
      facts.append(("label", labels.label(ofSpot: spot) ?? "none"))
    }
    return facts
  }
}
