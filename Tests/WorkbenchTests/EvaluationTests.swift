import Evaluation
import Foundation
import Sections
import TensorCore
import TestSupport
import Testing

@testable import Workbench

@Suite struct EvaluationTests {
  let folder: TemporaryFolder
  let workbench: Workbench
  let dataSet: DataSet
  let reference: SectionReference
  let section: LoadedSection

  init() throws {
    folder = try TemporaryFolder()
    workbench = PredictTests.workbench(folder)
    dataSet = try DataSet(opening: SharedFiles.sampleData)
    reference = try dataSet.reference(named: "Q1")
    section = try workbench.load(reference, of: dataSet)
  }

  func plan(
    _ methods: [String], _ change: (inout EvaluationSettings) -> Void = { _ in }
  ) throws -> EvaluationPlan {
    var settings = EvaluationSettings()
    settings.bootstrapReplicates = 200
    settings.attainableRepeats = 4
    change(&settings)
    return try EvaluationPlan(
      of: dataSet, sections: [reference],
      methods: methods.map {
        Method(name: $0, source: .table(URL(filePath: "/nowhere/{section}/\($0).tsv")))
      }, panel: nil, normalization: .released, settings: settings)
  }

  /// What was observed of the first genes, and some noise of a seed's.
  func prediction(
    _ method: String, genes: Int = 12, noise: Float = 0, seed: UInt64 = 0,
    origin: PredictionOrigin? = nil, _ change: (inout [Float]) -> Void = { _ in }
  ) -> Prediction {
    let expression = section.expression(.scanpy)
    var generator = SeededGenerator(seed: seed)
    var values = (0..<genes).flatMap { expression.values(ofGene: $0) }
      .map { $0 + noise * Float.random(in: -1...1, using: &generator) }
    change(&values)
    return Prediction(
      method: method, genes: Array(section.section.genes.prefix(genes)),
      spotCount: section.section.spots.count, values: values, normalization: .scanpy,
      origin: origin)
  }

  func report(
    _ predictions: [Prediction], _ change: (inout EvaluationSettings) -> Void = { _ in }
  ) throws -> EvaluationReport {
    let plan = try plan(predictions.map(\.method), change)
    return EvaluationReport([try workbench.scores(of: predictions, on: section, plan)], of: plan)
  }

