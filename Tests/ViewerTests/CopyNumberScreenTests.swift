import Drawing
import Foundation
import Sections
import TestSupport
import Testing
import Workbench

@testable import Viewer

/// The screen of copy numbers, on the sample section.
@Suite struct CopyNumberScreenTests {
  private static let section: LoadedSection? = {
    guard let dataSet = try? DataSet(opening: SharedFiles.sampleData),
      let reference = try? dataSet.reference(named: "Q1")
    else { return nil }
    return try? Workbench().load(reference, of: dataSet)
  }()
  private let section: LoadedSection
  private let positions: URL
  private let method = Method(name: "Mine", source: .table(URL(filePath: "/nowhere/m.tsv")))

  init() throws {
    section = try #require(Self.section)
    positions = try #require(try DataSet(opening: SharedFiles.sampleData).genePositions)
  }

  /// A viewer on the sample section with one method, which predicts what was observed.
  private func viewer(
    columns: Int = 120, rows: Int = 40, positions: URL?, references: [String] = []
  ) -> ViewerState {
    let names = ["Q1", "Q2"].map {
      SectionReference(name: $0, patient: "Q", counts: .init(filePath: "/nowhere"), spots: nil)
    }
    var state = ViewerState(
      dataSet: "sample", sections: names, methods: [method], columns: columns, rows: rows)
    state.useGenePositions(positions, references: references)
    answer(&state, state.update(.sectionLoaded(0, section)))
    return state
  }

  private func answer(_ state: inout ViewerState, _ effects: [ViewerEffect]) {
    let workbench = Workbench()
    var waiting = effects
    while !waiting.isEmpty {
      switch waiting.removeFirst() {
      case .mapCopyNumber(let index, let query, let prediction):
        do {
          let map = try workbench.copyNumberMap(of: section, predictedBy: prediction, query)
          waiting += state.update(.copyNumberMapped(index, map))
        } catch { waiting += state.update(.copyNumberFailed(index, query, "\(error)")) }
      case .predict(let index, let method, let resolution):
        let expression = section.expression(.scanpy)
        let genes = section.section.genes
        waiting += state.update(
          .predicted(
            index, method, resolution,
            Prediction(
              method: method.name, genes: genes, spotCount: section.section.spots.count,
              values: genes.indices.flatMap { expression.values(ofGene: $0) },
              normalization: .scanpy)))
      case .cluster(let index, let settings, let prediction):
        if let result = try? workbench.clusters(of: section, predictedBy: prediction, settings) {
          waiting += state.update(.clustered(index, result))
        }
      default: break
      }
    }
  }

  private func press(_ text: String, _ state: inout ViewerState) {
    for character in text { answer(&state, state.update(.input(.key(.character(character))))) }
  }

  @Test func `the screens are as they were looked at`() throws {
    var state = viewer(positions: positions, references: ["connective tissue"])
    press("B", &state)
    try expectSnapshot(state.lines, named: "copy-number-120x40")
    var small = viewer(
      columns: 80, rows: 24, positions: positions, references: ["connective tissue"])
    press("B", &small)
    try expectSnapshot(small.lines, named: "copy-number-80x24")
  }

  @Test func `what is missing is said with how to give it`() {
    var state = viewer(positions: nil)
    press("B", &state)
    #expect(state.screen.contains("Nobody told where genes lie"))
    #expect(state.screen.contains("start with --gene-positions"))
    state = viewer(positions: positions)
    press("B", &state)
    #expect(state.screen.contains("nobody told which") && state.screen.contains("--reference"))
    press("W", &state)
    #expect(state.copyNumber.map?.query.references == ["adipose tissue"])
    #expect(state.screen.contains("against adipose tissue"))
  }

  @Test func `keys choose the groups, the source, the reference and the window`() throws {
    var state = viewer(positions: positions, references: ["connective tissue"])
    press("B", &state)
    let first = try #require(state.copyNumber.map)
    #expect(first.window == 13 && first.query.method == nil && first.heatmap.groups.count == 6)
    press(">", &state)
    #expect(state.copyNumber.map?.window == 21)
    press("w", &state)
    #expect(state.copyNumber.map?.query.method == "Mine" && state.screen.contains("· Mine ·"))
    press("2", &state)
    #expect(state.copyNumber.map?.query.method == nil)
    press("5", &state)
    #expect(state.copyNumber.map?.query.method == "Mine")
    press("3", &state)
    // The reference is no cluster: it is said, and the next key mends it.
    #expect(state.copyNumber.problem?.contains("connective tissue") == true)
    #expect(state.screen.contains("W takes another reference"))
    press("W", &state)
    #expect(
      state.copyNumber.problem == nil && state.copyNumber.map?.query.groups.name == "clusters")
    press("4", &state)
    #expect(state.copyNumberGroups?.name == Annotation.pathologist)
  }

  @Test func `it is asked for once, and late answers are dropped`() throws {
    var state = viewer(positions: positions, references: ["connective tissue"])
    let effects = state.update(.input(.key(.character("B"))))
    #expect(effects.count { if case .mapCopyNumber = $0 { true } else { false } } == 1)
    #expect(state.screen.contains("smoothing expression along the chromosomes"))
    #expect(state.update(.input(.resize(columns: 90, rows: 30))).isEmpty)
    guard case .mapCopyNumber(_, let query, _)? = effects.last else { return }
    press("W", &state)
    let late = try Workbench().copyNumberMap(of: section, query)
    _ = state.update(.copyNumberMapped(0, late))
    #expect(state.copyNumber.map?.query != query)
    // Leaving takes nothing along: the next section is asked for anew.
    _ = state.update(.input(.key(.character("."))))
    #expect(state.copyNumber.map == nil && state.copyNumber.asked == nil)
  }

  @Test func `it draws at every size, and chromosomes have borders`() throws {
    var state = viewer(positions: positions, references: ["connective tissue"])
    press("B", &state)
    #expect(state.lines[10].count { $0 == "▏" } == 5)
    for columns in stride(from: 36, through: 200, by: 41) {
      for rows in stride(from: 9, through: 60, by: 17) {
        _ = state.update(.input(.resize(columns: columns, rows: rows)))
        #expect(state.lines.count == rows)
      }
    }
  }
}
