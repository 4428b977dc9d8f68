import Drawing
import Foundation
import Sections
import Testing
import Workbench

@testable import Viewer

/// Tumour regions beside the pathologist's labels.
@Suite struct TumourPanelTests {
  private let file = URL(filePath: "/nowhere/tumour.safetensors")

  /// Higher to the right, where the small section's cancer is, but for one spot that is not told.
  private func map(
    _ section: LoadedSection = smallSection(), trainedOn: String = "S2", patient: String = "P"
  ) -> TumourMap {
    var origin = PredictionOrigin(summary: "Trained on \(trainedOn).")
    origin.trainedOn = [.init(section: trainedOn, patient: patient)]
    origin.checkpoint = "xxh64:0123456789abcdef"
    origin.facts = [.init(label: "recipe", text: "adam, learning rate 0.003")]
    let probabilities = section.section.spots.indices.map { spot in
      spot == 0 ? .nan : min(1, Float(spot % 6) / 6 + (spot < 6 ? 0.2 : 0))
    }
    return TumourMap(
      probabilities, of: section.section, categories: ["invasive cancer"], origin: origin)
  }

  /// A viewer whose tumour regions have been asked for and are on their way.
  private func opened(
    columns: Int = 120, rows: Int = 36, saved: SavedView? = nil, sections: Int = 2,
    labels: Bool = true
  ) -> (state: ViewerState, others: [ViewerEffect]) {
    let references = (0..<sections).map { index in
      SectionReference(
        name: "S\(index + 1)", patient: "S", counts: .init(filePath: "/nowhere"), spots: nil)
    }
    var state = ViewerState(
      dataSet: "small", sections: references, tumour: file, saved: saved, columns: columns,
      rows: rows)
    let section = smallSection(labels: labels)
    let others = settle(&state, state.update(.sectionLoaded(0, section)), section)
    return (state, others)
  }

  private func ready(columns: Int = 120, rows: Int = 36) -> ViewerState {
    var state = opened(columns: columns, rows: rows).state
    settle(&state, state.update(.tumourMapped(0, map())))
    return state
  }

  @Test func `the map stands beside the labels, with its scores and its own scale`() throws {
    var state = ready()
    #expect(state.panels == [.observed, .tumour, .labels])
    #expect(state.screen.contains("Tumour · AUC 0.98 · IoU 0.67 · Dice 0.80"))
    #expect(state.screen.contains("1.00 probability"))
    try expectSnapshot(state.lines, named: "tumour-120x36")
    let content = state.contents(of: [.tumour], smallSection())[0]
    let scale = ColorScale(ramp: state.ramp, lower: 0, upper: 1)
    #expect(content.inks[0] == .role(.missing))
    #expect(content.inks[11] == scale.color(of: 5.0 / 6).map(Ink.color))
    guard case .scale(scale) = content.key else {
      Issue.record("no scale from 0 to 1")
      return
    }
    state.type("v")
    #expect(state.contents(of: [.tumour], smallSection())[0].inks[11] != content.inks[11])
  }

  @Test func `one key turns probabilities into a mask and back`() throws {
    var state = ready()
    state.type("I")
    #expect(state.screen.contains("Tumour · AUC 0.98 · IoU 0.67 · Dice 0.80"))
    #expect(state.screen.contains(" T  tumour 12"), "\(state.screen)")
    #expect(state.screen.contains(" ·  other 17"))
    try expectSnapshot(state.lines, named: "tumour-mask-120x36")
    let content = state.contents(of: [.tumour], smallSection())[0]
    #expect(content.marks?[11] == "T" && content.marks?[7] == "·" && content.marks?[0] == nil)
    // Cancer has the colour of its label.
    let labels = state.contents(of: [.labels], smallSection())[0]
    #expect(content.inks[11] == labels.inks[11])
    state.type("I")
    #expect(state.screen.contains("1.00 probability"))
  }

