import Drawing
import Evaluation
import Foundation
import Sections
import TestSupport
import Testing

@testable import Workbench

@Suite struct CopyNumberTests {
  let folder: TemporaryFolder
  let workbench: Workbench
  let section: LoadedSection
  let positions: GenePositions

  init() throws {
    folder = try TemporaryFolder()
    workbench = PredictTests.workbench(folder)
    let dataSet = try DataSet(opening: SharedFiles.sampleData)
    section = try workbench.load(
      try dataSet.reference(named: "Q1"), of: dataSet, normalization: .scanpy)
    positions = try GenePositions(
      reading: SharedFiles.sampleData.appending(path: "gene-positions.tsv"))
  }

  private func request(_ references: [String] = ["connective tissue"]) throws -> CopyNumberRequest {
    var request = CopyNumberRequest(
      positions: positions, groups: try workbench.groups(of: section, by: .labels),
      references: references)
    request.settings.window = 11
    return request
  }

  @Test func `the amplicon shows as a gain in the cancer alone`() throws {
    let result = try workbench.copyNumber(of: section, try request())
    #expect(result.genes.count == 167 && result.chromosomes.count == 6 && result.notes.isEmpty)
    let erbb2 = try #require(result.genes.firstIndex { $0.gene == "ERBB2" })
    func mean(_ label: String) throws -> Double {
      let spots = try result.groups.spots(of: label, in: "Q1")
      let values = spots.map { spot -> Double in
        let row = result.profile.values(ofSpot: spot)
        return Double(row[row.startIndex + erbb2])
      }
      return values.reduce(0, +) / Double(values.count)
    }
    #expect(try mean("invasive cancer") > 0.5)
    #expect(try abs(mean("connective tissue")) < 0.1 && abs(mean("adipose tissue")) < 0.3)
  }

  @Test func `the heatmap has references first, every spot once and the chromosomes' names`() throws
  {
    let result = try workbench.copyNumber(of: section, try request(["connective tissue"]))
    let heatmap = result.heatmap
    #expect(heatmap.groups[0].name == "connective tissue, reference")
    #expect(heatmap.groups.count == 6)
    #expect(heatmap.groups.flatMap(\.rows).sorted() == Array(0..<252))
    #expect(heatmap.chromosomes.map(\.name) == ["1", "2", "3", "4", "5", "6"])
    let likest = try #require(heatmap.groups.first { $0.name == "invasive cancer" }?.rows)
    let signals = likest.map(result.profile.signal)
    #expect(signals.prefix(10).reduce(0, +) > signals.suffix(10).reduce(0, +))
  }

  @Test func `the table has a row a spot and a column a window`() throws {
    var request = try request()
    request.settings.step = 4
    let result = try workbench.copyNumber(of: section, request)
    let lines = result.table.split(separator: "\n").map { $0.split(separator: "\t") }
    #expect(lines.count == 253 && lines[0][3].hasPrefix("chr1:"))
    #expect(lines.allSatisfy { $0.count == 3 + result.profile.windows.count })
    let summary = CopyNumberSummary(result)
    #expect(summary.windows < 167 / 3 && summary.groups.count == 6 && summary.noise > 0)
    #expect(summary.text.contains("connective tissue (reference)"))
    let json = String(decoding: try JSONEncoder().encode(summary), as: UTF8.self)
    #expect(json.contains("\"isReference\":true") && !json.contains("heading"))
  }

  @Test func `genes without a number, a position or counts are left out and told of`() throws {
    let places = positions.positions.enumerated().compactMap { index, position -> GenePosition? in
      var position = position
      if index < 3 { return nil }
      if index < 5 { position.chromosome = "chrX" }
      return position
    }
    var request = try request()
    request.positions = GenePositions(places)
    request.settings.window = 101
    let result = try workbench.copyNumber(of: section, request)
    #expect(result.genes.count == 162)
    #expect(
      result.notes == [
        "3 genes without a position left out.",
        "2 genes on chromosomes without a number left out.",
        "6 of 6 chromosomes have fewer genes than a window of 101, so that little but each "
          + "chromosome's mean is left: ask for a smaller --window.",
      ])
    request.includesAllChromosomes = true
    #expect(try workbench.copyNumber(of: section, request).chromosomes.last == "chrX")
  }

  @Test func `a prediction is shown in place of what was observed`() throws {
    let expression = section.expression(.scanpy)
    let genes = Array(section.section.genes.prefix(80))
    var values = (0..<80).flatMap { expression.values(ofGene: $0) }
    values[7] = .nan
    let prediction = Prediction(
      method: "Mine", genes: genes, spotCount: 252, values: values, normalization: .scanpy)
    let result = try workbench.copyNumber(of: section, predictedBy: prediction, try request())
    #expect(result.source == "Mine" && result.genes.count == 80)
    #expect(result.profile.values(ofSpot: 7).allSatisfy { $0.isNaN })
    #expect(result.profile.values(ofSpot: 8).allSatisfy { $0.isFinite })
    #expect(result.table.contains("\tNaN\t"))
  }

  @Test func `what is missing is told`() throws {
    func problem(_ request: CopyNumberRequest) -> String? {
      do {
        _ = try workbench.copyNumber(of: section, request)
        return nil
      } catch { return "\(error)" }
    }
    #expect(problem(try request([]))?.contains("Name a group of normal spots") == true)
    #expect(problem(try request(["breast gland"]))?.contains("mean 'breast glands'?") == true)
    var elsewhere = try request()
    elsewhere.positions = GenePositions([
      GenePosition(gene: "ENSG1", chromosome: "1", start: 1, end: 2)
    ])
    #expect(
      problem(elsewhere)?.hasPrefix("Of 167 genes 0 have a position, and 0 can be shown") == true)
  }
}
