import Evaluation
import Foundation
import Sections
import TestSupport
import Testing

@testable import Workbench

/// Neighbouring sections of a patient, predicted and observed.
@Suite struct ConsistencyTests {
  let folder: TemporaryFolder
  let workbench: Workbench
  let dataSet: DataSet

  /// Two sections of one patient that are alike but for one spot that each has alone, one of another.
  init() throws {
    folder = try TemporaryFolder()
    workbench = PredictTests.workbench(folder)
    for (name, extra) in [("A1", "9x9"), ("A2", "8x8"), ("B1", "7x7")] {
      var counts = "\tG\tH\tK\n"
      for place in 0..<12 {
        counts += "\(place % 4)x\(place / 4)\t\(place + 1)\t\(13 - place)\t\(place % 3 + 1)\n"
      }
      try folder.write(counts + "\(extra)\t9\t9\t9\n", to: "ST-cnts/\(name).tsv")
    }
    dataSet = try DataSet(opening: folder.url)
  }

  /// A table of predictions for a section: G as it is, H turned round in the second section.
  private func plan(_ names: [String] = ["A1", "A2", "B1"]) throws -> EvaluationPlan {
    for section in dataSet.sections {
      let sign: Float = section.name == "A2" ? -1 : 1
      var text = "\tG\tH\n"
      for spot in try dataSet.read(section).spots {
        let value = Float(spot.column + 4 * spot.row)
        text += "\(spot.id)\t\(value + 1)\t\(sign * value + 30)\n"
      }
      try folder.write(text, to: "predicted/\(section.name).tsv")
    }
    var settings = EvaluationSettings()
    (settings.bootstrapReplicates, settings.attainableRepeats) = (0, 0)
    return try EvaluationPlan(
      of: dataSet, sections: try names.map(dataSet.reference(named:)),
      methods: [
        Method(name: "Mine", source: .table(URL(filePath: folder.path("predicted/{section}.tsv"))))
      ], panel: nil, normalization: .raw, settings: settings)
  }

  @Test func `sections of a patient are compared in what is predicted and in what was observed`()
    throws
  {
    let found = try workbench.consistency(of: try plan())
    #expect(found.count == 1)
    let row = try #require(found.first)
    #expect(row.first == "A1" && row.second == "A2" && row.patient == "A" && row.method == "Mine")
    #expect(row.matchedSpots == 12 && row.genes == 2)
    // G agrees wholly, H is turned round.
    #expect(abs(try #require(row.predicted.spotwise)) < 1e-6)
    #expect(abs(try #require(row.observed.spotwise) - 1) < 1e-6)
    #expect(row.predicted.constantGenes == 0)
  }

  @Test func `the text, the card and the tables say it with its definition`() throws {
    let plan = try plan(["A1", "A2"])
    let scores = try plan.sections.map { try workbench.scores(of: plan, on: $0) }
    let report = EvaluationReport(
      scores, of: plan, consistency: try workbench.consistency(of: plan))
    #expect(report.text.contains("Consistency of neighbouring sections"))
    #expect(report.text.contains("A1, A2    Mine       12      2     0.000     1.000"))
    #expect(report.text.contains("neighbours  sections of a patient that follow one another"))
    try EvaluationFiles(report).write(to: folder.url.appending(path: "csv"), replacing: false)
    let table = try String(contentsOfFile: folder.path("csv/neighbours.csv"), encoding: .utf8)
    #expect(table.contains("Mine,A,A1,A2,12,2,"))
  }

  @Test func `one section of each patient leaves nothing to compare`() throws {
    let plan = try plan(["A2", "B1"])
    #expect(plan.neighbours.isEmpty)
    #expect(try workbench.consistency(of: plan).isEmpty)
    let report = EvaluationReport([], of: plan)
    #expect(!report.text.contains("neighbours"))
  }

  @Test func `it stops when asked to`() throws {
    let plan = try plan()
    #expect(throws: WorkbenchError.cancelled) {
      try workbench.consistency(of: plan, isCancelled: { true })
    }
  }
}
