import Drawing
import Evaluation
import Foundation
import Sections
import TestSupport
import Testing

@testable import Workbench

@Suite struct EnrichmentTests {
  let folder: TemporaryFolder
  let workbench: Workbench
  let section: LoadedSection
  let sets: GeneSets

  init() throws {
    folder = try TemporaryFolder()
    workbench = PredictTests.workbench(folder)
    let dataSet = try DataSet(opening: SharedFiles.sampleData)
    section = try workbench.load(try dataSet.reference(named: "Q1"), of: dataSet)
    sets = try GeneSets(reading: SharedFiles.sampleData.appending(path: "gene-sets.gmt"))
  }

  private func labels() throws -> Annotation { try workbench.groups(of: section, by: .labels) }

  private func enriched(
    _ ranking: GeneRankingBasis, predictedBy prediction: Prediction? = nil
  ) throws -> EnrichmentResult {
    var settings = EnrichmentSettings()
    settings.ranking = ranking
    settings.top = 20
    return try workbench.enrichment(
      of: section, predictedBy: prediction, in: sets, settings, groups: try labels())
  }

  /// What was observed of all genes but those of the random programme, which are reversed.
  private func prediction(_ method: String = "Mine") throws -> Prediction {
    let chance = Set(try #require(sets.sets.first { $0.name == "SAMPLE_CHANCE" }).genes)
    let expression = section.expression(.scanpy)
    let genes = section.section.genes
    return Prediction(
      method: method, genes: genes, spotCount: section.section.spots.count,
      values: genes.indices.flatMap { gene in
        let values = expression.values(ofGene: gene)
        return chance.contains(genes[gene]) ? values.map { -$0 } : values
      }, normalization: .scanpy)
  }

  @Test(arguments: [
    ("invasive cancer", "SAMPLE_HER2"), ("adipose tissue", "SAMPLE_FAT"),
    ("immune infiltrate", "SAMPLE_IMMUNE"), ("connective tissue", "SAMPLE_STROMA"),
    ("breast glands", "SAMPLE_GLAND"),
  ])
  func `each tissue's own set is the most significant`(label: String, set: String) throws {
    let result = try enriched(.difference(of: label, from: nil))
    let first = try #require(result.rows.first)
    #expect(first.set == set && (first.adjustedP ?? 1) < 1e-4)
    #expect(result.universe == 167 && result.chosen.count == 20)
    #expect(result.chosen[0].value >= result.chosen[19].value)
    #expect(Set(first.genes).isSubset(of: result.chosen.map(\.gene)))
    #expect(!result.rows.contains { $0.set == "SAMPLE_HOUSEKEEPING" && ($0.p ?? 0) < 0.5 })
  }

  @Test func `a difference from one group turns its sign with the groups`() throws {
    let there = try enriched(.difference(of: "adipose tissue", from: "invasive cancer"))
    let back = try enriched(.difference(of: "invasive cancer", from: "adipose tissue"))
    #expect(there.rows[0].set == "SAMPLE_FAT" && back.rows[0].set == "SAMPLE_HER2")
    #expect(Set(there.chosen.map(\.gene)).isDisjoint(with: back.chosen.map(\.gene)))
  }

  @Test func `genes are ranked by how well they are predicted`() throws {
    let result = try enriched(.correlation, predictedBy: try prediction())
    let chance = try #require(result.rows.first { $0.set == "SAMPLE_CHANCE" })
    #expect(chance.genes.isEmpty && chance.p == 1 && result.source == "Mine")
    #expect(abs(result.chosen[0].value - 1) < 1e-5)
    #expect(result.summary.hasPrefix("Q1: the 20 highest of 167 genes ranked by their correlation"))
    #expect(throws: WorkbenchError.self) { try enriched(.correlation) }
  }

  @Test func `what is not there is told with the nearest name`() throws {
    let wrong = GeneRankingBasis.difference(of: "adipos tissue", from: nil)
    let error = #expect(throws: WorkbenchError.self) { try enriched(wrong) }
    #expect(error?.description.contains("Did you mean 'adipose tissue'?") == true)
    let none = #expect(throws: WorkbenchError.self) {
      try workbench.groups(of: section, by: .annotation("leiden"))
    }
    #expect(none?.description.contains("It has 'pathologist'.") == true)
    let clusters = try workbench.groups(of: section, by: .clusters(3))
    #expect(clusters.categories == ["A", "B", "C"])
  }

