import Foundation
import Images
import Sections
import Synchronization
import TensorCore
import TestSupport
import Testing

@testable import Models

/// Features in memory, with a count of what was asked and kept.
private final class CountingStore: FeatureStore {
  private let kept = Mutex<[String: Tensor]>([:])
  private let found = Mutex(0)

  func features(_ key: String) -> Tensor? {
    let features = kept.withLock { $0[key] }
    if features != nil { found.withLock { $0 += 1 } }
    return features
  }

  func keep(_ features: Tensor, _ key: String) { kept.withLock { $0[key] = features } }

  var counts: [Int] { [kept.withLock { $0.count }, found.withLock { $0 }] }
}

@Suite struct FrozenEncoderTests {
  let folder: TemporaryFolder
  let input: SectionInput
  let fixed: [String: Tensor]

  init() throws {
    folder = try TemporaryFolder()
    input = try EncoderSample.input(in: folder)
    fixed = try EncoderSample.checkpoint().frozen(file: "quilt.safetensors")
  }

  /// The model as training begins with it: an encoder, and a head that has no weights yet.
  private func model(_ fixed: [String: Tensor]) -> LinearHead {
    var parameters = Parameters(listing: (), given: fixed)
    return LinearHead(LinearHead.Configuration(), &parameters)
  }

  private func section(_ work: PredictionWork = PredictionWork()) throws -> TrainingSection {
    let values = (0..<48).map { Float($0 % 7) }
    return try TrainingSection(
      input, spots: Array(0..<16), expression: values, counts: values, for: model(fixed), work)
  }

  private func run(seed: Int = 1) throws -> TrainingRun<LinearHead> {
    TrainingRun(
      LinearHead.self, LinearHead.Configuration(), LinearHead.presets[0].recipe, seed: seed,
      fixed: fixed, on: [try section()])
  }

  @Test func `the head learns and the encoder stays as it is, in one file that predicts`() throws {
    var run = try run()
    let first = try run.takeStep().loss
    while !run.isFinished { _ = try run.takeStep() }
    #expect(run.epochLoss < first / 2, "\(first) to \(run.epochLoss)")
    let checkpoint = run.checkpoint(
      genes: ["A", "B", "C"], normalization: .released, TrainingProtocol.sample)
    for (name, weight) in fixed {
      #expect(checkpoint[name]?.floats() == weight.array, "\(name)")
    }
    let url = folder.url.appending(path: "model.safetensors")
    try checkpoint.write(to: url, replacing: false)
    let read = try Checkpoint(reading: url)
    let configuration = try LinearHead.configuration(
      read.configuration, of: read.tensors, file: url.path)
    #expect(configuration == run.configuration)
    let network = try LinearHead.network(configuration, of: read.tensors, file: url.path)
    let predicted = try network.predict(input, PredictionWork())
    #expect(predicted.array == run.prediction(of: try section()).array)
    #expect(network.encoder.fingerprint == model(fixed).encoder.fingerprint)
  }

  @Test func `a run's state leaves the encoder out, and goes on to the same bits`() throws {
    var whole = try run()
    var halved = try run()
    for _ in 0..<3 { _ = try halved.takeStep() }
    let url = folder.url.appending(path: "state.safetensors")
    try halved.writeState(to: url)
    #expect(!(try TensorFile(reading: url)).names.contains { $0.contains(FrozenEncoder.prefix) })
    var resumed = try run()
    try resumed.restore(from: url)
    for _ in 0..<3 { _ = try resumed.takeStep() }
    for _ in 0..<6 { _ = try whole.takeStep() }
    #expect(resumed.weights.mapValues(\.array) == whole.weights.mapValues(\.array))
    #expect(Set(whole.weights.keys) == ["head.weight", "head.bias"])
  }

  @Test func `features are those of the windows around the spots, in their order`() throws {
    let model = model(fixed)
    let features = try model.encoder.features(of: input, windowPixels: 40)
    #expect(features.shape == [16, 6])
    for spot in [0, 7, 15] {
      let square = input.spots[spot]
      let window = try input.image.region(
        PixelRectangle(x: Int(square.x) - 20, y: Int(square.y) - 20, width: 40, height: 40))
      let patch = window.resized(toWidth: 16, height: 16, .bicubic).patch(in: .channelRows)
      let alone = model.encoder.encoder.features(
        Tensor(shape: [1, 768], patch.map(Float.init)))
      expectGolden(
        features.slice(spot..<spot + 1, along: 0), alone, tolerance: 1e-5, "spot \(spot)")
    }
  }

