import Foundation
import Models
import Sections
import TestSupport
import Testing

@testable import Workbench

@Suite struct TrainingPlanTests {
  private func section(_ name: String, _ patient: String) -> SectionReference {
    let counts = URL(filePath: "/nowhere/\(name).tsv")
    return SectionReference(
      name: name, patient: patient, counts: counts, spots: nil, image: nil, labels: nil)
  }

  private func plan(
    _ unit: TrainingProtocol.Unit?, holdingOut names: [String] = []
  ) -> TrainingPlan {
    let all = [section("A1", "A"), section("B1", "B"), section("B2", "B"), section("C1", "C")]
    var plan = TrainingPlan(model: "ridge", sections: all)
    plan.heldOut = all.filter { names.contains($0.name) }
    plan.crossValidation = unit
    return plan
  }

  private func text(_ plan: TrainingPlan) throws -> [String] {
    try plan.folds().map {
      "\($0.trained.joined(separator: " ")) | \($0.heldOut.joined(separator: " "))"
    }
  }

  @Test func `a plain training holds out what was named, at once`() throws {
    #expect(try text(plan(nil)) == ["A1 B1 B2 C1 | "])
    #expect(try text(plan(nil, holdingOut: ["B1", "C1"])) == ["A1 B2 | B1 C1"])
  }

  @Test func `by section each is predicted by a model that saw all others`() throws {
    #expect(
      try text(plan(.section)) == [
        "B1 B2 C1 | A1", "A1 B2 C1 | B1", "A1 B1 C1 | B2", "A1 B1 B2 | C1",
      ])
    #expect(
      try text(plan(.section, holdingOut: ["B1", "C1"])) == ["A1 B2 C1 | B1", "A1 B1 B2 | C1"])
  }

  @Test func `by patient no other section of it is in training, asked for or not`() throws {
    #expect(try text(plan(.patient)) == ["B1 B2 C1 | A1", "A1 C1 | B1 B2", "A1 B1 B2 | C1"])
    #expect(try text(plan(.patient, holdingOut: ["B2"])) == ["A1 C1 | B2"])
  }

  @Test func `with nothing left to train on the plan is refused`() {
    var one = plan(.patient)
    one.sections = [section("B1", "B"), section("B2", "B")]
    let error = #expect(throws: WorkbenchError.self) { try one.folds() }
    #expect(error?.description.hasPrefix("All sections are of one patient") == true)
  }
}

@Suite struct GeneChoiceTests {
  /// Sections of ten spots: genes by their counts.
  private func section(_ name: String, _ genes: [(String, [Int])]) throws -> LoadedSection {
    let folder = try TemporaryFolder()
    var table = "\t" + genes.map(\.0).joined(separator: "\t") + "\n"
    for spot in 0..<10 {
      table += "\(spot)x1\t" + genes.map { "\($0.1[spot])" }.joined(separator: "\t") + "\n"
    }
    let counts = try folder.write(table, to: "\(name).tsv")
    let set = DataSet(
      counts: URL(filePath: counts), spots: nil, image: nil, labels: nil, name: name)
    return try Workbench().load(set.sections[0], of: set)
  }

  private let even = [Int](repeating: 100, count: 10)
  private let steps = (0..<10).map { $0 * 10 }
  private let rare = [0, 0, 0, 0, 0, 0, 0, 0, 0, 900]
  private let wild = (0..<10).map { $0 % 2 * 300 }

