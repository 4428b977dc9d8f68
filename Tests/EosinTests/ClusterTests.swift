import Foundation
import Sections
import TestSupport
import Testing
import Workbench

@Suite struct ClusterTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: folder.url.appending(path: name)), as: UTF8.self)
  }

  @Test func `the summary says how clusters were made and how they agree`() throws {
    let outcome = try Program.run(["cluster"])
    #expect(outcome.status == .exited(0) && outcome.error == "")
    let lines = outcome.output.split(separator: "\n")
    #expect(
      lines[0] == "P1: k-means, k = 4, on 50 principal components of 167 genes (released), best of "
        + "20 restarts, seed 0")
    #expect(lines[1].contains(/^  spots    A \d+  B \d+  C \d+  D \d+$/))
    #expect(
      lines[3].contains(
        /^  labels   ARI 0\.\d{3}, NMI 0\.\d{3} over 240 spots with a label other than undeter/))
  }

  @Test func `there are no more components than genes`() throws {
    let outcome = try Program.run(["cluster", "--components", "100000", "--restarts", "1"])
    #expect(outcome.output.contains("on 167 principal components of 167 genes"))
  }

  @Test func `the same seed writes the same file, which reads back as the summary says`() throws {
    let first = try Program.run(
      ["cluster", "-k", "5", "--seed", "7", "--json", "-o", folder.path("a.csv")])
    let second = try Program.run(["cluster", "-k", "5", "--seed", "7", "-o", folder.path("b.csv")])
    #expect(first.status == .exited(0) && second.status == .exited(0))
    #expect(second.output.hasSuffix("  wrote    \(folder.path("b.csv"))\n"))
    #expect(try text("a.csv") == (try text("b.csv")))

    let summary = try JSONDecoder().decode(ClusterSummary.self, from: Data(first.output.utf8))
    let table = try ClusterTable(reading: folder.url.appending(path: "a.csv"))
    #expect(table.rows.count == 246)
    for (index, cluster) in summary.clusters.enumerated() {
      let rows = table.rows.filter { $0.cluster == index + 1 }
      #expect(rows.count == cluster.spots)
      #expect(rows.allSatisfy { $0.name == cluster.letter })
    }
    #expect(table.rows.count { $0.label == "breast glands" } == 16)
    #expect(folder.names == ["a.csv", "b.csv"])
  }

  @Test func `only labelled spots are clustered when asked for`() throws {
    let outcome = try Program.run(
      ["cluster", "--labelled-only", "--restarts", "2", "-o", folder.path("a.csv")])
    #expect(outcome.status == .exited(0))
    let table = try ClusterTable(reading: folder.url.appending(path: "a.csv"))
    #expect(table.rows.count { $0.cluster == nil } == 6)
    #expect(table.rows.allSatisfy { ($0.cluster == nil) == ($0.label == "undetermined") })
  }

  @Test func `Loupe gets barcodes and categories`() throws {
    let outcome = try Program.run(
      ["cluster", "--format", "loupe", "--restarts", "2", "-o", folder.path("loupe.csv")])
    #expect(outcome.status == .exited(0))
    let lines = try text("loupe.csv").split(separator: "\n")
    #expect(lines[0] == "Barcode,Eosin clusters P1")
    #expect(lines.count == 247)
    #expect(lines.dropFirst().allSatisfy { $0.contains(/^\d+x\d+,[A-D]$/) })
  }

  @Test func `a file that is there stays as it is unless it may be replaced`() throws {
    let path = try folder.write("mine", to: "a.csv")
    let refused = try Program.run(["cluster", "--restarts", "1", "-o", path])
    #expect(refused.status == .exited(1) && refused.output == "")
    #expect(
      refused.error
        == "eosin: \(path): is already there. Name another file, or ask to replace it.\n")
    #expect(try text("a.csv") == "mine")
    let forced = try Program.run(["cluster", "--restarts", "1", "-o", path, "--force"])
    #expect(forced.status == .exited(0))
    #expect(try text("a.csv").hasPrefix("spot,array_column,"))
    #expect(folder.names == ["a.csv"])
  }
}
