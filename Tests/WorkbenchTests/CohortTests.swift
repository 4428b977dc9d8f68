import Drawing
import Foundation
import Sections
import TestSupport
import Testing

@testable import Workbench

/// Small cohorts whose dark slides have the event early, learned from in full or for a few epochs.
@Suite struct CohortTests {
  let folder: TemporaryFolder
  let workbench: Workbench

  init() throws {
    folder = try TemporaryFolder()
    workbench = PredictTests.workbench(folder)
  }

  private var request: CohortRequest {
    var request = CohortRequest()
    (request.folds, request.epochs, request.timeName) = (2, 2, "months")
    request.preset = .eosin
    return request
  }

  private func prognosis(_ cohort: Cohort, _ request: CohortRequest) throws -> PrognosisResult {
    let report = try workbench.study(cohort, request)
    guard case .prognosis(let result) = report.result else {
      throw WorkbenchError("no prognosis")
    }
    return result
  }

  private func problem(_ cohort: Cohort, _ request: CohortRequest) -> String? {
    #expect(throws: WorkbenchError.self) { try workbench.study(cohort, request) }?.description
  }

  @Test func `a patient's own outcome does not enter its risk`() throws {
    var cohort = try folder.writeCohort(8)
    let first = try prognosis(cohort, request)
    #expect(first.patients.map(\.slide) == (0..<8).map { "slides/S\($0).png" })
    #expect(first.folds.map(\.patients) == [4, 4] && first.folds.allSatisfy { $0.epoch == 2 })
    cohort.slides[0].outcome?.time = 1
    let second = try prognosis(cohort, request)
    #expect(second.patients[0].risk == first.patients[0].risk)
    #expect(second.patients[0].time == 1)
    #expect(second.patients.map(\.risk) != first.patients.map(\.risk), "others learn from it")
  }

