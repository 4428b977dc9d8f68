import Foundation
import Images
import Models
import Sections
import Synchronization
import TestSupport
import Testing

@testable import Workbench

/// Sections whose right half is stained darker and labelled invasive cancer.
@Suite struct TumourTests {
  let folder: TemporaryFolder
  let workbench: Workbench

  init() throws {
    folder = try TemporaryFolder()
    workbench = Workbench(folders: UserFolders(environment: Program.environment(home: folder.url)))
  }

  /// - Parameter labels: what the left and the right half are called; nil for no labels at all.
  private func writeSection(
    _ name: String, labels: (left: String, right: String)? = ("fat", "invasive cancer")
  ) throws {
    try folder.writeSection(name, brightness: 250)
    var image = RGBImage(width: 120, height: 120)
    for y in 0..<120 {
      for x in 0..<120 {
        let value: UInt8 = (x / 4 + y / 4).isMultiple(of: 2) ? 20 : 0
        image[x, y] = x < 60 ? (250 - value, 220, 240) : (120 - value, 40, 140)
      }
    }
    try image.writePNG(
      to: folder.url.appending(path: "ST-imgs/\(name.prefix(1))/\(name)/he.png"))
    guard let labels else { return }
    var table = "Row.names\tx\ty\tpixel_x\tpixel_y\tlabel\n"
    for place in 0..<36 {
      let (x, y) = (place % 6, place / 6)
      let label = place == 0 ? "undetermined" : x < 3 ? labels.left : labels.right
      table += "\(x)x\(y)\t\(x)\t\(y)\t\(x * 20 + 10)\t\(y * 20 + 10)\t\(label)\n"
    }
    try folder.write(table, to: "ST-pat/lbl/\(name)_labeled_coordinates.tsv")
  }

  /// Weights by chance that tell the halves apart, quick to run in a debug build.
  private static let smallEncoder = """
    encoder={"name": "clip-vit", "values": {"imageSidePixels": 16, "patchSidePixels": 8, "width": 16, \
    "layers": 1, "headWidth": 8, "hidden": 16, "features": 8}}
    """

  private func plan(_ dataSet: DataSet, holdingOut heldOut: [String]) throws -> TumourPlan {
    var plan = TumourPlan(sections: dataSet.sections)
    plan.heldOut = try heldOut.map(dataSet.reference(named:))
    plan.network.epochs = 12
    plan.network.settings = [
      "widths=[4,4,6,6,8]", "symmetries=false", "learningRate=0.01", Self.smallEncoder,
    ]
    return plan
  }

  @Test func `tumour is found in a section held out, and the file maps it as the report says`()
    throws
  {
    for name in ["A1", "A2", "B1"] { try writeSection(name) }
    try writeSection("C1", labels: nil)
    let dataSet = try DataSet(opening: folder.url)
    let url = folder.url.appending(path: "tumour.safetensors")
    var heard: [TrainingProgress] { progress.all }
    let progress = Heard()
    let report = try workbench.trainTumour(
      plan(dataSet, holdingOut: ["B1"]), of: dataSet, to: url, replacing: false,
      report: progress.hear)
    #expect(report.tumour == ["invasive cancer"] && report.file == url.path)
    #expect(report.notes == ["C1 is left out: it has no pathologist's labels."])
    #expect(heard.filter(\.endsEpoch).map(\.epoch) == Array(1...12))
    let row = try #require(report.sections.first)
    #expect(report.sections.map(\.section) == ["B1"] && row.standing == .patientUnseen)
    let scores = try #require(row.scores)
    #expect(scores.spots == 35 && scores.tumour == 18 && row.spots == 36)
    #expect((scores.areaUnderROC ?? 0) > 0.9, "\(scores)")
    let card = Dictionary(report.card.map { ($0.label, $0.text) }) { $1 }
    #expect(card["trained on"] == "A1, A2; patients A" && card["tumour"] == "invasive cancer")
    #expect(card["held out"] == "B1, by section; no section of these patients in training")
    #expect(card["encoder"]?.contains("weights by chance, seed 42; not trained") == false)

    let section = try workbench.load(dataSet.reference(named: "B1"), of: dataSet)
    let map = try workbench.tumourMap(url, of: section)
    #expect(map.scores == scores && map.categories == ["invasive cancer"])
    #expect(map.mask.count { $0 == true } == row.called)
    // What is kept is what was worked out.
    #expect(try workbench.tumourMap(url, of: section) == map)
    let seen = try workbench.load(dataSet.reference(named: "A1"), of: dataSet)
    #expect(try workbench.tumourMap(url, of: seen).standing == .trainedOn)
    let bare = try workbench.load(dataSet.reference(named: "C1"), of: dataSet)
    #expect(try workbench.tumourMap(url, of: bare).scores == nil)
    #expect(
      throws: WorkbenchError.cancelled
    ) {
      try Workbench(folders: UserFolders(environment: ["HOME": folder.path("other")]))
        .tumourMap(url, of: section, isCancelled: { true })
    }

