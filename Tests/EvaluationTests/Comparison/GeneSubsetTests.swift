import Evaluation
import Testing

@Suite struct GeneSubsetTests {
  private func indices(_ subset: GeneSubset) -> [Int] {
    subset.indices(
      names: ["GNAS", "FASN", "SCD", "FN1"], mean: [2, 5, 5, .nan], variance: [3, 1, 4, 2],
      scores: [.nan, -0.5, 0.25, 0.5])
  }

  @Test func `each ranking begins with its highest`() {
    #expect(indices(.all) == [0, 1, 2, 3])
    #expect(indices(.mostVariable(2)) == [2, 0])
    #expect(indices(.mostExpressed(2)) == [1, 2])
    #expect(indices(.bestPredicted(9)) == [3, 2, 1])
    #expect(indices(.named(["FN1", "XIST", "GNAS"])) == [3, 0])
    #expect(indices(.mostVariable(0)) == [])
    let none = GeneSubset.mostVariable(5).indices(names: [], mean: [], variance: [], scores: [])
    #expect(none == [])
  }

  @Test(arguments: [
    GeneSubset.all, .mostVariable(50), .mostExpressed(1), .bestPredicted(1000),
  ])
  func `what was written reads back`(subset: GeneSubset) {
    #expect(GeneSubset(rawValue: subset.rawValue) == subset)
  }

  @Test func `the texts are those of the options`() {
    #expect(GeneSubset(rawValue: "variable:50") == .mostVariable(50))
    #expect(GeneSubset(rawValue: "expressed:50") == .mostExpressed(50))
    #expect(GeneSubset(rawValue: "best:50") == .bestPredicted(50))
    #expect(GeneSubset.named(["FASN", "GNAS"]).rawValue == "list:FASN,GNAS")
    for text in ["", "All", "best", "best:", "best:0", "best:-3", "best:5:5", "list:a", "worst:5"] {
      #expect(GeneSubset(rawValue: text) == nil, "\(text)")
    }
  }
}