  @Test func `what was observed scores best by every measure`() throws {
    let report = try report([prediction("same"), prediction("noisy", noise: 4)])
    let same = try #require(report.summary(of: "same", on: "Q1"))
    let noisy = try #require(report.summary(of: "noisy", on: "Q1"))
    // A correlation of 1 has no finite p.
    let hasNoEnd: [GeneMeasure] = [.pearsonMinusLog10P, .spearmanMinusLog10P]
    for measure in GeneMeasure.allCases where !hasNoEnd.contains(measure) {
      let better = try #require(same.means[measure.rawValue], "\(measure)")
      let worse = try #require(noisy.means[measure.rawValue], "\(measure)")
      #expect(
        measure.isBetterHigher ? better > worse : better < worse,
        "\(measure): \(better) and \(worse)")
    }
    #expect(same.correlation.mean.map { abs($0 - 1) < 1e-6 } == true)
    #expect(same.means["rmse"].map { abs($0) < 1e-6 } == true)
  }

  @Test func `the method that is better by construction wins, and its interval says so`() throws {
    let report = try report([
      prediction("good", noise: 0.3, seed: 1), prediction("bad", noise: 3, seed: 2),
    ])
    let pair = try #require(report.comparisons.first)
    #expect(pair.genes.won == 12 && pair.genes.lost == 0 && pair.unit == .spots)
    #expect(pair.genes.meanDifference > 0.3 && pair.genes.wilcoxon.minusLog10P > 3)
    let interval = try #require(pair.interval)
    #expect(0 < interval.lower && interval.lower < pair.genes.meanDifference)
    #expect(interval.upper > pair.genes.meanDifference)
  }

  @Test(arguments: CorrelationSummary.ConstantGenes.allCases)
  func `constant genes are counted and treated as was asked for`(
    convention: CorrelationSummary.ConstantGenes
  ) throws {
    let spots = section.section.spots.count
    let flat = prediction("flat", genes: 4) { values in
      for place in 0..<spots { values[place] = 0.5 }
    }
    let row = try #require(
      try report([flat]) { $0.constantGenes = convention }.summary(of: "flat", on: "Q1"))
    #expect(row.correlation.constantGenes == 1 && row.correlation.genes == 3)
    switch convention {
    case .leftOut: #expect(row.correlation.mean.map { abs($0 - 1) < 1e-6 } == true)
    case .countedAsZero: #expect(row.correlation.mean.map { abs($0 - 0.75) < 1e-6 } == true)
    case .propagated: #expect(row.correlation.mean == nil)
    }
  }

  @Test func `the whole grid raises correlations and is called by its name`() throws {
    let noisy = prediction("noisy", noise: 2, seed: 5)
    let tissue = try report([noisy])
    let grid = try report([noisy]) { $0.places = .grid }
    #expect(grid.sections[0].backgroundCells > 20)
    let means = try [tissue, grid].map {
      try #require($0.summary(of: "noisy", on: "Q1")?.correlation.mean)
    }
    #expect(means[1] > means[0] + 0.1)
    #expect(tissue.cards[0].places == "spots under tissue only")
    #expect(grid.cards[0].places.contains("raises correlations"))
    // What is attainable, and intervals, are of the spots under tissue.
    #expect(grid.summaries[0].attainable == nil && grid.summaries[0].interval == nil)
    #expect(tissue.summaries[0].attainable != nil && tissue.summaries[0].interval != nil)
  }

  @Test func `a patient seen in training is told in plain words`() {
    var origin = PredictionOrigin(summary: "trained")
    origin.trainedOn = [.init(section: "P1", patient: "P"), .init(section: "Q2", patient: "Q")]
    #expect(origin.standing(ofSection: "Q1", patient: "Q") == .patientSeen)
    #expect(origin.standing(ofSection: "P1", patient: "P") == .trainedOn)
    #expect(origin.standing(ofSection: "R1", patient: "R") == .patientUnseen)
    origin.trainedOn = nil
    #expect(origin.standing(ofSection: "R1", patient: "R") == .unknown)
  }

  @Test func `cards warn of what makes scores doubtful`() throws {
    var seen = PredictionOrigin(summary: "trained on Q2")
    seen.trainedOn = [.init(section: "Q2", patient: "Q")]
    seen.choosesEpochByHeldOut = true
    let cards = try report([prediction("seen", origin: seen), prediction("mine")]).cards
    #expect(
      cards[0].warnings == [
        "patient Q seen in training", "epoch chosen by the score on the sections held out",
      ])
    #expect(cards[1].warnings == ["protocol unknown"])
    #expect(cards[1].text.contains("made by     not said; a file beside the table can tell"))
    #expect(cards[0].sections[0].fingerprint == section.fingerprint)
  }

  @Test func `folds of a method share one card, without what differs`() throws {
    func origin(_ seed: Int) -> PredictionOrigin {
      var origin = PredictionOrigin(summary: "fold \(seed)")
      (origin.model, origin.seed, origin.trainedOn) = ("THItoGene", seed, [])
      origin.facts = [
        .init(label: "genes", text: "785"), .init(label: "seed", text: String(seed)),
      ]
      return origin
    }
    let plan = try plan(["m"])
    let sections = try [0, 1].map {
      try workbench.scores(of: [prediction("m", origin: origin($0))], on: section, plan)
    }
    let shared = try #require(EvaluationReport(sections, of: plan).cards[0].origin)
    #expect(shared.summary == "2 sets of weights, one a fold")
    #expect(shared.model == "THItoGene" && shared.seed == nil)
    #expect(shared.facts?.map(\.label) == ["genes"])
  }

  @Test func `genes of one method alone are compared by neither and scored by it`() throws {
    let report = try report([
      prediction("few", genes: 5, noise: 1, seed: 1),
      prediction("more", genes: 9, noise: 1, seed: 2),
    ])
    let few = try #require(report.sections[0].method("few"))
    #expect(report.sections[0].genes.count == 9 && few.missingGenes.count == 4)
    #expect(report.summary(of: "few", on: "Q1")?.correlation.genes == 5)
    #expect(report.summary(of: "more", on: "Q1")?.correlation.genes == 9)
    #expect(report.comparisons[0].genes.genes == 5 && report.comparisons[0].genes.genesLeftOut == 4)
  }

  @Test func `spots without a prediction are left out of their gene`() throws {
    let spots = section.section.spots.count
    let holes = prediction("holes", genes: 2, noise: 0.01) { values in
      for place in 0..<spots - 3 { values[place] = .nan }
      values[spots] = .nan
    }
    let columns = try #require(try report([holes]).sections[0].method("holes"))
    #expect(columns.values(.pearson)[1] > 0.99)
    #expect(columns.values(.pearsonMinusLog10P)[0] < columns.values(.pearsonMinusLog10P)[1])
  }

  @Test func `summaries are of the genes asked for`() throws {
    let report = try report([prediction("m", noise: 2)]) {
      $0.subsets = [.all, .bestPredicted(3), .named([section.section.genes[1], "NONE"])]
    }
    let rows = report.summaries
    #expect(rows.map(\.correlation.genes) == [12, 3, 1])
    let best = report.sections[0].methods[0].values(.pearson).sorted().suffix(3).reduce(0, +) / 3
    #expect(rows[1].correlation.mean.map { abs($0 - best) < 1e-9 } == true)
    #expect(report.text.contains("the 3 genes each method predicts best"))
  }

  @Test func `the attainable share is of the same genes, unmeasurable ones as 0`() throws {
    let share = try #require(
      AttainableShare([0.2, 0.4, .nan, 0], attainable: [0.5, 0.7, 0.9, .nan]))
    #expect(abs(share.attainable - 0.4) < 1e-12 && abs(share.reached - 0.2) < 1e-12)
    #expect(share.unmeasurable == 1 && abs(share.share - 0.5) < 1e-12)
    #expect(AttainableShare([.nan], attainable: [0.5]) == nil)
    #expect(AttainableShare([0.1], attainable: [.nan]) == nil)
  }

  @Test func `attainable correlations come out of the cache, each under its own key`() throws {
    let genes = [0, 1, 2]
    func find(_ normalization: Normalization, _ repeats: Int = 4) throws -> AttainableCorrelation {
      try workbench.attainable(
        on: section, genes: genes, normalization, library: nil, .init(repeats: repeats))
    }
    let first = try find(.scanpy)
    let kept = {
      try FileManager.default.contentsOfDirectory(atPath: folder.path("cache/eosin/attainable"))
    }
    #expect(try kept().count == 1)
    let again = try find(.scanpy)
    #expect(again == first)
    #expect(try kept().count == 1)
    _ = try find(.raw)
    _ = try find(.scanpy, 5)
    #expect(try kept().count == 3)
    // What is spoiled is made anew.
    try folder.write("no JSON", to: "cache/eosin/attainable/\(kept()[0])")
    for name in try kept() { try folder.write("", to: "cache/eosin/attainable/\(name)") }
    #expect(try find(.scanpy) == first)
  }

  @Test func `a plan and its scores survive the way to another process`() throws {
    var plan = try plan(["m"]) { $0.subsets = [.all, .named(["A", "B"])] }
    plan.panel = Panel(name: "p", genes: ["A"])
    let back = try JSONDecoder().decode(EvaluationPlan.self, from: JSONEncoder().encode(plan))
    #expect(back == plan)
    let scores = try workbench.scores(of: [prediction("m", noise: 1)], on: section, plan)
    let read = try JSONDecoder().decode(SectionScores.self, from: JSONEncoder().encode(scores))
    #expect(read.genes == scores.genes && read.methods[0].standing == .unknown)
    for (first, second) in zip(read.methods[0].values(.rmse), scores.methods[0].values(.rmse)) {
      #expect(abs(first - second) <= 1e-8 * abs(second))
    }
    #expect(!scores.methods[0].values(.pearsonMinusLog10P).contains { !$0.isFinite })
  }

  @Test func `clusters of several seeds tell their spread, undetermined spots left out`() throws {
    let report = try report([prediction("m", genes: 60)]) { $0.clusterSeeds = [0, 1, 2] }
    let clusters = try #require(report.sections[0].clusters)
    #expect(clusters.rows.map(\.source) == ["observed", "m"] && clusters.regions.count == 5)
    #expect(!clusters.regions.contains("undetermined") && clusters.spots == 247)
    for row in clusters.rows {
      #expect(row.adjustedRandIndex.values.count == 3)
      let spread = try #require(Spread(row.adjustedRandIndex.values))
      #expect(spread.range.contains(spread.mean) && spread.mean > 0.5)
    }
  }

  @Test func `labels of one region or none leave clusters out`() throws {
    for labels in [
      [],
      [
        Annotation(
          name: Annotation.pathologist, categories: ["undetermined", "invasive cancer"],
          categoryOfSpot: section.section.spots.indices.map { $0 % 2 })
      ],
    ] {
      var bare = section.section
      bare.annotations = labels
      let loaded = LoadedSection(section: bare, panel: nil, normalization: .released)
      let plan = try plan(["m"]) { $0.clusterSeeds = [0] }
      #expect(try workbench.scores(of: [prediction("m")], on: loaded, plan).clusters == nil)
    }
  }

  @Test func `one spot has no score, and says so by having none`() throws {
    var one = section.section
    one.counts = one.counts.keeping(spots: [0])
    one.spots = [one.spots[0]]
    one.annotations = []
    let loaded = LoadedSection(section: one, panel: nil, normalization: .released)
    let prediction = Prediction(
      method: "m", genes: Array(one.genes.prefix(3)), spotCount: 1, values: [1, 2, 3],
      normalization: .released)
    let plan = try plan(["m"])
    let report = EvaluationReport(
      [try workbench.scores(of: [prediction], on: loaded, plan)], of: plan)
    let row = try #require(report.summary(of: "m", on: "Q1"))
    #expect(row.correlation.mean == nil && row.correlation.constantGenes == 3)
    #expect(row.attainable == nil && row.interval == nil)
    #expect(report.text.contains("Q1       m          –"), "\(report.text)")
  }

  @Test func `the files hold every score, its standing and the cards`() throws {
    let report = try report([prediction("m", noise: 1), prediction("n, \"o\"", noise: 2, seed: 3)])
    let url = folder.url.appending(path: "tables")
    try EvaluationFiles(report).write(to: url, replacing: false)
    func lines(_ name: String) throws -> [String] {
      try String(contentsOf: url.appending(path: name), encoding: .utf8)
        .split(separator: "\n").map(String.init)
    }
    #expect(try lines("methods.csv").count == 3 && lines("genes.csv").count == 1 + 2 * 12)
    #expect(try lines("paired.csv").count == 1 + 12)
    #expect(try lines("genes.csv").allSatisfy { $0.contains("protocol") })
    #expect(try lines("methods.csv")[2].hasPrefix("\"n, \"\"o\"\"\",Q1,all,"))
    let cards = try JSONDecoder().decode(
      [ProtocolCard].self, from: Data(contentsOf: url.appending(path: "protocol.json")))
    #expect(cards == report.cards)
    #expect(throws: WorkbenchError.self) {
      try EvaluationFiles(report).write(to: url, replacing: false)
    }
    try EvaluationFiles(report).write(to: url, replacing: true)
  }

  @Test func `numbers keep nine digits, and null stands for none`() throws {
    let column = NumberColumn([1.0 / 3, -123456.78901234, 1e-300, .nan, .infinity, 0])
    let text = String(decoding: try JSONEncoder().encode(column), as: UTF8.self)
    #expect(text == "[0.333333333,-123456.789,1e-300,null,null,0]")
    let read = try JSONDecoder().decode(NumberColumn.self, from: Data(text.utf8))
    #expect(read[0] == 0.333333333 && read[3].isNaN && read[4].isNaN)
  }

  @Test func `a path with a section's name in it is a file a section`() {
    let folds = Method(
      name: "m", source: .checkpoint(URL(filePath: "/runs/{patient}/{section}.safetensors")))
    let one = folds.of(section: "C2", patient: "C")
    #expect(one.source == .checkpoint(URL(filePath: "/runs/C/C2.safetensors")))
    #expect(!folds.isOfOneSection && !one.isOfOneSection)
    #expect(Method(name: "t", source: .table(URL(filePath: "/a.tsv"))).isOfOneSection)
  }

  @Test func `cells without a spot are those of the smallest rectangle`() {
    func cells(_ places: [(Int, Int)]) -> Int {
      let spots = places.map { Spot(id: "", column: $0.0, row: $0.1, x: 0, y: 0) }
      return Section(
        name: "", patient: "", platform: "", spots: spots, genes: [],
        counts: SparseMatrix(spotCount: spots.count, starts: [0], spots: [], values: [])
      ).cellsWithoutSpot
    }
    #expect(cells([]) == 0 && cells([(3, 4)]) == 0)
    #expect(cells([(0, 0), (1, 0), (2, 2)]) == 6)
    // A hexagonal array: every other column of a row.
    #expect(cells([(0, 0), (2, 0), (1, 1), (3, 1)]) == 0)
  }
}
