import Drawing
import Foundation
import Sections
import Testing
import Workbench

@testable import Viewer

/// Methods beside the observed expression: asked for, drawn, scored, compared.
@Suite struct ComparisonTests {
  /// A viewer with methods on GNAS, everything answered.
  func comparing(
    _ methods: [Method] = smallMethods, columns: Int = 120, rows: Int = 40, labels: Bool = true,
    sections: Int = 1
  ) -> ViewerState {
    var state = viewer(
      columns: columns, rows: rows, labels: labels, sections: sections, methods: methods)
    state.type("/GNAS")
    state.press(.enter)
    return state
  }

  /// The same with nothing answered yet.
  func asking(sections: Int = 1) -> (state: ViewerState, effects: [ViewerEffect]) {
    let references = (0..<sections).map { index in
      SectionReference(
        name: "S\(index + 1)", patient: "S", counts: .init(filePath: "/nowhere"), spots: nil)
    }
    var state = ViewerState(
      dataSet: "small", sections: references, methods: smallMethods, columns: 120, rows: 40)
    let effects = state.update(.sectionLoaded(0, smallSection()))
    return (state, effects)
  }

  @Test func `the screens are as they were looked at`() throws {
    var state = comparing(smallMethods + [smallTable])
    state.press(.right, .shift)
    try expectSnapshot(state.lines, named: "compare-120x40")
    state.type("m")
    try expectSnapshot(state.lines, named: "methods")
    state.press(.escape)
    state.type("r")
    try expectSnapshot(state.lines, named: "rankings")
    let small = comparing(columns: 80, rows: 24)
    try expectSnapshot(small.lines, named: "compare-80x24")
  }

  @Test func `a method's prediction is asked for when it is shown, once`() throws {
    let (state, effects) = asking()
    let asked = effects.filter {
      if case .predict = $0 { true } else { false }
    }
    #expect(asked == smallMethods.map { .predict(section: 0, $0, .spots) })
    var other = state
    #expect(other.type("j").allSatisfy { if case .predict = $0 { false } else { true } })
    #expect(state.screen.contains("waiting for its turn"))
  }

  @Test func `the gene nobody chose makes way for the first one that is predicted`() throws {
    var (state, _) = asking()
    let opened = try #require(state.geneName)
    let other = try #require(state.genes.names.first { $0 != opened })
    func answer(_ method: Method, _ state: inout ViewerState) {
      let prediction = Prediction(
        method: method.name, genes: [other], spotCount: smallSection().section.spots.count,
        values: smallSection().section.spots.indices.map { Float($0) }, normalization: .released)
      _ = state.update(.predicted(0, method, .spots, prediction))
    }
    var chosen = state
    _ = chosen.type("jk")
    chosen.defaultGene = nil
    answer(smallMethods[0], &state)
    #expect(state.geneName == other)
    // Only once, and never away from a gene that was chosen.
    answer(smallMethods[1], &chosen)
    #expect(chosen.geneName == opened)
  }

  @Test func `progress fills a bar, and keys answer meanwhile`() {
    var (state, _) = asking()
    let progress = PredictionProgress(stage: "reading patches", fraction: 0.43)
    _ = state.update(.predicting(0, smallMethods[0], .spots, progress))
    #expect(state.screen.contains("reading patches") && state.screen.contains("43 %"))
    let gene = state.geneName
    _ = state.update(.input(.key(.character("j"))))
    #expect(state.geneName != gene)
    state.overlay = .methods(selected: 0)
    #expect(state.screen.contains("43 % reading patches"))
  }

