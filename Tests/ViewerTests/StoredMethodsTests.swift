import Drawing
import Sections
import Testing
import Workbench

@testable import Viewer

/// The viewer with methods that nobody named, before and after views that were kept.
@Suite struct StoredMethodsTests {
  private let names = ["THItoGene", "HisToGene", "Hist2ST", "Ridge"]

  private var methods: [Method] {
    names.map { Method(name: $0, source: .checkpoint(.init(filePath: "/nowhere/\($0)"))) }
  }

  private func state(
    section: Int? = nil, heldOut: Int?, methods: [Method] = [], saved: SavedView? = nil,
    columns: Int = 120, rows: Int = 40
  ) -> ViewerState {
    let references = ["S1", "S2", "S3"].map {
      SectionReference(name: $0, patient: "S", counts: .init(filePath: "/nowhere"), spots: nil)
    }
    return ViewerState(
      dataSet: "small", sections: references, section: section, heldOut: heldOut, methods: methods,
      saved: saved, columns: columns, rows: rows)
  }

  @Test func `the section held out comes first, after the one named and the one kept`() {
    #expect(state(heldOut: 2).firstEffects == [.load(section: 2)])
    #expect(state(heldOut: nil).firstEffects == [.load(section: 0)])
    #expect(state(section: 0, heldOut: 2).firstEffects == [.load(section: 0)])
    var saved = SavedView()
    saved.section = "S2"
    #expect(state(heldOut: 2, saved: saved).firstEffects == [.load(section: 1)])
    saved.section = "gone"
    #expect(state(heldOut: 2, saved: saved).firstEffects == [.load(section: 2)])
  }

  @Test(arguments: [
    (
      120, 40, 5,
      [
        "observed", "method:THItoGene", "method:HisToGene", "method:Hist2ST",
        "method:Ridge",
      ]
    ),
    (80, 24, 2, ["observed", "method:THItoGene"]),
  ])
  func `as many have panels as come out large enough`(
    columns: Int, rows: Int, count: Int, panels: [String]
  ) {
    var state = state(heldOut: 0, methods: methods, columns: columns, rows: rows)
    let effects = state.update(.sectionLoaded(0, smallSection()))
    #expect(Array(state.panels.map(\.rawValue).prefix(count)) == panels)
    let asked = effects.count { if case .predict = $0 { true } else { false } }
    #expect(asked == count - 1)
  }

  @Test(arguments: [(170, 46, 8), (160, 46, 6), (170, 42, 6)])
  func `a large screen has eight panels`(columns: Int, rows: Int, count: Int) {
    let many = (1...9).map {
      Method(name: "\($0)", source: .checkpoint(.init(filePath: "/nowhere/\($0)")))
    }
    var state = state(heldOut: 0, methods: many, columns: columns, rows: rows)
    _ = state.update(.sectionLoaded(0, smallSection()))
    #expect(
      state.panels == [.observed] + many.prefix(count - 1).map { PanelKind.method($0.name) })
  }

  /// The panels of a data set that was left with `chosen` panels among `known` methods.
  private func panels(
    chosen: [PanelKind], among known: [String], now: [String]
  ) -> [PanelKind] {
    var saved = SavedView()
    saved.panels = chosen
    saved.methods = known
    var state = state(
      heldOut: 0, methods: methods.filter { now.contains($0.name) }, saved: saved)
    _ = state.update(.sectionLoaded(0, smallSection()))
    return state.panels
  }

  @Test func `panels that were chosen stay while a method is among them`() {
    let chosen: [PanelKind] = [.observed, .method("Ridge")]
    #expect(panels(chosen: chosen, among: names, now: names) == chosen)
    #expect(panels(chosen: chosen, among: names, now: ["Ridge"]) == chosen)
    #expect(panels(chosen: [.observed], among: names, now: names) == [.observed])
    #expect(panels(chosen: chosen, among: names, now: []) == [.observed])
  }

  @Test func `methods unknown to the view kept, or hidden in it, are shown`() {
    // Left with a method of one's own, opened again with the data set's.
    #expect(
      panels(chosen: [.observed, .method("Mine")], among: ["Mine"], now: names)
        .contains(.method("THItoGene")))
    // Left with the data set's, opened again with one of them by name that had no panel.
    #expect(
      panels(chosen: [.observed, .method("Ridge")], among: names, now: ["THItoGene"])
        .contains(.method("THItoGene")))
  }
}