  @Test func `it is asked for once, shows how far it is, and can be cancelled and begun again`() {
    var (state, others) = opened()
    #expect(others.contains(.mapTumour(section: 0, file)))
    #expect(state.screen.contains("waiting for its turn"))
    _ = state.update(
      .mappingTumour(0, PredictionProgress(stage: "mapping tumour", fraction: 0.4)))
    #expect(state.screen.contains("mapping tumour") && state.screen.contains("40 %"))
    state.focus = .panel(.tumour)
    #expect(state.screen.contains("Esc cancels"))
    #expect(state.update(.input(.key(.escape))) == [.cancelTumour(section: 0)])
    #expect(state.screen.contains("mapping tumour was cancelled"))
    // What comes too late changes nothing.
    _ = state.update(.tumourMapped(0, map()))
    #expect(state.tumour?.map == nil)
    let again = state.update(.input(.key(.character("A"))))
    #expect(again.contains(.mapTumour(section: 0, file)))
    _ = state.update(.tumourFailed(0, "Section S1 has no image."))
    #expect(state.screen.contains("Section S1 has no image.") && state.screen.contains("A tries"))
    #expect(state.update(.input(.key(.character("A")))).contains(.mapTumour(section: 0, file)))
    _ = state.update(.tumourMapped(1, map()))
    #expect(state.tumour?.map == nil, "that is another section's")
    _ = state.update(.tumourMapped(0, map()))
    #expect(state.tumour?.map != nil)
  }

  @Test func `a section that was left is shown again without being asked for`() {
    var state = ready()
    let there = state.type(".")
    #expect(there.contains(.mapTumour(section: 1, file)))
    #expect(state.tumour?.isMapping == true)
    let back = state.type(",")
    #expect(back.contains(.cancelTumour(section: 1)))
    #expect(!back.contains(.mapTumour(section: 0, file)))
    #expect(state.tumour?.map?.mask == map().mask && state.screen.contains("Tumour · AUC 0.98"))
  }

  @Test func `its origin, the spot and a caption tell what the network knew`() {
    var state = ready()
    state.press(.right, .shift)
    #expect(state.spotFacts().contains { $0.name == "tumour" })
    #expect(state.protocolCaption?.contains("Tumour: patient not in training") == true)
    state.focus = .panel(.tumour)
    state.type("i")
    for text in [
      "Tumour regions of S1", "patient not in training", "invasive cancer", "learning rate 0.003",
      "xxh64:0123456789abcdef", "AUC: the chance", "Over 28 spots with a settled label",
    ] {
      #expect(state.screen.contains(text), "\(text)")
    }
    var seen = opened().state
    settle(&seen, seen.update(.tumourMapped(0, map(trainedOn: "S1", patient: "S"))))
    #expect(seen.title(of: .tumour).facts.last == "section trained on")
  }

  @Test func `without labels there are no scores, and the panel goes without them`() {
    var state = opened(labels: false).state
    let section = smallSection(labels: false)
    settle(&state, state.update(.tumourMapped(0, map(section))), section)
    #expect(state.panels == [.observed, .tumour])
    #expect(state.title(of: .tumour).facts == ["12 of 29 spots"])
    state.type("I")
    #expect(state.screen.contains("tumour 12"))
  }

  @Test func `who names no network has no panel, and who does sees it among those chosen`() {
    var view = SavedView()
    view.panels = [.observed, .tumour]
    var state = viewer(saved: view)
    #expect(state.panels == [.observed])
    state.type("Y")
    #expect(state.screen.contains("there is no network for it: open the data with --tumour FILE"))
    view.panels = [.clusters, .labels]
    #expect(opened(saved: view).state.panels == [.clusters, .tumour, .labels])
    var shown = opened(saved: view).state
    shown.type("Y")
    #expect(shown.panels == [.clusters, .labels])
    shown.type("I")
    #expect(shown.screen.contains("its panel is hidden; Y shows it"))
    #expect(PanelKind(rawValue: PanelKind.tumour.rawValue) == .tumour)
  }

  @Test func `no size crashes`() {
    for (columns, rows) in [(1, 1), (36, 9), (50, 12), (80, 24), (99, 40), (200, 60)] {
      var state = ready(columns: columns, rows: rows)
      #expect(state.frame().canvas.lines.count == rows)
      state.type("Iz")
      #expect(state.frame().canvas.lines.count == rows)
      #expect(state.picture(panelSide: 64) != nil && state.vectorPicture(panelSide: 64) != nil)
    }
  }
}