  @Test func `genes that all sections have and that are seen often come most variable first`()
    throws
  {
    let sections = [
      try section("X1", [("EVEN", even), ("STEPS", steps), ("RARE", rare), ("WILD", wild)]),
      try section(
        "X2", [("WILD", wild), ("ONLY", steps), ("EVEN", even), ("STEPS", steps), ("RARE", rare)]),
    ]
    var rule = GeneRule()
    #expect(try GeneChoice.rule(rule).genes(in: sections).genes.contains("RARE"))
    rule.leastSpots = 3
    let chosen = try GeneChoice.rule(rule).genes(in: sections)
    #expect(chosen.genes == ["WILD", "STEPS", "EVEN"])
    #expect(
      chosen.description
        == "3, in all training sections, seen at 3 of their spots or more, the most variable first")
    rule.most = 1
    let one = try GeneChoice.rule(rule).genes(in: sections)
    #expect(one.genes == ["WILD"] && one.description.hasSuffix("; 2 more left out"))
    rule.leastSpots = 21
    let error = #expect(throws: WorkbenchError.self) {
      try GeneChoice.rule(rule).genes(in: sections)
    }
    #expect(error?.description.contains("Lower --min-spots") == true)
  }

  @Test func `beside genes of the same mean each section chooses apart`() throws {
    func varied(_ wild: [String]) -> [(String, [Int])] {
      (0..<20).map { gene in
        let counts = (0..<10).map { 20 + gene + ($0 * 7 + gene) % 5 }
        let name = "G\(gene)"
        return (name, wild.contains(name) ? counts.enumerated().map { $0 % 2 * 2 * $1 } : counts)
      }
    }
    let sections = [
      try section("X1", varied(["G3", "G11"])), try section("X2", varied(["G3", "G16"])),
    ]
    var rule = GeneRule()
    (rule.measure, rule.most) = (.seuratV3, 2)
    let chosen = try GeneChoice.rule(rule).genes(in: sections)
    #expect(Set(chosen.genes) == ["G3", "G11", "G16"])
    #expect(chosen.description.contains("among the 2 of a section that vary most beside genes"))
    #expect(chosen.description.hasSuffix("; 17 more left out"))
  }

  @Test func `a list keeps its order, and what a section lacks is counted`() throws {
    let sections = [
      try section("X1", [("EVEN", even), ("STEPS", steps)]),
      try section("X2", [("STEPS", steps), ("WILD", wild), ("EVEN", even)]),
    ]
    let list = Panel(name: "mine", genes: ["STEPS", "WILD", "NONE", "EVEN"])
    let chosen = try GeneChoice.list(list).genes(in: sections)
    #expect(chosen.genes == ["STEPS", "EVEN"])
    #expect(chosen.description == "2, the list mine but for 2 that a training section lacks")
    #expect(chosen.notes.first?.contains("WILD, NONE") == true)
  }
}

@Suite struct RunFolderTests {
  @Test func `a disk without room is found out before anything is trained`() throws {
    let folder = try TemporaryFolder()
    let run = try RunFolder(folder.url.appending(path: "run"))
    try run.checkRoom(forBytes: 1000)
    let error = #expect(throws: WorkbenchError.self) { try run.checkRoom(forBytes: 1 << 60) }
    #expect(error?.description.contains(" MB left and the run needs ") == true)
  }

  @Test func `two trainings do not write into one folder`() throws {
    let folder = try TemporaryFolder()
    let first = try RunFolder(folder.url)
    let error = #expect(throws: WorkbenchError.self) { try RunFolder(folder.url) }
    #expect(error?.description.contains("another training is writing there") == true)
    #expect(!first.holdsRun)
  }

  @Test func `metrics beyond what was saved are dropped, the rest is kept as it was`() throws {
    let folder = try TemporaryFolder()
    let run = try RunFolder(folder.url)
    let epochs = (1...5).map {
      EpochMetrics(epoch: $0, step: 2 * $0, loss: 1 / Double($0), learningRate: 1e-5, seconds: 2)
    }
    for epoch in epochs { try run.append(epoch) }
    let kept = run.readMetrics(upTo: 3)
    #expect(kept.map(\.line) == epochs.prefix(3).map(\.line))
    // A line cut short by a crash is no line.
    let half = "{\"epoch\":6,\"st"
    let handle = try FileHandle(forWritingTo: run.metrics)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(half.utf8))
    try handle.close()
    #expect(run.readMetrics(upTo: 9).count == 5)
  }
}
