import Foundation
import Images
import Sections
import Synchronization
import TensorCore
import TestSupport
import Testing

@testable import Models

@Suite struct EncoderTrainingTests {
  let folder: TemporaryFolder
  let input: SectionInput

  init() throws {
    folder = try TemporaryFolder()
    input = try EncoderSample.input(in: folder)
  }

  private static func recipe() -> EncoderRecipe {
    var recipe = EncoderRecipe()
    (recipe.epochs, recipe.batch, recipe.projection) = (60, 16, 16)
    recipe.learningRate = 5e-3
    return recipe
  }

  private func training<Encoder: TileEncoder>(
    _ encoder: Encoder.Type, _ configuration: Encoder.Configuration, seed: Int = 2
  ) throws -> EncoderTraining<Encoder> {
    var parameters = Parameters(listing: ())
    let shape = Encoder(configuration, &parameters).patchShape(windowPixels: 40)
    return EncoderTraining(
      encoder, configuration, Self.recipe(), seed: seed,
      on: [try input.patches(shape, PredictionWork())])
  }

  /// The mean loss of the first five steps and of the last five, and how the features of the same
  /// patches vary before and after.
  private func expectLearning<Encoder: TileEncoder>(
    _ encoder: Encoder.Type, _ configuration: Encoder.Configuration
  ) throws {
    var training = try training(encoder, configuration)
    let patches = EncoderSample.patches(8, side: configuration.imageSidePixels)
    let before = training.encoder.features(patches)
    var losses: [Double] = []
    while !training.isFinished { losses.append(try training.takeStep()) }
    let (first, last) = (losses[..<5].reduce(0, +) / 5, losses.suffix(5).reduce(0, +) / 5)
    #expect(last < 0.7 * first, "\(first) to \(last)")
    let after = training.encoder.features(patches)
    let change = norm((after - before).reshaped(to: [-1])).item
    #expect(change > 0.05 * norm(before.reshaped(to: [-1])).item)
    let spread = variance(after, over: [0])
    #expect(spread.array.allSatisfy { $0 > 1e-8 }, "no feature is the same everywhere")
  }

  @Test func `a vision transformer's loss falls and its features change`() throws {
    var configuration = EncoderSample.clip
    configuration.normalizesFeatures = false
    try expectLearning(CLIPImageEncoder.self, configuration)
  }

  @Test func `a Swin transformer's loss falls and its features change`() throws {
    try expectLearning(CTransPath.self, EncoderSample.swin)
  }

  @Test func `the same seed gives the same weights, another one others`() throws {
    func weights(seed: Int) throws -> [[Float]] {
      var training = try training(CLIPImageEncoder.self, EncoderSample.clip, seed: seed)
      for _ in 0..<3 { try training.takeStep() }
      return training.checkpoint(origin: [:]).tensors.map { $0.floats() }
    }
    #expect(try weights(seed: 1) == weights(seed: 1))
    #expect(try weights(seed: 1) != weights(seed: 2))
  }

  @Test func `the loss is that of the correlations, worked out one by one`() {
    var generator = SeededGenerator(seed: 4)
    let values = (0..<2).map { _ in
      (0..<20).map { _ in Double(2 * generator.nextUnit() - 1) }
    }
    func column(_ view: Int, _ output: Int) -> [Double] {
      (0..<5).map { values[view][$0 * 4 + output] }
    }
    func standardized(_ x: [Double]) -> [Double] {
      let mean = x.reduce(0, +) / 5
      let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5
      return x.map { ($0 - mean) / (variance + 1e-5).squareRoot() }
    }
    var expected = 0.0
    for i in 0..<4 {
      for j in 0..<4 {
        let (a, b) = (standardized(column(0, i)), standardized(column(1, j)))
        let c = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / 5
        expected += i == j ? (1 - c) * (1 - c) : 0.3 * c * c
      }
    }
    let views = values.map { Tensor(shape: [5, 4], $0.map(Float.init)) }
    let loss = redundancyLoss(views[0], views[1], weight: 0.3).item
    #expect(abs(Double(loss) - expected / 4) < 1e-5)
  }

