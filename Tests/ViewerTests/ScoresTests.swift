import Drawing
import Foundation
import Sections
import Testing
import Workbench

@testable import Viewer

/// The table of scores: every method on every section, scored in the background.
@Suite struct ScoresTests {
  let broken = Method(name: "Broken", source: .checkpoint(URL(filePath: "/nowhere/Broken.ckpt")))

  /// A viewer on three sections with everything scored.
  func scored(
    _ methods: [Method] = smallMethods + [smallTable], columns: Int = 120, rows: Int = 40
  ) -> ViewerState {
    var state = viewer(columns: columns, rows: rows, sections: 3, methods: methods)
    state.type("T")
    return state
  }

  /// The same before anything is scored, and what the key asked for.
  func asking(_ methods: [Method] = smallMethods) -> (state: ViewerState, effects: [ViewerEffect]) {
    var state = viewer(columns: 120, rows: 40, sections: 3, methods: methods)
    let effects = state.update(.input(.key(.character("T"))))
    return (state, effects)
  }

  @Test(arguments: [(120, 40), (80, 24), (50, 12)])
  func `the screen is as it was looked at`(columns: Int, rows: Int) throws {
    var state = scored(smallMethods + [smallTable, broken], columns: columns, rows: rows)
    state.press(.down)
    try expectSnapshot(state.lines, named: "scores-\(columns)x\(rows)")
  }

  @Test func `half way through, what is scored stands beside what is not`() throws {
    var (state, _) = asking(smallMethods)
    _ = state.update(evaluated(0, smallMethods[0], .raw))
    _ = state.update(
      .evaluating(0, smallMethods[1], .raw, PredictionProgress(stage: "predicting", fraction: 0.4)))
    try expectSnapshot(state.lines, named: "scores-working-120x40")
    #expect(state.screen.contains("1 of 6 scored · Beta on S1 …"))
    #expect(state.screen.contains("40 %"))
  }

  @Test func `sections are scored one by one, the open one first`() {
    var (state, effects) = asking()
    #expect(effects == [.evaluate(section: 0, smallMethods[0], .raw)])
    // Nothing else is asked for meanwhile, and keys answer.
    #expect(state.update(.input(.key(.down))).isEmpty)
    #expect(state.scoreRow == 1)
    var asked: [String] = []
    while let next = effects.first, case .evaluate(let section, let method, _) = next {
      asked.append("\(method.name) \(section)")
      effects = state.update(evaluated(section, method, .raw))
    }
    #expect(asked == ["Alpha 0", "Beta 0", "Alpha 1", "Beta 1", "Alpha 2", "Beta 2"])
    #expect(state.screen.contains("6 of 6 scored"))
  }

  @Test func `leaving cancels, what is scored is kept, coming back goes on`() {
    var (state, _) = asking()
    _ = state.update(evaluated(0, smallMethods[0], .raw))
    #expect(state.update(.input(.key(.character("T")))) == [.cancelEvaluation])
    #expect(state.display == .compare && state.evaluating == nil)
    let back = state.update(.input(.key(.character("T"))))
    #expect(back == [.evaluate(section: 0, smallMethods[1], .raw)])
    #expect(state.evaluations["Alpha"]?.sections[0]?.scores != nil)
  }

  @Test func `a section that cannot be scored says why in its row, and A tries again`() {
    var state = scored([smallMethods[0], broken])
    #expect(state.screen.contains("failed"))
    state.press(.right)
    #expect(state.screen.contains("Broken cannot be read."))
    #expect(state.screen.contains("3 failed, A tries again"))
    let effects = state.update(.input(.key(.character("A"))))
    #expect(effects.contains(.evaluate(section: 0, broken, .raw)))
    let alone = scored([broken])
    let row = alone.place(of: "S2")?.row ?? 0
    #expect(alone.lines[row].contains("Broken cannot be read."))
  }

  @Test func `means are over the sections scored, and doubts are marked`() throws {
    let state = scored()
    let evaluation = try #require(state.evaluations["Alpha"])
    let rows = (0..<3).compactMap { evaluation.summary(ofSection: $0) }
    #expect(rows.map(\.standing) == [.patientSeen, .trainedOn, .patientSeen])
    let mean = try #require(evaluation.summary(ofSection: nil))
    #expect(mean.standing == .trainedOn)
    // The same three times, up to the order of summing.
    let difference = (mean.correlation.mean ?? 9) - (rows[0].correlation.mean ?? 0)
    #expect(abs(difference) < 1e-12)
    #expect(state.screen.contains("◐ patient seen in training"))
    #expect(state.screen.contains("● section trained on"))
    #expect(state.screen.contains("? protocol unknown"))
    let warning = try #require(state.place(of: "! patient S seen in training"))
    #expect(state.frame().canvas[warning.column, warning.row].ink == .role(.warning))
  }

