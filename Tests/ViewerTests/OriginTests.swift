import Drawing
import Foundation
import Testing
import Workbench

@testable import Viewer

/// Where numbers come from: one key, whatever has the focus.
@Suite struct OriginTests {
  func comparing(columns: Int = 120, rows: Int = 40) -> ViewerState {
    var state = viewer(columns: columns, rows: rows, methods: smallMethods)
    state.genes.selected = 0
    return state
  }

  @Test func `a method's panel tells its protocol, its score and what that is`() throws {
    var state = comparing()
    state.focus = .panel(.method("Alpha"))
    state.type("i")
    try expectSnapshot(state.lines, named: "origin-method-120x40")
    for text in [
      "Alpha on S1", "! patient S seen in training", "Trained on S2 of patient S.",
      "S1, S3, by section", "xxh64:0123456789abcdef", "raw: counts as read",
      "those without a correlation left out", "spots under tissue only", "GNAS here",
      "Attainable: what Pearson's correlation could at best be.",
    ] {
      #expect(state.screen.contains(text), "\(text)")
    }
    state.type("i")
    #expect(state.overlay == nil)
  }

  @Test func `it is told only of what has been found out, and says that it is coming`() {
    var state = comparing()
    state.focus = .panel(.method("Beta"))
    let effects = state.update(.input(.key(.character("i"))))
    #expect(effects.contains(.evaluate(section: 0, smallMethods[1], .raw)))
    #expect(effects.contains(.fingerprint(section: 0)))
    #expect(state.screen.contains("Waiting to be scored …"))
    // Closing it stops the work.
    #expect(state.update(.input(.key(.escape))) == [.cancelEvaluation])
  }

  @Test func `every panel has something to tell`() {
    var state = comparing()
    state.panels = [.observed, .clusters, .methodClusters("Alpha"), .labels]
    settle(&state, state.recluster())
    let told: [(PanelKind, String)] = [
      (.observed, "chosen; n takes the next"), (.clusters, "k-means, k = 2, on 4 principal"),
      (.methodClusters("Alpha"), "what Alpha predicts, as it is"), (.labels, "15 adipose tissue"),
    ]
    for (kind, text) in told {
      state.focus = .panel(kind)
      state.type("i")
      #expect(state.screen.contains(text), "\(text)")
      state.press(.escape)
    }
    state.focus = .panel(.observed)
    state.type("i")
    #expect(state.screen.contains(smallSection().fingerprint))
  }

  @Test func `long ones scroll and stop at their ends`() {
    var state = comparing(columns: 80, rows: 24)
    state.focus = .panel(.method("Alpha"))
    state.type("i")
    #expect(state.screen.contains("more ↓"))
    let first = state.lines
    state.press(.up)
    #expect(state.lines == first)
    state.press(.end)
    let last = state.lines
    #expect(last != first && !state.screen.contains("more ↓"))
    state.press(.down)
    #expect(state.lines == last)
    state.mouse(.scrollUp, 40, 10)
    #expect(state.lines != last && state.screen.contains("1 more ↓"))
    state.press(.home)
    #expect(state.lines == first)
  }

  @Test func `tables tell of the chosen cell and column`() {
    var state = viewer(columns: 120, rows: 40, sections: 3, methods: smallMethods)
    state.type("T")
    state.press(.down)
    state.type("i")
    #expect(state.screen.contains("! trained on S2 itself"))
    state.press(.escape)
    state.press(.end)
    state.type("i")
    #expect(state.screen.contains("Alpha on all sections"))
    state.press(.escape)
    state.type("F")
    state.geneColumn = 1
    state.type("i")
    #expect(state.screen.contains("Observed expression of S1"))
    state.press(.escape)
    state.geneColumn = 5
    state.type("i")
    #expect(state.screen.contains("Alpha on S1"))
  }

  @Test func `clusters say how far they depend on chance, until they are others`() throws {
    var state = comparing(columns: 160)
    state.panels = [.observed, .clusters]
    let effects = state.recluster()
    let settings = state.clusterSettings(of: .observed)
    #expect(effects == [.cluster(section: 0, settings, on: nil)])
    let result = try Workbench().clusters(of: smallSection(), settings)
    // The first clusters show at once, those of other seeds are asked for then.
    let asked = state.update(.clustered(0, result))
    #expect(
      asked == [.recluster(section: 0, settings, seeds: [0, 1, 2, 3, 4], on: nil)])
    let index = result.adjustedRandIndex ?? 0
    #expect(state.screen.contains(String(format: "ARI %.2f · ", index)))
    settle(&state, asked)
    #expect(state.screen.contains(" (5 seeds)") && state.screen.contains(" ± "))
    state.focus = .panel(.clusters)
    state.type("i")
    #expect(state.screen.contains("seed 4") && state.screen.contains("over seeds"))
    state.press(.escape)
    let more = state.update(.input(.key(.character(">"))))
    #expect(more.count == 1)
    // Seeds of the clusters before come too late.
    _ = state.update(
      .clustered(
        0, try Workbench().clusters(of: smallSection(), state.clusterSettings(of: .observed))))
    _ = state.update(.reclustered(0, settings, [result, result]))
    #expect(!state.screen.contains(" seeds)"))
  }
}
