import Drawing
import Foundation
import Images
import Sections
import TestSupport
import Testing
import Workbench

@testable import Viewer

/// The map of what drove a prediction.
@Suite struct DriversTests {
  private static let section: LoadedSection = {
    var section = smallSection().section
    section.image = ImageFile(
      named: URL(filePath: "/nowhere/S1.png"), holding: RGBImage(width: 1_200, height: 1_300))
    return LoadedSection(section: section, panel: nil, normalization: .raw)
  }()

  /// A viewer on GNAS with an image and the spot in column 13, row 22 chosen.
  private func viewer(
    _ methods: [Method] = smallMethods, section: LoadedSection = section, chosen: Bool = true
  ) -> ViewerState {
    let references = ["S1", "S2"].map {
      SectionReference(name: $0, patient: "S", counts: .init(filePath: "/nowhere"), spots: nil)
    }
    var view = SavedView()
    view.normalization = Normalization.raw.name
    view.spot = chosen ? section.section.spots[15].id : nil
    view.section = "S1"
    var state = ViewerState(
      dataSet: "small", sections: references, gene: "GNAS", methods: methods, saved: view,
      columns: 120, rows: 40)
    settle(&state, state.update(.sectionLoaded(0, section)), section)
    return state
  }

  /// The spot's own patch most, the next one a third of it, the one before against it.
  private func answer(_ request: DriversRequest, _ state: inout ViewerState) {
    var drops = [Float?](repeating: nil, count: 30)
    (drops[15], drops[16], drops[14], drops[9]) = (3, 1, -1, 0)
    let found = Drivers(
      request, of: Self.section, prediction: 7, drops: drops, patchPixels: 100)
    settle(&state, state.update(.explained(0, request, .done(found))), Self.section)
  }

  @Test func `the key asks, shows progress, and then the map with its title`() throws {
    var state = viewer()
    let effects = state.type("x")
    let request = DriversRequest(method: smallMethods[0], gene: "GNAS", spot: 15)
    #expect(effects == [.explain(section: 0, request)])
    #expect(state.screen.contains("waiting for its turn"))
    _ = state.update(
      .explained(0, request, .working(.init(stage: "whitening patches", fraction: 0.4))))
    #expect(state.screen.contains("whitening patches") && state.screen.contains("40 %"))
    answer(request, &state)
    state.maximized = .drivers
    try expectSnapshot(state.lines, named: "drivers-120x40")
    let content = state.contents(of: [.drivers], Self.section)[0]
    let middle = ColorRamp.difference.color(at: 0.5).map(Ink.color)
    #expect(content.inks[9] == middle)
    // The scale is that of the others: the spot's own patch goes beyond it.
    guard case .scale(let scale) = content.key else { Issue.record("no scale"); return }
    #expect(scale.lower == -scale.upper && abs(scale.upper - 1) < 0.05)
    #expect(content.inks[0] == .role(.missing))
    #expect(content.marks?[16] == "+" && content.marks?[14] == "−" && content.marks?[9] == nil)
    #expect(content.target == 15)
  }

  @Test func `another gene or spot keeps the map until it is asked for`() {
    var state = viewer()
    state.type("x")
    let request = DriversRequest(method: smallMethods[0], gene: "GNAS", spot: 15)
    answer(request, &state)
    #expect(state.press(.right, .shift).isEmpty)
    state.maximized = .drivers
    #expect(state.screen.contains("x asks anew") && state.screen.contains("7.00 at 13x22"))
    #expect(state.screen.contains("◇"))
    var next = request
    next.spot = 16
    #expect(state.type("x") == [.explain(section: 0, next)])
    // An answer to what was asked before comes too late.
    answer(request, &state)
    #expect(state.asksForDrivers)
  }

  @Test func `the key hides what it showed, and shows it again without asking`() {
    var state = viewer()
    state.type("x")
    answer(DriversRequest(method: smallMethods[0], gene: "GNAS", spot: 15), &state)
    #expect(state.type("x").isEmpty && !state.panels.contains(.drivers))
    #expect(state.type("x").isEmpty && state.panels.contains(.drivers))
    #expect(!state.asksForDrivers)
  }

  @Test func `escape cancels, the retrying key asks again, leaving the section cancels`() {
    var state = viewer()
    state.type("x")
    #expect(state.press(.escape) == [.cancelExplaining])
    #expect(state.screen.contains("A starts it again"))
    let request = DriversRequest(method: smallMethods[0], gene: "GNAS", spot: 15)
    #expect(state.type("A").contains(.explain(section: 0, request)))
    #expect(state.update(.input(.key(.character(".")))).contains(.cancelExplaining))
    #expect(state.drivers == nil)
  }

  @Test func `what failed says why and how to try again`() {
    var state = viewer()
    state.type("x")
    let request = DriversRequest(method: smallMethods[0], gene: "GNAS", spot: 15)
    _ = state.update(.explained(0, request, .failed("The weights are gone.")))
    #expect(
      state.screen.contains("The weights are gone.") && state.screen.contains("A tries again"))
  }

  @Test func `a disabled key says why`() {
    func reason(_ state: ViewerState) -> String? { state.reasonAgainst(.drivers) }
    #expect(reason(viewer()) == nil)
    #expect(reason(viewer(chosen: false))?.hasPrefix("choose a spot first") == true)
    #expect(reason(viewer([smallTable]))?.contains("Table is read from a file") == true)
    #expect(reason(viewer([]))?.hasPrefix("there is no method") == true)
    #expect(reason(viewer(section: smallSection())) == "section S1 has no image")
    var other = viewer()
    other.type("/FASN")
    other.press(.enter)
    #expect(reason(other)?.contains("FASN is not among Alpha's genes") == true)
  }

  @Test func `pictures without keys ask by themselves, and say why they cannot`() throws {
    var state = viewer(chosen: false)
    state.show([.observed, .drivers], ramp: nil, clusters: nil, underlay: false)
    #expect(state.pendingEffects().isEmpty)
    #expect(state.panelProblem?.hasPrefix("choose a spot first") == true)
    try state.choose(spot: "13x22")
    let request = DriversRequest(method: smallMethods[0], gene: "GNAS", spot: 15)
    #expect(state.pendingEffects().contains(.explain(section: 0, request)))
    answer(request, &state)
    #expect(state.panelProblem == nil)
    #expect(throws: WorkbenchError.self) { try state.choose(spot: "99x99") }
    #expect(state.told(of: Origin(subject: .drivers)).lines.contains { $0.text == "13x22" })
  }
}