  @Test func `the linear model of a small cohort finds that dark slides have the event early`()
    throws
  {
    var asked = CohortRequest()
    (asked.folds, asked.timeName) = (4, "months")
    var cohort = try folder.writeCohort(16)
    let report = try workbench.study(cohort, asked)
    guard case .prognosis(let result) = report.result else {
      Issue.record("no prognosis")
      return
    }
    #expect(result.concordance ?? 0 > 0.9)
    #expect(result.folds.allSatisfy { $0.epoch == nil } && report.epochs == nil)
    #expect(
      !report.text.contains("epoch  ") && report.protocolLines[2].contains("penalty of 0.003"))
    #expect(!CohortPage(report, command: []).html.contains(">epoch<"))
    cohort.slides[0].outcome?.time = 1
    let second = try prognosis(cohort, asked)
    #expect(second.patients[0].risk == result.patients[0].risk, "its own outcome does not enter")
    #expect(second.patients.map(\.risk) != result.patients.map(\.risk), "others learn from it")
    asked.penalty = 2
    #expect(try workbench.study(cohort, asked).protocolLines[2].contains("penalty of 2.0"))
    asked.task = .response
    guard case .response(let told) = try workbench.study(cohort, asked).result else {
      Issue.record("no response")
      return
    }
    #expect(told.accuracy > 0.7 && told.area ?? 0 > 0.9 && told.accuracyOfSeed == [told.accuracy])
  }

  @Test func `seeds are split anew and their risks averaged`() throws {
    let cohort = try folder.writeCohort(8)
    var both = request
    both.seeds = [3, 4]
    let result = try prognosis(cohort, both)
    let alone = try [3, 4].map { seed in
      var one = request
      one.seeds = [seed]
      return try prognosis(cohort, one)
    }
    for patient in 0..<8 {
      let mean = (alone[0].patients[patient].risk + alone[1].patients[patient].risk) / 2
      #expect(abs(result.patients[patient].risk - mean) < 1e-9)
    }
    #expect(result.concordanceOfSeed == alone.map(\.concordance))
    #expect(result.folds.map(\.seed) == [3, 3, 4, 4])
  }

  @Test func `how scores came about is said, the released choice of the epoch for what it is`()
    throws
  {
    let cohort = try folder.writeCohort(8)
    let own = try workbench.study(cohort, request)
    #expect(own.protocolLines[0].hasPrefix("8 patients, a slide each, in 2 folds"))
    #expect(own.protocolLines[1].hasPrefix("Each network is trained for 2 epochs and the last one"))
    #expect(own.clinical == ["age", "stage I", "stage II", "stage III"])
    #expect(own.text.contains("concordance") && own.text.contains("median months"))
    #expect(own.text.hasSuffix(own.protocolLines.last ?? "–"))
    var released = request
    released.preset = .released
    let report = try workbench.study(cohort, released)
    #expect(report.protocolLines[1].contains("on the scored fold itself is kept"))
    #expect(report.protocolLines[2].contains("times do not enter"))
  }

  @Test func `responses are told out of fold`() throws {
    var asked = request
    asked.task = .response
    let report = try workbench.study(try folder.writeCohort(8), asked)
    guard case .response(let result) = report.result else {
      Issue.record("no response")
      return
    }
    #expect(result.classes == ["none", "whole"] && result.patients.count == 8)
    #expect(result.confusion.flatMap(\.self).reduce(0, +) == 8)
    #expect(result.patients.allSatisfy { abs($0.shares.reduce(0, +) - 1) < 1e-5 })
    #expect(report.text.contains("told none") && report.clinical.isEmpty)
    #expect(!report.text.contains("clinical"))
  }

  @Test func `files are written together, and replaced only when asked`() throws {
    let report = try workbench.study(try folder.writeCohort(8), request)
    let output = folder.url.appending(path: "out")
    try CohortFiles(report, command: ["eosin", "cohort", "a b.tsv"]).write(
      to: output, replacing: false)
    let names = try FileManager.default.contentsOfDirectory(atPath: output.path).sorted()
    #expect(names == ["report.html", "risks.tsv", "survival.png", "survival.svg"])
    func text(_ name: String) throws -> String {
      try String(contentsOf: output.appending(path: name), encoding: .utf8)
    }
    let lines = try text("risks.tsv").split(separator: "\n")
    #expect(lines[0] == "slide\ttime\tevent\trisk\tgroup" && lines.count == 9)
    #expect(lines[1].hasPrefix("slides/S0.png\t40.0\t1\t"))
    let page = try text("report.html")
    #expect(page.contains("<svg") && page.contains("eosin cohort 'a b.tsv'".escapedForXML))
    #expect(report.protocolLines.allSatisfy { page.contains($0.escapedForXML) })
    #expect(!page.contains("<script") && !page.contains("src="))
    #expect(throws: WorkbenchError.self) {
      try CohortFiles(report).write(to: output, replacing: false)
    }
    try CohortFiles(report).write(to: output, replacing: true)
  }

  @Test func `cohorts that cannot be learned from are refused in a sentence`() throws {
    var cohort = try folder.writeCohort(8)
    var many = request
    many.folds = 5
    #expect(problem(cohort, many)?.contains("8 slides to learn from, too few for 5 folds") == true)
    var stages = cohort
    for index in 1..<8 { stages.slides[index].outcome?.event = false }
    #expect(problem(stages, request)?.contains("1 of 8 patients had the event") == true)
    var timeless = cohort
    for index in 0..<8 { timeless.slides[index].outcome = nil }
    #expect(problem(timeless, request)?.contains("tells no times and events") == true)
    var alike = cohort
    for index in 0..<8 { alike.slides[index].response = 0 }
    var response = request
    response.task = .response
    #expect(problem(alike, response)?.contains("all 8 patients have one response") == true)
    cohort.slides[2].name = "slides/none.png"
    #expect(
      problem(cohort, request)
        == "cohort.tsv, line 4: slide 'slides/none.png' is not there. Write its path as seen from the "
        + "table's folder.")
    cohort.slides[2].name = "slides"
    #expect(problem(cohort, request)?.contains("is a folder") == true)
    cohort.slides[2].name = "cohort.tsv"
    #expect(problem(cohort, request)?.contains("line 4: slide 'cohort.tsv' cannot be read") == true)
  }

  @Test func `a study stops when asked to`() throws {
    let cohort = try folder.writeCohort(8)
    let error = #expect(throws: WorkbenchError.self) {
      try workbench.study(cohort, request, isCancelled: { true })
    }
    #expect(error == .cancelled)
  }

  @Test func `risks are scored and split at the median of the patients trained on`() {
    let patients = (1...4).map {
      PrognosisResult.Patient(
        slide: "S\($0)", time: Double($0), event: true, risk: 0, group: .lower)
    }
    let result = PrognosisResult(
      patients, risksOfSeeds: [[3, 1, -1, -2], [1, 1, 3, -4]], folds: [])
    #expect(result.patients.map(\.risk) == [2, 1, 1, -3])
    #expect(result.patients.map(\.group) == [.higher, .higher, .higher, .lower])
    // Six pairs, one of them tied.
    #expect(result.pairs == 6 && result.concordance == 5.5 / 6)
    #expect(result.concordanceOfSeed == [1, 3.5 / 6])
    let groups = result.groupRows(timeName: "months")
    #expect(groups.map(\.patients) == [1, 3] && groups.map(\.median) == ["4.0", "2.0"])
  }

  @Test func `responses are scored over all and over classes`() {
    func shares(_ kind: Int) -> [Double] { [0, 1].map { $0 == kind ? 0.9 : 0.1 } }
    let result = ResponseResult(
      slides: ["a", "b", "c", "d"], responses: [0, 0, 0, 1], classes: ["none", "whole"],
      sharesOfSeeds: [[shares(0), shares(0), shares(1), shares(0)]], folds: [])
    #expect(result.confusion == [[2, 1], [1, 0]])
    #expect(result.accuracy == 0.5 && result.largestShare == 0.75)
    // Of the three pairs of one of each class two are tied and one is the wrong way round.
    #expect(result.area == 1.0 / 3 && result.accuracyOfSeed == [0.5])
    #expect(abs(result.balancedAccuracy - 1.0 / 3) < 1e-12)
  }
}
