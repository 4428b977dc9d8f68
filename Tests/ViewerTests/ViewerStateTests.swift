import Drawing
import Sections
import Testing
import Workbench

@testable import Viewer

@Suite struct ViewerStateTests {
  @Test func `keys step through the genes and stop at the ends`() {
    var state = viewer()
    let order = state.genes.shown.map { state.genes.names[$0] }
    #expect(state.geneName == order[0])
    state.type("j")
    #expect(state.geneName == order[1])
    state.press(.down)
    #expect(state.geneName == order[2])
    state.type("k")
    #expect(state.geneName == order[1])
    state.type("G")
    #expect(state.geneName == order[3])
    state.type("j")
    #expect(state.geneName == order[3])
    state.type("g")
    #expect(state.geneName == order[0])
  }

  @Test func `genes rank by variance, Moran's I, name and mean`() {
    var state = viewer()
    func order() -> [String] { state.genes.shown.map { state.genes.names[$0] } }
    // Variances: ERBB2 4·30/29, GNAS 35/12·30/29, FASN 81·29/900·30/29, ACTB 0.
    #expect(order() == ["ERBB2", "GNAS", "FASN", "ACTB"])
    state.type("r")
    #expect(state.genes.ranking == .moransI)
    #expect(order() == ["GNAS", "ERBB2", "FASN", "ACTB"])
    state.type("r")
    #expect(order() == ["ACTB", "ERBB2", "FASN", "GNAS"])
    state.type("r")
    #expect(order() == ["ACTB", "ERBB2", "GNAS", "FASN"])
    state.type("R")
    #expect(order() == ["FASN", "GNAS", "ERBB2", "ACTB"])
  }

  @Test func `search narrows as you type, Enter keeps it, Esc clears it`() {
    var state = viewer()
    state.type("/fas")
    #expect(state.genes.shown.map { state.genes.names[$0] } == ["FASN"])
    #expect(state.geneName == "FASN")
    #expect(state.screen.contains("/fas▏"))
    state.press(.enter)
    state.type("s")
    #expect(state.genes.starred == ["FASN"])
    state.press(.escape)
    #expect(state.genes.shown.count == 4)
    state.type("/zzz")
    #expect(state.screen.contains("no gene has ‘zzz’"))
    state.press(.escape)
    #expect(!state.isSearching && state.genes.query.isEmpty)
  }

  @Test func `stars are listed alone with S`() {
    var state = viewer()
    state.type("S")
    #expect(state.screen.contains("no gene has a star yet"))
    state.type("sS")
    #expect(state.genes.shown.count == 1)
    state.type("s")
    #expect(state.genes.shown.count == 4)
  }

  @Test func `n goes through the normalizations and shows the formula`() {
    var state = viewer()
    #expect(state.screen.contains("counts as read"))
    state.type("n")
    #expect(state.screen.contains("log10(1 + count · 10,000/total of 4 genes)"))
    #expect(state.statistics != nil)
    state.type("n")
    #expect(state.screen.contains("ln(1 + count · 1,000,000/total of all genes)"))
  }

  @Test func `panels toggle, one always stays, and a panel without data says why`() {
    var state = viewer()
    #expect(state.panels == [.observed, .clusters, .labels])
    state.type("3")
    #expect(state.panels == [.observed, .labels])
    state.type("1")
    #expect(state.screen.contains("H&E: section S1 has no image"))
    state.type("42")
    #expect(state.panels == [.observed])
    #expect(state.screen.contains("One panel has to stay"))
    var bare = viewer(labels: false)
    bare.type("4")
    #expect(bare.screen.contains("has no pathologist's labels"))
  }

  @Test func `a click chooses the spot under it in every panel`() throws {
    var state = viewer()
    let body = try #require(state.bodies().first?.area)
    let section = smallSection()
    let view = state.viewport(columns: body.columns, rows: body.rows, layout: section.layout)
    let point = view.point(
      imageX: section.layout.x[14], imageY: section.layout.y[14], width: body.columns,
      height: body.rows * 2)
    state.mouse(
      .press(.left), body.column + Int(point.x.rounded()), body.row + Int(point.y.rounded()) / 2)
    #expect(state.spot == 14)
    #expect(state.screen.contains("12x22"))
    #expect(state.screen.filter { $0 == "◆" }.count == 3)
    let effects = state.type("y")
    guard case .copy(let text)? = effects.first else {
      Issue.record("y copies nothing")
      return
    }
    #expect(text.contains("spot\t12x22") && text.contains("label\tadipose tissue"))
  }

  @Test func `a click on a title gives that panel all the room, and shares it again`() throws {
    var state = viewer()
    let shown = state.visiblePanels
    let second = try #require(state.bodies().dropFirst().first)
    state.mouse(.press(.left), second.area.column + 2, second.area.row - 1)
    #expect(state.visiblePanels == [second.kind])
    let whole = try #require(state.bodies().first?.area)
    state.mouse(.press(.left), whole.column + 2, whole.row - 1)
    #expect(state.visiblePanels == shown)
  }

  @Test func `arrows move the spot along the lattice`() {
    var state = viewer()
    state.press(.right, .shift)
    let first = state.spot
    #expect(first != nil)
    state.press(.right, .shift)
    #expect(state.spot == first.map { $0 + 1 })
    state.press(.tab)
    state.press(.up)
    #expect(state.spot == first.map { $0 - 5 })
  }