  @Test func `a view is made of its patch's own pixels, and whole where nothing is to change`()
    throws
  {
    var configuration = EncoderSample.clip
    configuration.imageSidePixels = 16
    var parameters = Parameters(listing: ())
    let shape = CLIPImageEncoder(configuration, &parameters).patchShape(windowPixels: 40)
    let patches = try input.patches(shape, PredictionWork())
    let pool = PatchPool([patches, patches])
    var recipe = Self.recipe()
    (recipe.colourJitter, recipe.smallestCut) = (0, 1)
    var generator = SeededGenerator(seed: 1)
    let views = pool.views(of: [3, 19, 5], recipe, using: &generator).array
    for (place, patch) in [3, 3, 5].enumerated() {
      let own = patches.values[patch * 768..<(patch + 1) * 768].map(Float.init)
      #expect(views[place * 768..<(place + 1) * 768].sorted() == own.sorted())
    }
    recipe.smallestCut = 0.5
    for seed in 0..<64 {
      var generator = SeededGenerator(seed: UInt64(seed))
      let cut = pool.views(of: [7], recipe, using: &generator).array
      let own = Set(patches.values[7 * 768..<8 * 768].map(Float.init))
      #expect(cut.allSatisfy { own.contains($0) })
    }
  }

  @Test func `an encoder trained on sections says so, and a model can be put on top`() throws {
    var recipe = Self.recipe()
    (recipe.epochs, recipe.patchesPerSection) = (2, 8)
    let preset = EncoderPreset(
      name: "tiny", summary: "",
      settings: EncoderSettings(CLIPImageEncoder.self, EncoderSample.clip),
      recipe: recipe)
    let heard = Mutex<[EncoderProgress]>([])
    let checkpoint = try EncoderCheckpoint.trained(
      preset, seed: 3, on: [input, input],
      report: { progress in heard.withLock { $0.append(progress) } })
    #expect(
      checkpoint.summary(fingerprint: "1")
        == "CLIP ViT, trained on 16 patches of S, S by Barlow Twins, 2 epochs, preset tiny, xxh64:1"
    )
    let last = try #require(heard.withLock { $0.last })
    #expect(last.step == 2 && last.steps == 2 && last.epoch == 2 && last.loss != nil)
    let url = folder.url.appending(path: "tiny.safetensors")
    try checkpoint.write(to: url, replacing: false)
    let read = try EncoderCheckpoint(reading: url)
    var parameters = Parameters(listing: (), given: try read.frozen(file: url.path))
    let model = LinearHead(LinearHead.Configuration(), &parameters)
    #expect(try model.encoder.features(of: input, windowPixels: 40).shape == [16, 6])
    #expect(throws: ModelError.cancelled) {
      try EncoderCheckpoint.trained(preset, seed: 3, on: [input], isCancelled: { true })
    }
    var lonely = input
    lonely.spots = [input.spots[0]]
    let error = #expect(throws: ModelError.self) {
      try EncoderCheckpoint.trained(preset, seed: 3, on: [lonely])
    }
    #expect(
      error?.description == "An encoder learns from two spots at least. Name sections with more.")
  }

  @Test(arguments: EncoderPreset.all.map(\.name)) func `a preset's encoder can be built`(
    name: String
  )
    throws
  {
    let preset = try #require(EncoderPreset.all.first { $0.name == name })
    #expect(preset.settings.isSound)
    #expect(preset.settings.featureWidth > 0)
    #expect(preset.recipe.overlaid(with: ["epochs": .integer(3)])?.epochs == 3)
    #expect(preset.recipe.overlaid(with: ["epoch": .integer(3)]) == nil)
    #expect(preset.recipe.overlaid(with: ["smallestCut": .number(1.5)]) == nil)
  }
}
