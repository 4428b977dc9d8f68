import Evaluation
import Foundation
import Sections
import TestSupport
import Testing

@testable import Workbench

@Suite struct MethodScoresTests {
  let workbench = Workbench()
  let section: LoadedSection

  init() throws {
    let dataSet = try DataSet(opening: SharedFiles.sampleData)
    section = try workbench.load(try dataSet.reference(named: "P1"), of: dataSet)
  }

  /// The genes' own expression under a normalization, as if somebody had predicted it.
  func prediction(
    _ genes: [String], _ normalization: Normalization?, changed: (Float) -> Float = { $0 }
  ) -> Prediction {
    let expression = section.expression(normalization ?? .scanpy)
    let values = genes.flatMap { gene in
      section.section.genes.firstIndex(of: gene).map { expression.values(ofGene: $0).map(changed) }
        ?? Array(repeating: 1, count: expression.spotCount)
    }
    return Prediction(
      method: "itself", genes: genes, spotCount: expression.spotCount, values: values,
      normalization: normalization)
  }

  @Test func `what was measured predicts itself`() throws {
    let genes = section.section.genes
    let scores = workbench.scores(
      of: prediction(genes, .scanpy) { 2 * $0 + 1 }, on: section, otherwise: .released)
    #expect(scores.pearson.count == genes.count && scores.minusLog10P.count == genes.count)
    let scored = scores.pearson.filter { !$0.isNaN }
    #expect(scored.count == scores.summary.genes && scored.allSatisfy { $0 > 0.999999 })
    #expect(try #require(scores.summary.median) > 0.999999)
    // Against the wrong normalization it does not.
    let wrong = workbench.scores(of: prediction(genes, nil), on: section, otherwise: .raw)
    #expect(try #require(wrong.summary.median) < 0.999)
    let right = workbench.scores(of: prediction(genes, nil), on: section, otherwise: .scanpy)
    #expect(try #require(right.summary.median) > 0.999999)
  }

  @Test func `scores are by gene of the section and NaN where nothing was predicted`() throws {
    let scores = workbench.scores(
      of: prediction(["GNAS", "NOSUCH", "FASN"], .scanpy) { -$0 }, on: section,
      otherwise: .released)
    let scored = scores.pearson.indices.filter { !scores.pearson[$0].isNaN }
    #expect(Set(scored.map { section.section.genes[$0] }) == ["GNAS", "FASN"])
    #expect(scored.allSatisfy { scores.pearson[$0] < -0.999999 && scores.minusLog10P[$0] > 300 })
    #expect(scores.summary.genes == 2 && scores.summary.constantGenes == 0)
  }

  @Test func `a constant prediction has no correlation and is counted`() {
    let scores = workbench.scores(
      of: prediction(["GNAS", "FASN"], .scanpy) { _ in 0.5 }, on: section, otherwise: .released)
    #expect(scores.pearson.allSatisfy(\.isNaN) && scores.summary.constantGenes == 2)
    #expect(scores.summary.mean == nil)
  }

  @Test func `the library of a panel is that of the predicted genes`() throws {
    let genes = Array(section.section.genes.prefix(40))
    let panel = Panel(name: "forty", genes: genes).indices(in: section.section).found
    let expression = NormalizedExpression(
      counts: section.section.counts, normalization: .released, panel: panel)
    let prediction = Prediction(
      method: "panel", genes: genes, spotCount: expression.spotCount,
      values: panel.flatMap { expression.values(ofGene: $0) }, normalization: .released)
    let scores = workbench.scores(of: prediction, on: section, otherwise: .raw)
    #expect(try #require(scores.summary.lowerQuartile) > 0.999999)
  }

  @Test func `a prediction at denser spots has no scores`() {
    let spots = [Spot(id: "a", column: 0, row: 0, x: 1, y: 2)]
    let dense = Prediction(
      method: "dense", genes: ["GNAS"], spotCount: 1, values: [1], denserSpots: spots,
      normalization: .released)
    let scores = workbench.scores(of: dense, on: section, otherwise: .released)
    #expect(scores.pearson.allSatisfy(\.isNaN) && scores.summary == CorrelationSummary(of: []))
  }
}