  @Test func `the wheel zooms around the pointer and 0 shows everything again`() throws {
    var state = viewer()
    let body = try #require(state.bodies().first?.area)
    state.mouse(.scrollUp, body.column + 5, body.row + 5)
    #expect(state.viewport != nil)
    let zoomed = state.viewport
    state.mouse(.press(.left), body.column + 5, body.row + 5)
    state.mouse(.drag(.left), body.column + 8, body.row + 5)
    #expect(state.viewport != zoomed)
    state.mouse(.release, body.column + 8, body.row + 5)
    state.type("0")
    #expect(state.viewport == nil)
  }

  @Test func `k changes live, at least two and at most one a spot`() {
    var state = viewer()
    #expect(state.clusterCount == 2)
    state.type(">>")
    #expect(state.clusters?.result.clusterCount == 4)
    state.type("<<<")
    #expect(state.clusterCount == 2)
    #expect(state.screen.contains("two clusters are the fewest"))
  }

  @Test func `clusters are named, merged and recoloured, and each step is taken back`() {
    var state = viewer()
    state.type("N")
    #expect(state.screen.contains("choose a spot first"))
    state.press(.right, .shift)
    state.type(">N")
    state.type("tumour")
    state.press(.enter)
    #expect(state.screen.contains("tumour"))
    let group = state.groupAtSpot
    let color = group.map { state.clusters?.groups[$0].color }
    state.type("C")
    #expect(group.map { state.clusters?.groups[$0].color } != color)
    state.type("M")
    state.type("nowhere")
    state.press(.enter)
    #expect(state.screen.contains("There is no cluster 'nowhere'."))
    state.press(.character("u"), .control)
    let other = clusterLetter(state.clusters?.liveGroups.first { $0 != group } ?? 0)
    state.type(other)
    state.press(.enter)
    #expect(state.clusters?.liveGroups.count == 2)
    #expect(state.screen.contains("k = 3, 1 merged"))
    state.type("u")
    #expect(state.clusters?.liveGroups.count == 3)
    state.type("uu")
    #expect(!state.screen.contains("tumour"))
    state.type("UUU")
    #expect(state.clusters?.liveGroups.count == 2)
  }

  @Test func `export asks for a path, and before replacing a file`() {
    var state = viewer()
    state.type("e1")
    #expect(state.screen.contains("S1_clusters.csv"))
    let effects = state.press(.enter)
    guard case .export(let request)? = effects.first else {
      Issue.record("Enter exports nothing")
      return
    }
    #expect(!request.replacing && request.path == "S1_clusters.csv")
    _ = state.update(.exportWouldReplace(request))
    #expect(state.screen.contains("is there already"))
    guard case .export(let again)? = state.type("y").first else {
      Issue.record("y does not export")
      return
    }
    #expect(again.replacing)
    _ = state.update(.exported("S1_clusters.csv"))
    #expect(state.screen.contains("Wrote S1_clusters.csv"))
    _ = state.update(.exportWouldReplace(request))
    #expect(state.type("n").isEmpty)
    #expect(state.overlay == nil)
  }

  @Test func `help is searched by typing`() {
    var state = viewer(rows: 130)
    state.type("?")
    #expect(state.screen.contains("Write the section: scanpy, QuPath, Loupe"))
    state.type("scanpy")
    #expect(state.screen.contains("Write the section: scanpy, QuPath, Loupe"))
    #expect(!state.screen.contains("Show the next gene"))
    state.press(.escape)
    #expect(state.overlay == nil)
  }

  @Test func `the palette finds and does a command, and says why one is off`() {
    var state = viewer()
    state.type(":next ramp")
    state.press(.enter)
    #expect(state.ramp == .magma)
    state.type(":take back")
    #expect(state.screen.contains("there is nothing to take back"))
  }

  @Test func `sections switch with one key and keep the gene`() {
    var state = viewer(sections: 3)
    state.type("j")
    let gene = state.geneName
    state.type(".")
    #expect(state.sectionIndex == 1)
    #expect(state.geneName == gene)
    state.type(",,")
    #expect(state.sectionIndex == 2)
    state.type("o")
    state.press(.up)
    state.press(.enter)
    #expect(state.sectionIndex == 1)
  }

  @Test func `late answers of another section or normalization are dropped`() {
    var state = viewer(sections: 2)
    let settings = state.clusterSettings(of: .observed)
    let clusters = state.clusters
    _ = state.update(.sectionFailed(1, "no"))
    #expect(state.hasSettled && !state.screen.contains("no gene"))
    _ = state.update(.moransIComputed(0, .published, [1, 2, 3, 4]))
    #expect(state.moransI == nil)
    var other = settings
    other.clusterCount = 9
    _ = state.update(
      .clustered(
        0,
        ClusterResult(
          settings: other, clusterOfSpot: [], inertia: 0, geneCount: 0, adjustedRandIndex: nil,
          normalizedMutualInformation: nil)))
    #expect(state.clusters == clusters)
  }

  @Test func `the view comes back as it was left`() {
    var state = viewer()
    state.type("jsnvl3>")
    state.press(.right, .shift)
    state.type("+")
    let saved = state.savedView
    let again = viewer(saved: saved)
    #expect(again.savedView == saved)
    #expect(again.geneName == state.geneName)
    #expect(again.spot == state.spot && again.viewport == state.viewport)
  }

  @Test func `every command has its key, a help line and an answer`() {
    for command in Command.allCases {
      #expect(!command.entry.keys.isEmpty && !command.entry.help.isEmpty)
      // What the help has room for.
      #expect(command.entry.help.count <= 67, "\(command)")
      var state = viewer(sections: 2, methods: smallMethods)
      state.press(.right, .shift)
      settle(&state, state.perform(command))
      _ = state.frame()
    }
    // No key stands for two commands.
    let keys = Command.allCases.flatMap { $0.entry.keys.split(separator: " ") }
    #expect(Set(keys).count == keys.count)
  }
}
