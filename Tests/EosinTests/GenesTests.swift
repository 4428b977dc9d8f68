import Foundation
import TestSupport
import Testing
import Workbench

@Suite struct GenesTests {
  func rows(_ arguments: [String]) throws -> [GeneRow] {
    let outcome = try Program.run(["genes", "--json"] + arguments)
    #expect(outcome.status == .exited(0) && outcome.error == "")
    return try JSONDecoder().decode([GeneRow].self, from: Data(outcome.output.utf8))
  }

  @Test(arguments: GeneOrder.allCases)
  func `genes are ranked`(order: GeneOrder) throws {
    let rows = try rows(["--by", order.rawValue, "--top", "0"])
    #expect(rows.count == 167 && Set(rows.map(\.gene)).count == 167)
    let isOrdered = zip(rows, rows.dropFirst()).allSatisfy { first, second in
      switch order {
      case .name: first.gene.lowercased() <= second.gene.lowercased()
      case .mean: first.mean >= second.mean
      case .variance: first.variance >= second.variance
      case .moransI: first.moransI ?? -2 >= second.moransI ?? -2
      case .attainable: first.attainable ?? -2 >= second.attainable ?? -2
      }
    }
    #expect(isOrdered)
  }

  @Test func `the first genes make an aligned table`() throws {
    let outcome = try Program.run(["genes", "--top", "3", "--section", "P1"])
    #expect(outcome.status == .exited(0))
    #expect(
      outcome.output == """
        gene      mean  variance  Moran's I  attainable  spots
        PLIN4    1.238     0.212      0.585       0.912    242
        G0S2     1.339     0.192      0.603       0.923    244
        TACSTD2  1.238     0.186      0.571       0.905    241
        attainable: what a correlation could at best be, counts being a sample; eosin evaluate explains

        """)
    #expect(try rows(["--top", "3"]).map(\.gene) == ["PLIN4", "G0S2", "TACSTD2"])
  }

  @Test func `raw counts have another order`() throws {
    let raw = try rows(["--normalization", "raw", "--by", "mean", "--top", "1"])[0]
    #expect(raw.mean > 20 && raw.spots == 246)
  }

  @Test func `genes of the panel that are missing are told`() throws {
    let folder = try TemporaryFolder()
    let panel = try folder.write("FASN\nNOSUCH\n", to: "panel.txt")
    let outcome = try Program.run(["genes", "--top", "1", "--panel", panel])
    #expect(outcome.status == .exited(0))
    #expect(outcome.error == "P1: 1 of the panel's genes are not in the section: NOSUCH\n")
  }
}
