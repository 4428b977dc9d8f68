import Foundation
import Images
import Sections
import TensorCore
import TestSupport
import Testing

@testable import Models

@Suite struct STNetTrainingTests {
  private let folder: TemporaryFolder
  private let configuration: STNet.Configuration

  init() throws {
    folder = try TemporaryFolder()
    configuration = try STNet.configuration([
      "patchSidePixels": .integer(16), "growth": .integer(4),
      "blocks": .array([.integer(1), .integer(2)]), "firstChannels": .integer(8),
      "genes": .integer(3),
    ])
  }

  /// Sections of 9 spots, each brighter than the one before, with counts that tell one spot from any
  /// other.
  private func sections(_ count: Int = 2) throws -> [TrainingSection] {
    var parameters = Parameters(listing: ())
    let model = STNet(configuration, &parameters)
    return try (0..<count).map { number in
      let url = folder.url.appending(path: "\(number).png")
      var picture = RGBImage(width: 60, height: 60)
      for y in 0..<60 {
        for x in 0..<60 {
          let value = UInt8(40 + 15 * (y / 20 * 3 + x / 20) + (x * y) % 11 + 20 * number)
          picture[x, y] = (value, value / 2, 255 - value)
        }
      }
      try picture.writePNG(to: url)
      let spots = (0..<9).map {
        Spot(
          id: "\($0)", column: $0 % 3, row: $0 / 3, x: Double($0 % 3 * 20 + 10),
          y: Double($0 / 3 * 20 + 10))
      }
      let counts = (0..<9).flatMap { (spot: Int) -> [Float] in
        [Float(spot + 9 * number), Float(9 - spot), 2]
      }
      return try TrainingSection(
        SectionInput(
          sectionName: "S\(number)", spots: spots, image: try ImageFile(opening: url),
          pitchPixels: 20),
        spots: Array(0..<9), expression: counts.map { $0 / 4 }, counts: counts,
        for: model)
    }
  }

  private func run(
    _ change: (inout TrainingRecipe) -> Void = { _ in }, from start: [String: Tensor] = [:]
  ) throws -> TrainingRun<STNet> {
    var recipe = STNet.presets[0].recipe
    (recipe.epochs, recipe.batchSpots, recipe.learningRate) = (2, 4, 1e-4)
    change(&recipe)
    return TrainingRun(
      STNet.self, configuration, recipe, seed: 5, from: start, on: try sections())
  }

  private func batches(_ sections: [TrainingSection], spots: Int) -> TrainingBatches {
    var recipe = TrainingRecipe()
    recipe.batchSpots = spots
    return TrainingBatches(sections, of: recipe, seed: 5)
  }

