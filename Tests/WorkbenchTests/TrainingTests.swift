import Evaluation
import Foundation
import Models
import Sections
import TestSupport
import Testing
import Workbench

@Suite struct TrainingTests {
  let dataSet: DataSet

  init() throws { dataSet = try DataSet(opening: SharedFiles.sampleData) }

  private func plan(
    _ sections: [String], holdingOut heldOut: [String],
    crossValidation: TrainingProtocol.Unit? = nil, model: String = "ridge"
  ) throws -> TrainingPlan {
    var plan = TrainingPlan(
      model: model, sections: try sections.map(dataSet.reference(named:)))
    plan.heldOut = try heldOut.map(dataSet.reference(named:))
    plan.crossValidation = crossValidation
    return plan
  }

  @Test func `each section held out in turn is predicted far better than by chance`() throws {
    let report = try Workbench().train(
      plan(["P1", "P2", "Q1"], holdingOut: ["P1", "Q1"], crossValidation: .section), of: dataSet)
    #expect(report.heldOut.map(\.section) == ["P1", "Q1"] && report.file == nil)
    #expect(report.heldOut.map(\.trainedOn) == [["P2", "Q1"], ["P1", "P2"]])
    #expect(report.heldOut.map(\.samePatient) == [["P2"], []])
    for row in report.heldOut { #expect((row.correlation.mean ?? 0) > 0.2, "\(row)") }
    let means = report.heldOut.compactMap(\.correlation.mean)
    #expect(report.mean?.mean == (means[0] + means[1]) / 2)
    let lines = report.text.split(separator: "\n")
    #expect(
      lines.contains(
        "  P1: held out as a section; trained on P2, Q1; other sections of patient P were in "
          + "training: P2"))
    #expect(
      lines.contains(
        "  Q1: held out as a section; trained on P1, P2; no section of patient Q was in training"))
  }

  @Test func `the checkpoint written predicts what the report says`() throws {
    let folder = try TemporaryFolder()
    try folder.writeSection("X1", brightness: 200)
    try folder.writeSection("X2", brightness: 230)
    let set = try DataSet(opening: folder.url)
    let url = folder.url.appending(path: "ridge.safetensors")
    let workbench = Workbench()
    var plan = TrainingPlan(model: "ridge", sections: set.sections)
    plan.heldOut = [set.sections[1]]
    plan.normalization = .raw
    let report = try workbench.train(plan, of: set, to: url)
    #expect(report.heldOut.map(\.trainedOn) == [["X1"]] && report.file == url.path)
    #expect((report.heldOut[0].correlation.mean ?? 0) > 0.9)
    let checkpoint = try Checkpoint(reading: url)
    #expect(checkpoint.trainingProtocol["sections"] == .array([.string("X1")]))
    #expect(checkpoint.trainingProtocol["patients"] == .array([.string("X")]))
    #expect(checkpoint.trainingProtocol["penaltyUnit"] == .string("block of spots"))

    let section = try workbench.load(set.sections[1], of: set)
    let predicted = try checkpoint.network(file: url.path).predict(
      SectionInput(
        sectionName: "X2", spots: section.section.spots,
        image: try #require(section.section.image), pitchPixels: section.layout.pitch),
      PredictionWork())
    let scores = workbench.scores(
      of: Prediction(
        method: "Ridge", genes: checkpoint.genes, spotCount: section.section.spots.count,
        values: predicted.transposed().array, normalization: checkpoint.normalization),
      on: section, otherwise: .released)
    #expect(scores.summary == report.heldOut[0].correlation)
  }

  @Test func `what cannot be trained is said in a sentence`() throws {
    let folder = try TemporaryFolder()
    func problem(_ plan: TrainingPlan, to output: String? = nil) -> String? {
      #expect(throws: WorkbenchError.self) {
        try Workbench().train(plan, of: dataSet, to: output.map { URL(filePath: $0) })
      }?.description
    }
    #expect(
      try problem(plan(["P1"], holdingOut: [], model: "rigde"))?
        .contains("Did you mean 'ridge'?") == true)
    #expect(
      try problem(plan(["P1"], holdingOut: ["P1"]))?.hasPrefix("Every section is held out") == true)
    #expect(
      try problem(plan(["P1", "P2"], holdingOut: [], crossValidation: .patient))?
        .hasPrefix("All sections are of one patient") == true)
    let there = try folder.write("mine", to: "a.safetensors")
    #expect(
      try problem(plan(["P1"], holdingOut: []), to: there)
        == "\(there): is already there. Name another file, or ask to replace it.")
    var strange = try plan(["P1"], holdingOut: [])
    strange.genes = .list(Panel(name: "strange", genes: ["NOT-A-GENE"]))
    #expect(problem(strange)?.contains("share none of the genes of strange") == true)
  }

  @Test func `a section without an image is refused with its name`() throws {
    let folder = try TemporaryFolder()
    let counts = try folder.write("\tA\tB\n1x1\t3\t4\n2x1\t1\t0\n", to: "ST-cnts/X1.tsv")
    let set = try DataSet(opening: folder.url)
    #expect(counts.hasSuffix("X1.tsv"))
    let error = #expect(throws: WorkbenchError.self) {
      try Workbench().train(
        TrainingPlan(model: "ridge", sections: set.sections), of: set)
    }
    #expect(
      error?.description
        == "Section X1 has no image, so there is nothing to see of its spots. Leave it out, or put "
        + "its image into the data set.")
  }
}