  @Test func `arrows and clicks choose a cell, Enter opens its section`() throws {
    var state = scored()
    state.press(.down)
    state.press(.right)
    #expect(state.scoreRow == 1 && state.scoredMethod == "Beta" && state.compared == "Beta")
    state.press(.end)
    #expect(state.scoredSection == nil)
    state.press(.enter)
    #expect(state.display == .scores && state.message?.text.contains("means") == true)
    let row = try #require(state.place(of: "S3")).row
    let alpha = try #require(state.place(of: "■ Alpha")).column
    state.mouse(.press(.left), alpha + 4, row)
    #expect(state.scoreRow == 2 && state.scoredMethod == "Alpha")
    state.mouse(.scrollUp, alpha, row)
    #expect(state.scoreRow == 1)
    state.press(.enter)
    #expect(state.display == .compare && state.sectionIndex == 1)
    state.type("T")
    let other = try #require(state.place(of: "S1")).row
    state.mouse(.press(.left), 3, other)
    state.mouse(.press(.left), 3, other)
    #expect(state.display == .compare && state.sectionIndex == 0)
  }

  @Test func `the worst and best section and gene are one key away`() {
    var (state, _) = asking([smallMethods[0]])
    for (section, score) in [0.4, 0.1, 0.7].enumerated() {
      guard
        case .evaluated(_, let method, _, var scores) = evaluated(section, smallMethods[0], .raw)
      else { continue }
      scores.methods[0].measures["pearson"] = NumberColumn(scores.genes.map { _ in score })
      _ = state.update(.evaluated(section, method, .raw, scores))
    }
    state.type("[")
    #expect(state.scoreRow == 1)
    state.type("]")
    #expect(state.scoreRow == 2)
    var best = scored([smallMethods[0]])
    best.press(.down)
    best.type("}")
    #expect(best.display == .compare && best.sectionIndex == 1 && best.geneName == "GNAS")
    best.type("{")
    #expect(best.geneName == "ERBB2")
    best.type("[")
    #expect(best.screen.contains("worst section: the table of scores is not on display"))
  }

  @Test func `another normalization scores anew what has none of its own`() {
    var state = scored([smallMethods[0], smallTable])
    let effects = state.update(.input(.key(.character("n"))))
    #expect(state.evaluations["Alpha"]?.sections.count == 3)
    #expect(effects.contains(.evaluate(section: 0, smallTable, state.normalization)))
    // What was asked for under the old one comes too late.
    _ = state.update(evaluated(1, smallTable, .raw))
    #expect(state.evaluations["Table"]?.sections[1]?.scores == nil)
  }

  @Test func `methods hidden by hand are left out, and keys of the panels say why not`() {
    var state = viewer(columns: 120, rows: 40, sections: 3, methods: smallMethods)
    state.type("5T")
    #expect(state.scoredMethods == ["Beta"] && state.evaluations["Alpha"] == nil)
    state.type("b")
    #expect(state.screen.contains("tissue: that is of the panels; Esc goes back to them"))
    state.type("s")
    #expect(state.screen.contains("star: that is of the genes; F lists them"))
    state.press(.escape)
    state.press(.escape)
    #expect(state.display == .compare)
    var none = viewer(sections: 2)
    none.type("T")
    #expect(none.display == .compare && none.screen.contains("scores: there is no method"))
  }

  @Test func `many methods leave only means, and the chosen one is always in view`() throws {
    let many = (0..<12).map { place in
      Method(name: "M\(place)", source: .table(URL(filePath: "/nowhere/\(place).tsv")))
    }
    var state = scored(many, columns: 80, rows: 24)
    #expect(state.scoreTable.detail == .mean && state.screen.contains("■ M0"))
    for _ in 0..<11 { state.press(.right) }
    #expect(state.scoredMethod == "M11" && state.screen.contains("■ M11"))
    #expect(!state.screen.contains("■ M0 ") && state.screen.contains("‹"))
  }

  @Test func `a run's next epoch is scored anew`() {
    let run = Method(name: "Run", source: .run(URL(filePath: "/nowhere/run")))
    var state = viewer(columns: 120, rows: 40, sections: 2, methods: [run])
    #expect(state.update(.input(.key(.character("T")))).isEmpty)
    // Any file there is.
    let effects = state.update(.runSaved(run, FileState(URL(filePath: #filePath))))
    #expect(effects.contains(.evaluate(section: 0, run, .raw)))
  }
}