  @Test func `tables and text hold every set`() throws {
    let result = try enriched(.mean)
    let lines = result.table.split(separator: "\n")
    #expect(lines.count == 12 && lines[0].hasPrefix("set\tdescription\tgenes_in_universe"))
    #expect(lines.allSatisfy { $0.count { $0 == "\t" } == 8 })
    #expect(result.text(most: 3).hasSuffix("… and 8 more sets"))
    let json = try JSONEncoder().encode(result)
    #expect(String(decoding: json, as: UTF8.self).contains("\"geneSets\":\"gene-sets\""))
  }

  @Test func `scores are high where the set's tissue is`() throws {
    let scores = try workbench.geneSetScores(of: section, in: sets)
    #expect(scores.geneCount == 11 && scores.sizes[0] == 23 && scores.source == "observed")
    let labels = try labels()
    for (set, label) in [("SAMPLE_FAT", "adipose tissue"), ("SAMPLE_IMMUNE", "immune infiltrate")] {
      let index = try #require(scores.names.firstIndex(of: set))
      let values = scores.values(ofGene: index)
      let own = try labels.spots(of: label, in: "Q1")
      let inside = own.map { values[$0] }.reduce(0, +) / Float(own.count)
      #expect(inside > values.reduce(0, +) / Float(values.count) + 0.2, "\(set)")
    }
  }

  @Test func `scores are written as a table and as a section that is opened again`() throws {
    let scores = try workbench.geneSetScores(of: section, in: sets)
    let table = URL(filePath: folder.path("scores.tsv"))
    try scores.write(to: table, of: section, replacing: false)
    let lines = try String(contentsOf: table, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 253 && lines[0].hasPrefix("\tSAMPLE_TUMOUR\tSAMPLE_AMPLICON"))
    let file = URL(filePath: folder.path("scores.h5ad"))
    try scores.write(to: file, of: section, replacing: false)
    let opened = try DataSet(opening: file)
    let again = try workbench.load(opened.sections[0], of: opened)
    #expect(again.section.genes == scores.names && !again.section.holdsCounts)
    #expect(again.expression(again.normalization).values(ofGene: 3) == scores.values(ofGene: 3))
    #expect(again.section.labels?.categories.count == 6)
  }

  @Test func `spots without a prediction have no score and are shown as 0`() throws {
    var values = try prediction().values
    let spots = section.section.spots.count
    values[5] = .nan
    let partly = Prediction(
      method: "Partly", genes: section.section.genes, spotCount: spots, values: values,
      normalization: .scanpy)
    let scores = try workbench.geneSetScores(of: section, predictedBy: partly, in: sets)
    #expect(scores.values(ofGene: 0)[5].isNaN && scores.values(ofGene: 0)[4].isFinite)
    let shown = scores.section(scoredIn: section)
    #expect(shown.counts.values(ofGene: 0)[5] == 0)
    #expect(shown.notes.last == "1 spot without scores shown as 0.")
  }

  @Test func `the figure has a bar a set and maps of the first`() throws {
    let result = try enriched(.difference(of: "adipose tissue", from: nil))
    let bars = EnrichmentFigure.bars(of: result)
    #expect(bars.groups[0].bars.count == 11)
    #expect(bars.groups[0].bars[0].name.hasPrefix("SAMPLE_FAT, "))
    let scores = try workbench.geneSetScores(of: section, in: sets)
    let svg = EnrichmentFigure(result, scores, on: section).picture(width: 900, maps: 2).svg()
    #expect(svg.contains(">SAMPLE_FAT<") && svg.contains("ssGSEA") && svg.contains("adjusted p"))
  }
}