  @Test func `an epoch sees every spot of all sections once, the last step what is left`() throws {
    let sections = try sections()
    let batches = self.batches(sections, spots: 4)
    #expect(batches.count == 5)
    func seen(_ epoch: Int) -> [[Float]] {
      (0..<5).map { step in
        let batch = batches.batch(step, ofEpoch: epoch)[0]
        #expect(batch.expression.shape[1] == 3 && batch.sizeFactors.count == batch.spotCount)
        return (0..<batch.spotCount).map { batch.counts[$0, 0] }
      }
    }
    #expect(seen(0).map(\.count) == [4, 4, 4, 4, 2])
    #expect(seen(0).flatMap(\.self).sorted() == (0..<18).map(Float.init))
    #expect(seen(0) != seen(1) && seen(1).flatMap(\.self).sorted() == (0..<18).map(Float.init))
    // A spot keeps its patch.
    let batch = batches.batch(0, ofEpoch: 0)[0]
    let patches = try #require(batch.sight.knownPatches)
    for spot in 0..<batch.spotCount {
      let number = Int(batch.counts[spot, 0])
      let own = try #require(sections[number / 9].sight.knownPatches)
      let size = own.valuesPerPatch
      #expect(
        patches.values[spot * size..<(spot + 1) * size]
          == own.values[number % 9 * size..<(number % 9 + 1) * size])
    }
    #expect(Set(batch.name.split(separator: ", ")).isSubset(of: ["S0", "S1"]))
  }

  @Test func `a run begins at the genes' means and at colours measured on its first steps`() throws
  {
    let run = try run()
    #expect(run.weights["classifier.weight"]?.array.allSatisfy { $0 == 0 } == true)
    let means = run.weights["classifier.bias"]?.array ?? []
    let expected: [Float] = [8.5 / 4, 5 / 4, 0.5]
    #expect(zip(means, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    // Five steps are all the spots there are.
    let all = try sections().flatMap { $0.sight.knownPatches?.values ?? [] }
    for colour in 0..<3 {
      let values = (0..<18).flatMap { (patch: Int) -> [Double] in
        let start = (patch * 3 + colour) * 256
        return all[start..<start + 256].map { Double($0) / 255 }
      }
      let mean = values.reduce(0, +) / Double(values.count)
      let squares = values.map { ($0 - mean) * ($0 - mean) }
      let variance = squares.reduce(0, +) / Double(values.count)
      #expect(abs(run.configuration.mean[colour] - mean) < 1e-12)
      #expect(abs(run.configuration.deviation[colour] - variance.squareRoot()) < 1e-12)
    }
    let prediction = run.prediction(of: try sections()[0])
    #expect(prediction.shape == [9, 3])
    #expect(abs(prediction[4, 0] - 8.5 / 4) < 1e-5)
  }

  @Test func `colours are measured over all patches, and of a plain picture can be divided by`() {
    func plain(_ value: UInt8) -> Patches {
      Patches(
        windows: [RGBImage(width: 2, height: 2, pixels: [UInt8](repeating: value, count: 12))],
        side: 2, order: .channelRows)
    }
    let measured = STNet.configuration(configuration, measuredOn: [plain(0), plain(255)])
    #expect(measured.mean == [0.5, 0.5, 0.5] && measured.deviation == [0.5, 0.5, 0.5])
    let white = STNet.configuration(configuration, measuredOn: [plain(255)])
    #expect(white.deviation == [1 / 255, 1 / 255, 1 / 255] && white.isSound)
  }

  @Test func `a run stopped after any step and gone on with has the same weights to the bit`()
    throws
  {
    func bits(_ run: TrainingRun<STNet>) -> [[UInt32]] {
      run.weights.sorted { $0.key < $1.key }.map { $0.value.array.map(\.bitPattern) }
    }
    var whole = try run()
    while !whole.isFinished { _ = try whole.takeStep() }
    #expect(whole.step == 10 && whole.epoch == 2)
    let state = folder.url.appending(path: "state.safetensors")
    for stop in [0, 3, 5, 9] {
      var first = try run()
      for _ in 0..<stop { _ = try first.takeStep() }
      try first.writeState(to: state)
      var second = try run()
      try second.restore(from: state)
      while !second.isFinished { _ = try second.takeStep() }
      #expect(bits(second) == bits(whole), "stopped after step \(stop)")
      #expect(second.configuration == whole.configuration)
    }
  }

  @Test func `the loss is a sum over spots and a mean over genes, and falls`() throws {
    var run = try run {
      ($0.optimizer, $0.learningRate, $0.epochs, $0.symmetries) = (.adam, 1e-2, 30, false)
      $0.batchSpots = 9
    }
    // All genes begin at their means.
    let first = batches(try sections(), spots: 9).batch(0, ofEpoch: 0)[0]
    let means = Tensor(shape: [3], [8.5 / 4, 5 / 4, 0.5])
    let expected = sum(square(first.expression - means)).item / 3
    var epochs: [Double] = []
    while !run.isFinished {
      let step = try run.takeStep()
      if step.number == 1 { #expect(abs(Float(step.loss) - expected) < 1e-4 * expected) }
      if run.step % run.stepsPerEpoch == 0 { epochs.append(run.epochLoss) }
    }
    #expect(epochs[29] < epochs[0] / 2)
  }

  @Test func `weights of a file are begun with, all but the last layer's`() throws {
    var trained = try run()
    _ = try trained.takeStep()
    let url = folder.url.appending(path: "trained.safetensors")
    let training = TrainingProtocol(
      preset: "stnet", without: [], trainedOn: [], heldOut: [], unit: .section, panel: "3",
      recipe: trained.recipe, start: "a.pth", seed: 5, epoch: 0, epochRule: .last,
      isMonitored: false, threads: 1, version: "0")
    try trained.checkpoint(genes: ["A", "B", "C"], normalization: .stnet, training)
      .write(to: url, replacing: false)
    #expect(training.card.contains { $0 == ("begun with", "all but the last layer of a.pth") })
    var other = configuration
    other.genes = 7
    let weights = try STNet.startingWeights(try TensorFile(reading: url), from: url, other)
    #expect(weights["classifier.weight"] == nil && weights.count == trained.weights.count - 2)
    let begun = try run(from: weights)
    let name = "features.denseblock2.denselayer2.conv2.weight"
    #expect(begun.weights[name]?.array == trained.weights[name]?.array)
    #expect(begun.weights["classifier.weight"]?.array.allSatisfy { $0 == 0 } == true)
    other.growth = 8
    let error = #expect(throws: CheckpointError.self) {
      try STNet.startingWeights(try TensorFile(reading: url), from: url, other)
    }
    #expect(error?.problem.contains("does not fit ST-Net") == true)
  }
}