    let info = try #require(try workbench.verifyTumourModel(url))
    #expect(info.model == "tumour" && info.tumour == ["invasive cancer"] && info.parameters > 0)
    #expect(info.text.contains("how likely each spot is tumour (invasive cancer); no genes"))
    #expect(try workbench.sectionsHeldOut(ofTumourModel: url) == ["B1"])
    let table = TumourMap.table([(section.section, map)]).split(separator: "\n")
    #expect(table.count == 37 && table[0] == "section\tspot\tprobability\tmask")
    for (line, (probability, isTumour)) in zip(table.dropFirst(), zip(map.probabilities, map.mask))
    {
      let cells = line.split(separator: "\t")
      #expect(cells[0] == "B1" && abs((Float(cells[2]) ?? .nan) - probability) < 1e-6)
      #expect(cells[3] == (isTumour == true ? "1" : "0"))
    }
  }

  @Test func `what cannot be trained on is refused, and nothing is written`() throws {
    try writeSection("A1")
    try writeSection("B1", labels: ("fat", "gland"))
    let dataSet = try DataSet(opening: folder.url)
    let url = folder.url.appending(path: "tumour.safetensors")
    func refusal(_ change: (inout TumourPlan) throws -> Void) throws -> String? {
      var plan = try plan(dataSet, holdingOut: [])
      try change(&plan)
      let error = #expect(throws: WorkbenchError.self) {
        try workbench.trainTumour(plan, of: dataSet, to: url, replacing: false)
      }
      #expect(!FileManager.default.fileExists(atPath: url.path))
      return error?.description
    }
    #expect(
      try refusal { $0.tumour = ["invasive cancr"] }?.contains("Did you mean 'invasive cancer'?")
        == true)
    #expect(
      try refusal { $0.sections = [try dataSet.reference(named: "B1")] }
        == "None of the labels says tumour: there are 'fat', 'gland', 'undetermined'. Name those "
        + "that do with --tumour.")
    #expect(try refusal { $0.heldOut = dataSet.sections }?.contains("No section") == true)
    #expect(try refusal { $0.network.preset = "simple" }?.contains("'sample'") == true)
    #expect(
      try refusal { $0.network.settings = ["learningRate=-1"] }?.contains("No training") == true)
    #expect(try refusal { $0.network.settings = ["width=3"] }?.contains("width") == true)
    try folder.write("kept", to: "tumour.safetensors")
    let there = #expect(throws: WorkbenchError.self) {
      try workbench.trainTumour(
        plan(dataSet, holdingOut: []), of: dataSet, to: url, replacing: false)
    }
    #expect(there?.description.contains("is already there") == true)
    #expect(try String(contentsOf: url, encoding: .utf8) == "kept")
  }

  @Test func `a file for tumour regions in a data set's models is no method and no problem`() throws
  {
    try writeSection("A1")
    try folder.write("", to: "models/empty")
    let dataSet = try DataSet(opening: folder.url)
    let url = folder.url.appending(path: "models/tumour.safetensors")
    _ = try workbench.trainTumour(
      plan(dataSet, holdingOut: []), of: dataSet, to: url, replacing: false)
    let stored = StoredModels(of: try DataSet(opening: folder.url))
    #expect(stored.entries.isEmpty && stored.problems.isEmpty)
    let method = Method(name: "M", source: .checkpoint(url))
    let section = try workbench.load(dataSet.sections[0], of: dataSet)
    let error = #expect(throws: WorkbenchError.self) { try workbench.predict(method, section) }
    #expect(error?.description.contains("holds tumour regions, not gene expression") == true)
  }

  // MARK: Scores

  private func labels(_ names: [String?]) -> Annotation {
    Annotation(name: Annotation.pathologist, labels: names)
  }

  @Test func `scores count settled spots that something was predicted of`() throws {
    let scores = try #require(
      TumourScores(
        of: [0.9, 0.6, 0.4, 0.1, 0.8, .nan, 0.7],
        labels: labels(["t", "f", "t", "f", "undetermined", "t", nil]), categories: ["t"]))
    #expect(scores.spots == 4 && scores.tumour == 2 && scores.called == 2)
    #expect(scores.areaUnderROC == 0.75)
    #expect(scores.iou == 1.0 / 3 && scores.dice == 0.5)
    #expect(scores.facts == ["AUC 0.75", "IoU 0.33", "Dice 0.50"])
  }

  @Test func `spots of one class have no area, and masks without a spot no overlap`() throws {
    let all = try #require(
      TumourScores(of: [0.9, 0.2], labels: labels(["t", "t"]), categories: ["t"]))
    #expect(all.areaUnderROC == nil && all.iou == 0.5)
    #expect(all.facts == ["AUC –", "IoU 0.50", "Dice 0.67"])
    let fat = Annotation(
      name: Annotation.pathologist, categories: ["f", "t"], categoryOfSpot: [0, 0])
    let none = try #require(TumourScores(of: [0.1, 0.5], labels: fat, categories: ["t"]))
    #expect(none.areaUnderROC == nil && none.iou == nil && none.dice == nil && none.called == 0)
    #expect(none.facts == ["AUC –", "IoU –", "Dice –"])
    let json = try JSONEncoder().encode(none)
    #expect(try JSONDecoder().decode(TumourScores.self, from: json) == none)
  }

  @Test func `without labels to compare with there are no scores`() {
    #expect(TumourScores(of: [0.1], labels: nil, categories: ["t"]) == nil)
    #expect(TumourScores(of: [0.1], labels: labels(["f"]), categories: ["t"]) == nil)
    #expect(TumourScores(of: [0.1], labels: labels(["undetermined"]), categories: ["t"]) == nil)
    #expect(TumourScores(of: [.nan], labels: labels(["t"]), categories: ["t"]) == nil)
  }
}

/// What a training reported.
private final class Heard: Sendable {
  private let progress = Mutex<[TrainingProgress]>([])
  var all: [TrainingProgress] { progress.withLock { $0 } }
  var hear: @Sendable (TrainingProgress) -> Void {
    { one in self.progress.withLock { $0.append(one) } }
  }
}
