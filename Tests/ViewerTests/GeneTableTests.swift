import Drawing
import Foundation
import Testing
import Workbench

@testable import Viewer

/// The table of genes: what there is to predict, and every measure of the compared method.
@Suite struct GeneTableTests {
  func table(
    _ methods: [Method] = smallMethods, columns: Int = 120, rows: Int = 40
  ) -> ViewerState {
    var state = viewer(columns: columns, rows: rows, methods: methods)
    state.type("F")
    return state
  }

  func order(_ state: ViewerState) -> [String] { state.genes.shown.map { state.genes.names[$0] } }

  @Test(arguments: [(120, 40), (80, 24), (50, 12)])
  func `the screen is as it was looked at`(columns: Int, rows: Int) throws {
    var state = table(columns: columns, rows: rows)
    for _ in 0..<5 { state.press(.right) }
    state.type("sr")
    try expectSnapshot(state.lines, named: "genes-\(columns)x\(rows)")
  }

  @Test func `without methods it has what there is to predict`() throws {
    let state = table([], columns: 80, rows: 24)
    try expectSnapshot(state.lines, named: "genes-observed-80x24")
    let values = try #require(state.attainable)
    // Enough counts for a pattern; the same at every spot is none.
    #expect(values[0] > 0.5 && state.moransI != nil)
    #expect(!state.screen.contains("PCC"))
  }

  @Test func `r orders by the chosen column, best first, and once more turns it round`() {
    var state = table()
    #expect(state.geneColumn == 2 && state.genes.ranking == .variance)
    for _ in 0..<3 { state.press(.right) }
    state.type("r")
    #expect(state.genes.ranking == .pearson("Alpha") && order(state).first == "GNAS")
    state.type("r")
    #expect(state.genes.isReversed && order(state).first == "ERBB2")
    for _ in 0..<5 { state.press(.right) }
    #expect(state.geneColumns[state.geneColumn] == .measure(.rmse))
    state.type("r")
    // The smallest error first; genes without one last.
    let errors = state.values(of: .rmse, method: "Alpha") ?? []
    #expect(state.genes.isReversed && errors[0] < errors[2])
    #expect(order(state) == ["GNAS", "ERBB2", "FASN", "ACTB"])
    #expect(state.screen.contains("by RMSE Alpha"))
    #expect(state.screen.contains("The typical error, in units of expression"))
  }

  @Test func `headings and rows take clicks, Enter shows the gene among the panels`() throws {
    var state = table()
    let heading = try #require(state.place(of: "Moran's I"))
    state.mouse(.press(.left), heading.column, heading.row)
    #expect(state.genes.ranking == .moransI && state.geneColumn == 3)
    state.mouse(.press(.left), heading.column, heading.row)
    #expect(state.genes.isReversed)
    let row = try #require(state.place(of: "   FASN")).row
    state.mouse(.press(.left), 4, row)
    #expect(state.geneName == "FASN")
    state.press(.enter)
    #expect(state.display == .compare && state.screen.contains("FASN is not among Alpha's"))
  }

  @Test func `w takes the measures and the order to the next method`() {
    var state = table()
    for _ in 0..<3 { state.press(.right) }
    state.type("rw")
    #expect(state.genes.ranking == .pearson("Beta"))
    #expect(state.evaluations["Beta"]?.sections[0]?.scores != nil)
    #expect(state.screen.contains("measures of Beta"))
    // Beta predicts ACTB, which is the same everywhere.
    #expect(order(state).suffix(2) == ["FASN", "ACTB"])
  }

  @Test func `search and stars work as in the list`() {
    var state = table()
    state.type("/erb")
    #expect(order(state) == ["ERBB2"] && state.screen.contains("/erb▏"))
    state.press(.enter)
    state.press(.escape)
    #expect(state.display == .genes && order(state).count == 4)
    state.type("sS")
    #expect(state.screen.contains("★") && order(state).count == 1)
    state.press(.escape)
    #expect(state.display == .compare)
  }

  @Test func `every column can be reached, and says what it is`() {
    var state = table(columns: 60, rows: 20)
    var seen = Set<String>()
    for column in state.geneColumns.indices {
      #expect(state.geneColumn == column || column < 2)
      state.geneColumn = column
      #expect(state.screen.contains(state.geneColumns[column].symbol))
      let words = state.geneColumns[column].explanation.split(separator: " ").prefix(4)
      #expect(state.screen.contains(words.joined(separator: " ")))
      seen.insert(state.geneColumns[column].symbol)
      state.press(.right)
    }
    #expect(seen.count == 18)
  }

  @Test func `the attainable correlation ranks, what cannot be measured comes last`() {
    var state = viewer(columns: 120, rows: 40, methods: smallMethods)
    let attainable: [Float] = [0.4, .nan, 0.9, .nan]
    state.methods[0].scores?.attainable = attainable
    _ = state.rank(by: .attainable)
    #expect(order(state) == ["ERBB2", "GNAS", "FASN", "ACTB"])
    #expect(state.screen.contains("by attainable PCC"))
    let row = state.place(of: "FASN")?.row ?? 0
    #expect(state.lines[row].prefix(31).contains("–"))
    _ = state.rank(by: .share("Alpha"))
    // 1.00 of 0.4 and −1.00 of 0.9.
    #expect(order(state) == ["GNAS", "ERBB2", "FASN", "ACTB"])
    #expect(state.screen.contains("250 %") && state.screen.contains("-111 %"))
  }

  @Test func `a list by correlation has a tick at what is attainable`() throws {
    var state = viewer(columns: 120, rows: 40, methods: smallMethods)
    state.methods[0].scores?.attainable = [0.5, .nan, 1, .nan]
    _ = state.rank(by: .pearson("Alpha"))
    #expect(state.screen.contains("┊ attainable"))
    let gnas = try #require(state.place(of: "GNAS"))
    let list = state.layout.genes
    // Eight cells of bar, the largest of all at the right end: half way for 0.5.
    let bar = list.maxColumn - 9
    #expect(state.frame().canvas[bar + 4, gnas.row].glyph == "┊")
    let fasn = try #require(state.place(of: "FASN"))
    #expect(!state.lines[fasn.row].prefix(list.maxColumn).contains("┊"))
  }

  @Test func `a gene that cannot be measured says so in the title`() {
    var state = viewer(columns: 120, rows: 40, methods: smallMethods)
    state.genes.selected = 0
    state.methods[0].scores?.attainable = [.nan, .nan, .nan, .nan]
    #expect(state.screen.contains("1.00, unmeasurable here"))
    state.methods[0].scores?.attainable = [0.55, .nan, .nan, .nan]
    #expect(state.screen.contains("1.00 of 0.55"))
    state.methods[0].scores?.attainable = nil
    #expect(state.screen.contains("PCC 1.00"))
  }
}
