import Foundation
import Models
import Sections
import TestSupport
import Testing
import Workbench

/// ST-Net trained on sections of 36 spots, 20 pixels apart, as any network is.
@Suite struct STNetTests {
  let folder: TemporaryFolder
  let dataSet: DataSet

  init() throws {
    folder = try TemporaryFolder()
    for name in ["X1", "Y1"] { try folder.writeSection(name, brightness: 220) }
    dataSet = try DataSet(opening: folder.url)
  }

  private func plan(_ settings: [String] = []) throws -> TrainingPlan {
    var plan = TrainingPlan(model: "stnet", sections: dataSet.sections)
    plan.heldOut = [try dataSet.reference(named: "Y1")]
    plan.normalization = try Workbench().normalization(ofModel: "stnet", preset: nil)
    plan.network.epochs = 1
    plan.network.settings =
      ["patchSidePixels=32", "growth=4", "blocks=[1,1]", "firstChannels=8"] + settings
    return plan
  }

  private func problem(_ plan: TrainingPlan) -> String? {
    #expect(throws: WorkbenchError.self) {
      try Workbench().train(plan, of: dataSet)
    }?.description
  }

  @Test func `spots at the border are left out of training and predicted all the same`() throws {
    let run = folder.url.appending(path: "run")
    let workbench = Workbench()
    let report = try workbench.train(try plan(), of: dataSet, to: run)
    #expect(report.normalization == "stnet: ln((1 + count)/(n + total)), n = all genes")
    #expect(report.heldOut.map(\.section) == ["Y1"] && report.heldOut[0].spots == 36)
    let file = run.appending(path: "checkpoint.safetensors")
    let checkpoint = try Checkpoint(reading: file)
    #expect(checkpoint.normalization == .stnet)
    // At the start each gene's bias is its mean over the 16 inner spots, and one step of 1e-6 leaves
    // it there: ln((1 + count) / (2 + 95)).
    let bias = try #require(checkpoint["classifier.bias"]?.floats())
    let inner = (0..<36).filter { 1...4 ~= $0 % 6 && 1...4 ~= $0 / 6 }
    let mean = inner.reduce(0.0) { $0 + log((6.0 + Double($1)) / 97) } / 16
    let gene = try #require(checkpoint.genes.firstIndex(of: "A"))
    #expect(abs(Double(bias[gene]) - mean) < 1e-3)
    let section = try workbench.load(try dataSet.reference(named: "Y1"), of: dataSet)
    let prediction = try workbench.predict(
      Method(name: "ST-Net", source: .checkpoint(file)), section)
    #expect(prediction.values.count == 72 && prediction.values.allSatisfy(\.isFinite))
    #expect(prediction.notes.contains { $0.hasPrefix("20 spots near the image's border") })
  }

  @Test func `weights of a file are begun with, said on the card, and not needed to go on`() throws
  {
    let backbone = folder.url.appending(path: "backbone.safetensors")
    let genes = try folder.write("G\n", to: "genes.txt")
    let workbench = Workbench()
    _ = try workbench.makeUntrainedModel(
      "stnet", genes: URL(filePath: genes), seed: 9,
      settings: ["growth=4", "blocks=[1,1]", "firstChannels=8", "patchSidePixels=32"],
      to: backbone, replacing: false)
    var plan = try plan()
    plan.network.start = backbone
    let run = folder.url.appending(path: "run")
    let report = try workbench.train(plan, of: dataSet, to: run)
    #expect(
      report.card.contains {
        $0.label == "begun with"
          && $0.text.hasPrefix("all but the last layer of backbone.safetensors, xxh64:")
      })
    let name = "features.denseblock1.denselayer1.conv1.weight"
    let file = run.appending(path: "checkpoint.safetensors")
    let first = try #require(try Checkpoint(reading: file)[name]?.floats())
    let given = try #require(try Checkpoint(reading: backbone)[name]?.floats())
    #expect(zip(first, given).allSatisfy { abs($0 - $1) < 1e-3 })
    try FileManager.default.removeItem(at: backbone)
    let longer = try workbench.resume(run, epochs: 2)
    #expect(longer.epochs == 2 && longer.card.contains { $0.label == "begun with" })
  }

  @Test func `what cannot be trained so is said in a sentence`() throws {
    var missing = try plan()
    missing.network.start = folder.url.appending(path: "none.pth")
    #expect(problem(missing)?.contains("none.pth") == true)
    let wide = try plan(["patchSidePixels=128"])
    #expect(
      problem(wide)
        == "No spot of section X1 has a window of 128 pixels that lies on its image, and ST-Net is "
        + "trained on whole windows. Leave the section out, or take smaller ones.")
    var whole = try plan(["batchSpots=8"])
    whole.model = "histogene"
    whole.network.settings = ["batchSpots=8"]
    #expect(
      problem(whole)
        == "HisToGene reads a section as a whole, so a step cannot see 8 spots of several. Leave "
        + "batchSpots at 0.")
  }
}
