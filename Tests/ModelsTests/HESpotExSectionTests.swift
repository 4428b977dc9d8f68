import Foundation
import Images
import Sections
import TensorCore
import TestSupport
import Testing

@testable import Models

/// The whole model on a small section, with a small encoder.
@Suite struct HESpotExSectionTests {
  let folder: TemporaryFolder
  let input: SectionInput
  let fixed: [String: Tensor]

  init() throws {
    folder = try TemporaryFolder()
    input = try EncoderSample.input(in: folder)
    fixed = try EncoderSample.checkpoint().frozen(file: "quilt.safetensors")
  }

  static let settings: [String: JSON] = [
    "genes": .integer(3), "latent": .integer(4), "hidden": .integer(8),
    "nuclei": .string("none"), "autoencoderHidden": .integer(6),
    "autoencoderEpochs": .integer(20),
  ]

  private func configuration(_ changes: [String: JSON] = [:]) throws -> HESpotEx.Configuration {
    var configuration = try HESpotEx.configuration(Self.settings.merging(changes) { $1 })
    configuration.encoder = EncoderSettings(CLIPImageEncoder.self, EncoderSample.clip)
    return configuration
  }

  private func model(_ changes: [String: JSON] = [:]) throws -> HESpotEx {
    var parameters = Parameters(generator: SeededGenerator(seed: 2), given: fixed)
    return HESpotEx(try configuration(changes), &parameters)
  }

  private func section(_ model: HESpotEx) throws -> TrainingSection {
    let values = (0..<48).map { (place: Int) -> Float in
      Float(place % 7) / 3 + Float(place / 3 % 4)
    }
    return try TrainingSection(
      input, spots: Array(0..<16), expression: values, counts: values, for: model)
  }

  private func run(_ recipe: TrainingRecipe = HESpotEx.presets[0].recipe) throws
    -> TrainingRun<HESpotEx>
  {
    TrainingRun(
      HESpotEx.self, try configuration(), recipe, seed: 1, fixed: fixed,
      on: [try section(try model())])
  }

  @Test func `windows are half the pitch, even, and go into the encoder`() throws {
    #expect(try model().windowPixels(of: input) == 20)
    #expect(try model(["windowPitches": .number(0.53)]).windowPixels(of: input) == 22)
    let predicted = try model().predict(input, PredictionWork())
    let features = try model().encoder.features(of: input, windowPixels: 20)
    #expect(predicted.shape == [16, 3])
    #expect(try model().expression(of: input, features: features).array == predicted.array)
  }

  @Test func `a prediction is shifted by its lowest value where that is asked for`() throws {
    let plain = try model().predict(input, PredictionWork()).array
    let shifted = try model(["shift": .string("released")]).predict(input, PredictionWork()).array
    let lowest = plain.min()!
    #expect(shifted == plain.map { $0 - lowest })
  }