  @Test func `features are worked out once, and anew for another encoder, window or image`() throws
  {
    let store = CountingStore()
    let work = PredictionWork(features: store)
    let once = try section(work)
    #expect(store.counts == [1, 0])
    #expect(try section(work).sight.tensor.array == once.sight.tensor.array)
    #expect(store.counts == [1, 1])
    let other = model(try EncoderSample.checkpoint(seed: 6).frozen(file: "b.safetensors"))
    _ = try other.encoder.features(of: input, windowPixels: 40, work)
    #expect(store.counts == [2, 1])
    _ = try other.encoder.features(of: input, windowPixels: 41, work)
    #expect(store.counts == [3, 1])
    try RGBImage(width: 160, height: 160).writePNG(to: input.image.url)
    let repainted = SectionInput(
      sectionName: "S", spots: input.spots, image: try ImageFile(opening: input.image.url),
      pitchPixels: 40)
    _ = try other.encoder.features(of: repainted, windowPixels: 40, work.part(from: 0, to: 1))
    #expect(store.counts == [4, 1])
  }

  @Test func `a folder keeps features between runs, and does without what cannot be read`() throws {
    let cache = FeatureFolder(
      CacheFolder(folder.url.appending(path: "features"), mostBytes: 1_000_000))
    let features = EncoderSample.patches(3, side: 2)
    #expect(cache.features("a") == nil)
    cache.keep(features, "a")
    #expect(cache.features("a")?.array == features.array)
    try folder.write("{", to: "features/a.safetensors")
    #expect(cache.features("a") == nil)
    let small = FeatureFolder(
      CacheFolder(folder.url.appending(path: "features"), mostBytes: 10))
    small.keep(features, "b")
    #expect(small.features("b") == nil, "larger than the cache may be")
  }

  @Test func `an encoder may have its weights where the model's authors put them`() throws {
    let prefix = "image_encoder.model.visual."
    let weights = try EncoderSample.checkpoint().frozen(file: "a", under: prefix)
    var parameters = Parameters(listing: (), given: weights)
    let settings = EncoderSettings(CLIPImageEncoder.self, EncoderSample.clip)
    let encoder = FrozenEncoder(settings, &parameters, under: prefix)
    #expect(parameters.declarations.allSatisfy { $0.name.hasPrefix(prefix) && !$0.isTrained })
    #expect(encoder.fingerprint == model(fixed).encoder.fingerprint)
  }

  @Test func `progress is heard and cancelling stops`() throws {
    let heard = Mutex<[Double]>([])
    let work = PredictionWork(report: { share in heard.withLock { $0.append(share) } })
    _ = try model(fixed).encoder.features(of: input, windowPixels: 40, work)
    #expect(heard.withLock { $0 } == [1])
    #expect(throws: ModelError.cancelled) {
      try section(PredictionWork(isCancelled: { true }))
    }
  }

  @Test func `a model without its encoder's weights says so`() throws {
    let error = #expect(throws: ModelError.self) {
      try model([:]).encoder.features(of: input, windowPixels: 40)
    }
    #expect(
      error?.description
        == "CLIP ViT has no weights to encode section S with. Give the file of an encoder.")
  }

  @Test func `sizes that no encoder can be built of are refused`() throws {
    var configuration = LinearHead.Configuration()
    configuration.encoder = EncoderSettings("clip-vit", ["headWidth": .integer(7)])
    #expect(!configuration.isSound)
    configuration.encoder = EncoderSettings("resnet")
    #expect(!configuration.isSound && configuration.encoder.featureWidth == 0)
    let error = #expect(throws: ModelError.self) {
      try LinearHead.configuration(
        [
          "encoder": .object([
            "name": .string("clip-vit"), "values": .object(["width": .integer(-4)]),
          ])
        ]
      )
    }
    #expect(error?.description.hasPrefix("Linear head cannot be given {\"encoder\":{") == true)
    let named = try LinearHead.configuration(
      ["encoder": .object(["name": .string("ctranspath"), "values": .object([:])])])
    #expect(named.encoder == EncoderSettings("ctranspath") && named.encoder.featureWidth == 768)
  }

  @Test func `the card names the encoder and says that it was not trained`() {
    var training = TrainingProtocol.sample
    #expect(!training.card.contains { $0.label == "encoder" })
    training.encoder = EncoderSample.checkpoint().summary(fingerprint: "12ab")
    let card = training.card.map { "\($0.label): \($0.text)" }
    #expect(
      card.contains("encoder: CLIP ViT, imported from quilt.bin, xxh64:12ab; not trained"))
    #expect(TrainingProtocol(training.members) == training)
  }
}

extension TrainingProtocol {
  fileprivate static let sample = TrainingProtocol(
    preset: "linear", without: [], trainedOn: [.init(section: "S", patient: "S")], heldOut: [],
    unit: .section, panel: "3", recipe: LinearHead.presets[0].recipe, seed: 0, epoch: 60,
    epochRule: .last, isMonitored: false, threads: 2, version: "0.1.0")
}