  @Test func `Esc in a panel cancels its prediction, and A starts it again`() {
    var (state, _) = asking()
    state.focus = .panel(.method("Alpha"))
    #expect(
      state.update(.input(.key(.escape))) == [
        .cancelPrediction(section: 0, smallMethods[0], .spots)
      ])
    #expect(state.screen.contains("Alpha was cancelled"))
    // What arrives all the same is dropped.
    let late = smallPrediction(smallMethods[0], .spots, smallSection())
    if let late { _ = state.update(.predicted(0, smallMethods[0], .spots, late)) }
    #expect(state.method(named: "Alpha")?.ready == nil)
    #expect(
      state.update(.input(.key(.character("A")))) == [
        .predict(section: 0, smallMethods[0], .spots)
      ])
  }

  @Test func `a prediction that fails says why and how to go on`() {
    var (state, _) = asking()
    _ = state.update(.predictionFailed(0, smallMethods[1], .spots, "Beta.safetensors is cut off."))
    #expect(state.screen.contains("Beta.safetensors is cut off."))
    #expect(state.screen.contains("A tries again"))
    let wrong = Prediction(
      method: "Alpha", genes: ["GNAS"], spotCount: 2, values: [1, 2], normalization: nil)
    _ = state.update(.predicted(0, smallMethods[0], .spots, wrong))
    #expect(state.screen.contains("Alpha predicts 2 spots"))
  }

  @Test func `leaving a section cancels, late answers are dropped, coming back is instant`() throws
  {
    var (state, _) = asking(sections: 2)
    let section = smallSection()
    let prediction = try #require(smallPrediction(smallMethods[0], .spots, section))
    _ = state.update(.predicted(0, smallMethods[0], .spots, prediction))
    let effects = state.update(.input(.key(.character("."))))
    #expect(effects.contains(.cancelPrediction(section: 0, smallMethods[1], .spots)))
    #expect(!effects.contains(.cancelPrediction(section: 0, smallMethods[0], .spots)))
    _ = state.update(.predicted(0, smallMethods[0], .spots, prediction))
    #expect(state.method(named: "Alpha")?.ready == nil)
    let next = state.update(.sectionLoaded(1, section))
    #expect(next.contains(.predict(section: 1, smallMethods[0], .spots)))
    _ = state.update(.input(.key(.character(","))))
    let back = state.update(.sectionLoaded(0, section))
    #expect(state.method(named: "Alpha")?.ready != nil)
    #expect(!back.contains(.predict(section: 0, smallMethods[0], .spots)))
    #expect(back.contains(.predict(section: 0, smallMethods[1], .spots)))
  }

  @Test func `titles have the current gene's r, and a gene without a prediction is named`() {
    var state = comparing()
    #expect(state.screen.contains("Alpha · GNAS · 1.00 of 0."))
    state.press(.escape)
    state.type("/FASN")
    state.press(.enter)
    #expect(state.screen.contains("FASN is not among Alpha's 3"))
    #expect(state.screen.contains("h lists predicted"))
    state.press(.escape)
    state.type("/ERBB2")
    state.press(.enter)
    #expect(state.screen.contains("Alpha · ERBB2 · -1.00"))
  }

  private struct NoScale: Error {}

  /// The scale of a panel among those shown.
  private func scale(_ kind: PanelKind, _ state: ViewerState) throws -> ColorScale {
    let loaded = try #require(state.loaded)
    let contents = state.contents(of: state.panels, loaded)
    let place = try #require(state.panels.firstIndex(of: kind))
    guard case .scale(let scale) = contents[place].key else { throw NoScale() }
    return scale
  }

  @Test func `observed and methods of one unit share a scale, and c gives each its own`() throws {
    var state = comparing(smallMethods + [smallTable])
    state.limits = .full
    // Observed 0...5, Alpha 1...11, Beta 0...7.
    #expect(try scale(.observed, state).upper == 11 && scale(.observed, state).lower == 0)
    #expect(try scale(.method("Alpha"), state) == scale(.observed, state))
    #expect(try scale(.method("Beta"), state) == scale(.observed, state))
    // Under raw, as chosen, the table has the same unit; under another it has not.
    #expect(try scale(.method("Table"), state) == scale(.observed, state))
    state.type("n")
    #expect(try scale(.observed, state).upper == 11)
    #expect(abs(try scale(.method("Table"), state).upper - 5.0 / 9) < 1e-6)
    #expect(state.screen.contains("Observed · GNAS · raw"))
    state.type("c")
    #expect(try scale(.observed, state).upper == 5)
    #expect(try scale(.method("Alpha"), state).upper == 11)
    #expect(state.screen.contains("own scales"))
  }

  @Test func `a table's score follows the normalization chosen, a model's does not`() {
    var state = comparing([smallMethods[0], smallTable])
    let before = state.methods.map(\.scores)
    let effects = state.update(.input(.key(.character("n"))))
    let scored = effects.compactMap { effect -> Method? in
      if case .score(_, let method, _, _) = effect { method } else { nil }
    }
    #expect(scored == [smallTable])
    settle(&state, effects)
    #expect(state.methods[0].scores == before[0] && state.methods[1].scores != before[1])
  }

  @Test func `the difference is centred on zero and marked with signs`() throws {
    var state = comparing()
    let loaded = try #require(state.loaded)
    let content = try #require(state.contents(of: [.difference], loaded).first)
    // Twice the truth and one more, less the truth: 1...6.
    guard case .scale(let scale) = content.key else {
      Issue.record("the difference has no scale")
      return
    }
    #expect(scale.lower == -scale.upper && scale.ramp == .difference)
    #expect(content.name == "Alpha − observed")
    #expect(content.marks?[5] == "+" && content.marks?[0] == nil)
    #expect(content.inks[5] == scale.color(of: 6).map(Ink.color))
    state.type("w")
    #expect(state.screen.contains("Beta − observed"))
    state.type("W")
    #expect(state.screen.contains("Beta − Alpha"))
    let other = try #require(state.contents(of: [.difference], loaded).first)
    // Where Beta adds nothing it is below Alpha: 5 − 11.
    #expect(other.marks?[5] == "−")
    state.type("w")
    #expect(state.screen.contains("Alpha − observed"))
  }

  @Test func `without colours a difference is drawn in signs`() throws {
    var state = comparing()
    state.useSigns()
    state.type("W")
    let panel = try #require(state.layout.panels.first { $0.kind == .difference })
    let canvas = state.frame().canvas
    var signs: [Unicode.Scalar: Int] = [:]
    for row in panel.body.row..<panel.body.maxRow {
      for column in panel.body.column..<panel.body.maxColumn {
        #expect(canvas[column, row].ground.color == nil)
        signs[canvas[column, row].glyph, default: 0] += 1
      }
    }
    // Alpha less Beta grows from 1 on the left to 6 on the right, 2 less at every third spot.
    #expect(signs["+", default: 0] > signs["·", default: 0])
    #expect(state.screen.contains("− below  · near 0  + above"))
  }

  @Test func `the focus decides which method is compared, and it stays`() {
    var state = comparing()
    state.focus = .panel(.observed)
    state.press(.tab)
    state.press(.tab)
    #expect(state.focus == .panel(.method("Beta")))
    #expect(state.screen.contains("Beta − observed"))
    state.press(.escape)
    #expect(state.screen.contains("Beta − observed"))
  }

  @Test func `the scatter has its fit, r, n and the chosen spot, and takes clicks`() throws {
    var state = comparing()
    state.type("DP")
    state.press(.right, .shift)
    #expect(state.screen.contains("Alpha by observed"))
    #expect(state.screen.contains("r = 1.00  n = 30  y = 1.00 + 2.00 x"))
    #expect(state.screen.contains("observed →"))
    let panel = try #require(state.layout.panels.first { $0.kind == .scatter })
    let canvas = state.frame().canvas
    var dots = 0
    for row in panel.body.row..<panel.body.maxRow {
      for column in panel.body.column..<panel.body.maxColumn
      where 0x2801...0x28FF ~= canvas[column, row].glyph.value {
        dots += 1
        let ink = canvas[column, row].ink.role
        #expect(ink == .text || ink == .accent)
      }
    }
    #expect(dots > 6)
    // The lower left corner: the smallest values, where GNAS is 0.
    state.mouse(.press(.left), panel.body.column + 6, panel.body.maxRow - 3)
    #expect(state.spot.map { $0 % 6 } == 0)
  }

  @Test func `genes rank by PCC, gain and p, those without come last`() {
    var state = comparing()
    state.press(.escape)
    func order() -> [String] { state.genes.shown.map { state.genes.names[$0] } }
    state.type("r")
    #expect(state.overlay == .rankings(selected: 1))
    state.type("6")
    #expect(state.genes.ranking == .pearson("Alpha"))
    #expect(order() == ["GNAS", "ERBB2", "FASN", "ACTB"])
    #expect(state.screen.contains("by PCC Alpha"))
    state.type("R")
    #expect(order() == ["ERBB2", "GNAS", "FASN", "ACTB"])
    state.type("R")
    state.type("r")
    let gain = state.rankings.firstIndex(of: .gain("Beta", over: "Alpha"))
    state.overlay = .rankings(selected: gain ?? 0)
    state.press(.enter)
    #expect(order() == ["ERBB2", "GNAS", "FASN", "ACTB"])
    #expect(state.screen.contains("by gain Beta − Alpha"))
    state.type("r")
    state.press(.end)
    state.press(.enter)
    #expect(state.genes.ranking == .significance("Beta"))
    let p = state.method(named: "Beta")?.scores?.minusLog10P ?? []
    #expect(order().prefix(2) == (p[0] > p[2] ? ["GNAS", "ERBB2"] : ["ERBB2", "GNAS"]))
  }

  @Test func `of many methods the compared one's gains are on offer`() {
    let many = ["A", "B", "C", "D", "E"].map {
      Method(name: $0, source: .checkpoint(.init(filePath: "/nowhere/\($0)")))
    }
    func gains(_ state: ViewerState) -> [String] {
      state.rankings.filter { if case .gain = $0 { true } else { false } }.map(\.title)
    }
    var state = viewer(columns: 120, rows: 40, methods: many)
    state.compared = "B"
    #expect(gains(state) == ["gain B − A", "gain B − C", "gain B − D", "gain B − E"])
    state.methods.removeLast()
    #expect(gains(state).count == 4 * 3)
  }

  @Test func `a ranking by a method that is not shown asks for it`() {
    var state = comparing()
    state.type("5")
    #expect(state.panels.contains(.method("Alpha")) == false)
    var again = viewer(columns: 120, rows: 40, methods: smallMethods + [smallTable])
    again.panels = [.observed]
    again.methods = again.methods.map { MethodView($0.method) }
    again.overlay = .rankings(selected: 5)
    #expect(
      again.update(.input(.key(.enter))) == [.predict(section: 0, smallMethods[0], .spots)])
    #expect(again.screen.contains("by PCC Alpha"))
  }

  @Test func `h lists only genes that a method predicts`() {
    var state = comparing()
    state.press(.escape)
    state.type("h")
    #expect(Set(state.genes.shown.map { state.genes.names[$0] }) == ["GNAS", "ERBB2", "ACTB"])
    #expect(state.screen.contains("predicted only"))
    state.type("h")
    #expect(state.genes.shown.count == 4)
  }

  @Test func `a dense prediction has places of its own and leaves the scores alone`() throws {
    var state = comparing(labels: false)
    let loaded = try #require(state.loaded)
    let scores = state.methods[0].scores
    #expect(state.contents(of: [.method("Alpha")], loaded)[0].layout == nil)
    state.type("f")
    let content = try #require(state.contents(of: [.method("Alpha")], loaded).first)
    #expect(content.layout?.count == 99 && content.inks.count == 99)
    #expect(state.methods[0].scores == scores)
    #expect(state.screen.contains("Alpha · GNAS · 1.00 of 0."))
    #expect(content.facts.contains("99 places"))
    state.type("f")
    #expect(state.contents(of: [.method("Alpha")], loaded)[0].layout == nil)
    var table = comparing([smallTable])
    table.type("f")
    #expect(table.screen.contains("only models predict between the spots"))
  }

  @Test func `a table of places between the spots is drawn, and not compared`() throws {
    var state = comparing([smallTable])
    state.methods = [MethodView(smallTable)]
    let effects = state.update(.input(.key(.character("c"))))
    #expect(effects == [.predict(section: 0, smallTable, .spots)])
    let dense = try #require(smallPrediction(smallTable, .dense, smallSection()))
    settle(&state, state.update(.predicted(0, smallTable, .spots, dense)))
    let loaded = try #require(state.loaded)
    #expect(state.contents(of: [.method("Table")], loaded)[0].layout?.count == 99)
    #expect(state.screen.contains("Table · GNAS · no PCC between spots"))
    state.type("PO")
    state.press(.right, .shift)
    for kind in [PanelKind.difference, .scatter] {
      let notice = state.contents(of: [kind], loaded)[0].notice
      #expect(notice?.text.hasPrefix("Table says what is between the spots") == true)
    }
    _ = state.frame()
  }

  @Test func `clusters are made of a prediction, numbered and coloured like the observed`() throws {
    var state = comparing(labels: false)
    state.type("3O")
    #expect(state.panels.contains(.methodClusters("Alpha")))
    #expect(state.screen.contains("Clusters of Alpha · k = 4 · ARI"))
    let observed = try #require(state.clusters)
    let predicted = try #require(state.clusterSets[.method("Alpha")]?.view)
    #expect(predicted.groups.map(\.color) == observed.groups.map(\.color))
    var same = [Int](repeating: 0, count: 2)
    for spot in 0..<30 {
      same[observed.group(ofSpot: spot) == predicted.group(ofSpot: spot) ? 1 : 0] += 1
    }
    #expect(same[1] > same[0])
    #expect(predicted.result.settings.method == "Alpha")
    state.type(">")
    #expect(state.clusterSets[.method("Alpha")]?.view?.result.clusterCount == 5)
    // Keys change the clusters of the panel with the focus.
    state.focus = .panel(.methodClusters("Alpha"))
    state.press(.right, .shift)
    state.type("C")
    #expect(state.clusterSets[.method("Alpha")]?.view?.canUndo == true)
    #expect(state.clusters?.canUndo == false)
    state.type("e1")
    #expect(state.screen.contains("S1_Alpha_clusters.csv"))
  }

  @Test func `with labels every panel's colours follow the labels`() {
    var state = comparing()
    state.type("O")
    let truth = smallSection().section.labels
    let view = state.clusterSets[.method("Alpha")]?.view
    #expect(view?.agreement != nil)
    #expect(Set(view?.groups.map(\.color) ?? []) == [0, 1])
    #expect(truth?.categories.count == 2)
  }

  @Test func `the table of methods shows, hides, adds and cancels`() {
    var state = comparing([smallMethods[0]])
    state.type("m")
    #expect(state.screen.contains("Trained on S2 of patient S."))
    #expect(state.screen.contains("Trained on raw: counts as read."))
    state.press(.enter)
    #expect(!state.panels.contains(.method("Alpha")))
    state.type("5")
    #expect(state.panels.contains(.method("Alpha")))
    state.type("a")
    state.type("Alpha=x.tsv")
    state.press(.enter)
    #expect(state.screen.contains("'Alpha' is taken."))
    state.press(.character("u"), .control)
    state.type("weights/Beta.ckpt")
    state.press(.enter)
    #expect(state.methods.map(\.method.name) == ["Alpha", "Beta"])
    #expect(state.method(named: "Beta")?.ready != nil)
    var none = viewer()
    none.type("m")
    #expect(none.screen.contains("There is no method yet."))
    none.press(.escape)
    none.type("5")
    #expect(none.screen.contains("there is no method: a adds one"))
    state.type("9")
    #expect(state.screen.contains("there are 2 methods only"))
  }

  @Test func `the inspector has each method's value beside the observed one`() {
    var state = comparing()
    state.spot = 5
    let facts = Dictionary(uniqueKeysWithValues: state.spotFacts().map { ($0.name, $0.value) })
    #expect(facts["Alpha"] == "11.000" && facts["Beta"] == "5.000")
    #expect(state.screen.contains("Alpha   11.000"))
  }

  @Test func `panels and rankings are written by name, and read as they were before methods`()
    throws
  {
    for kind in PanelKind.unnamed + [.method("A:b"), .methodClusters("My model")] {
      #expect(PanelKind(rawValue: kind.rawValue) == kind)
    }
    #expect(PanelKind.method("THItoGene").rawValue == "method:THItoGene")
    #expect(PanelKind(rawValue: "nonsense") == nil && PanelKind(rawValue: "method") == nil)
    for ranking in GeneRanking.unnamed + [
      .pearson("A"), .gain("A b", over: "C"), .significance("D"), .share("E of F"),
      .measure(.ssim, "G of H"),
    ] {
      #expect(GeneRanking(rawValue: ranking.rawValue) == ranking)
    }
    let old = """
      {"starred":[],"ranking":"moransI","normalization":"raw","ramp":"magma","limits":"p1–p99",
       "panels":["image","clusters"],"showsUnderlay":true,"dimming":0.3}
      """
    let view = try JSONDecoder().decode(SavedView.self, from: Data(old.utf8))
    #expect(view.panels == [.image, .clusters] && view.ranking == .moransI)
  }

  @Test func `the view comes back with its methods, and a new method brings its panel`() {
    var state = comparing()
    state.type("5PcwO")
    state.type("r7")
    let saved = state.savedView
    let again = viewer(columns: 120, rows: 40, methods: smallMethods, saved: saved)
    #expect(again.savedView == saved)
    #expect(again.panels == state.panels && again.hasOwnScales)
    let more = viewer(
      columns: 120, rows: 40, methods: smallMethods + [smallTable], saved: saved)
    #expect(more.panels.contains(.method("Table")))
    let without = viewer(columns: 120, rows: 40, saved: saved)
    #expect(without.panels.allSatisfy { $0.method == nil && !$0.isOfMethods })
    #expect(without.genes.ranking == .variance)
  }

  @Test(arguments: [
    (0, "1.00"), (1.5, "0.03"), (2.5, "0.003"), (8.9, "1e-8"), (400, "1e-400"),
    (Float.infinity, "0"),
  ])
  func `probabilities are written short`(exponent: Float, text: String) {
    #expect(probability(minusLog10: exponent) == text)
  }
}