  @Test func `nuclei given with the section scale its spots, and are asked for`() throws {
    let released = try model(["nuclei": .string("given")])
    let error = #expect(throws: ModelError.self) { try released.predict(input, PredictionWork()) }
    #expect(
      error?.description
        == "HESpotEx needs the nuclei of section S. Name their file with --nuclei, or put "
        + "S.nuclei.tsv beside the section; or train with nuclei=stain for Eosin's own count.")
    var counted = input
    try folder.write(
      "spot\tnuclei\n" + (0..<16).map { "\($0)\t\($0 + 1)\n" }.joined(), to: "nuclei.tsv")
    counted.nuclei = NucleusTable(
      try SpotCounts(reading: folder.url.appending(path: "nuclei.tsv")))
    let plain = try model().predict(input, PredictionWork())
    let scaled = try released.predict(counted, PredictionWork())
    for spot in 0..<16 {
      for gene in 0..<3 {
        let factor = Float(spot + 1) / 16 + 1
        #expect(abs(scaled[spot, gene] - plain[spot, gene] * factor) < 1e-5)
      }
    }
    let counts = try model(["nuclei": .string("stain")]).predict(input, PredictionWork())
    #expect(counts.array.allSatisfy { $0.isFinite })
  }

  @Test func `training learns both what it is asked for`() throws {
    var recipe = HESpotEx.presets[0].recipe
    (recipe.learningRate, recipe.epochs) = (1e-2, 60)
    var run = try run(recipe)
    let first = try run.takeStep()
    var last = first
    while !run.isFinished { last = try run.takeStep() }
    #expect(Set(first.parts.keys) == ["squaredError", "latent"])
    #expect(last.parts["squaredError"]! < first.parts["squaredError"]! / 2)
    #expect(last.parts["latent"]! < first.parts["latent"]! - 0.2)
    #expect(!run.weights.keys.contains { $0.hasPrefix(FrozenEncoder.prefix) })
    #expect(abs(first.loss - first.parts["squaredError"]! - first.parts["latent"]!) < 1e-4)
  }

  @Test func `the autoencoder is trained once, whoever asks for it`() throws {
    var sections = [try section(try model())]
    try HESpotEx.prepare(&sections, try configuration(), seed: 1, PredictionWork())
    func embedding() -> [Float]? {
      (sections[0].surroundings as? HESpotEx.Surroundings)?.embedding?.array
    }
    let once = try #require(embedding())
    #expect(once.count == 16 * 4)
    try HESpotEx.prepare(&sections, try configuration(), seed: 9, PredictionWork())
    #expect(embedding() == once)
    var prepared = TrainingRun(
      HESpotEx.self, try configuration(), HESpotEx.presets[0].recipe, seed: 1, fixed: fixed,
      on: sections)
    var unprepared = try run()
    #expect(try prepared.takeStep().loss == unprepared.takeStep().loss)
    #expect(throws: ModelError.cancelled) {
      var others = [try section(try model())]
      try HESpotEx.prepare(
        &others, try configuration(), seed: 1, PredictionWork(isCancelled: { true }))
    }
  }

  @Test func `the authors' checkpoint is imported without its text half and what it never uses`()
    throws
  {
    var tensors: [StoredTensor] = []
    var parameters = Parameters(generator: SeededGenerator(seed: 4), given: fixed)
    _ = HESpotEx(try configuration(), &parameters)
    for declaration in parameters.declarations {
      let own = declaration.name.hasPrefix(FrozenEncoder.prefix)
      let name =
        own
        ? HESpotEx.authorsEncoder + declaration.name.dropFirst(FrozenEncoder.prefix.count)
        : declaration.name
      tensors.append(StoredTensor(name: name, parameters.values[declaration.name]!))
    }
    for name in [
      "image_encoder.model.transformer.resblocks.0.ln_1.weight", "image_encoder.model.logit_scale",
      "image_projection.fc.weight", "image_projection2.layer_norm.bias",
    ] { tensors.append(StoredTensor(name: name, Tensor(shape: [2], [1, 2]))) }
    let file = TensorFile(
      format: .torchZip, tensors: tensors, metadata: [:], source: ByteSource([], file: "best.pt"))
    let encoder: JSON = .object([
      "name": .string("clip-vit"), "values": .object(["headWidth": .integer(8)]),
    ])
    let imported = try Checkpoint(
      importing: file, from: URL(filePath: "best.pt"), as: try modelEntry(named: "hespotex"),
      genes: Panel(name: "genes", genes: ["A", "B", "C"]), normalization: .hespotex,
      settings: ["encoder": encoder])
    #expect(Set(imported.tensors.map(\.name)) == Set(parameters.values.keys))
    let network = try #require(try imported.network(file: "best.pt") as? HESpotEx)
    #expect(network.configuration.latent == 4 && network.configuration.hidden == 8)
    #expect(network.configuration.encoder.featureWidth == 6)
  }

  @Test func `sizes out of reason are refused`() {
    for (name, value) in [
      ("graphLayers", JSON.integer(0)), ("windowPitches", .number(0)), ("genes", .integer(0)),
    ] {
      #expect(throws: ModelError.self) { try HESpotEx.configuration([name: value]) }
    }
  }
}
