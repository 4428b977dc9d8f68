import Foundation
import Sections
import Synchronization
import TensorCore
import TestSupport
import Testing

@testable import Models

/// HiST with an encoder of chance, on a made-up section of sixteen spots.
@Suite struct HiSTModelTests {
  let folder: TemporaryFolder
  let input: SectionInput
  let fixed: [String: Tensor]
  let settings = EncoderSettings(CLIPImageEncoder.self, EncoderSample.clip)

  init() throws {
    folder = try TemporaryFolder()
    input = try EncoderSample.input(in: folder)
    fixed = try EncoderSample.checkpoint().frozen(file: "quilt.safetensors")
  }

  private func configuration(_ loss: GridLoss = .padded) -> HiST.Configuration {
    var configuration = HiST.Configuration()
    (configuration.encoder, configuration.genes, configuration.loss) = (settings, 3, loss)
    (configuration.widths, configuration.mixers) = ([4, 6, 6, 8, 8], 1)
    configuration.mixerSide = 3
    return configuration
  }

  private func model(_ configuration: HiST.Configuration) -> HiST {
    var parameters = Parameters(generator: SeededGenerator(seed: 8), given: fixed)
    return HiST(configuration, &parameters)
  }

  /// Each spot's expression is how red, green and blue its middle is.
  private func section(_ model: HiST) throws -> TrainingSection {
    let values = try input.spots.flatMap { spot in
      let pixel = try input.image.region(
        .init(x: Int(spot.x), y: Int(spot.y), width: 1, height: 1))
      return pixel.pixels.map { Float($0) / 64 }
    }
    return try TrainingSection(
      input, spots: Array(0..<16), expression: values, counts: values, for: model)
  }

  @Test func `a spot's prediction is that of its cell, in the order of the spots`() throws {
    let model = model(configuration())
    let predicted = try model.predict(input, PredictionWork())
    #expect(predicted.shape == [16, 3])
    let tiles = try model.tiles(of: input)
    #expect(tiles.shape == [17, 6])
    let white = model.encoder.encoder.features(
      Tensor(shape: [1, 3 * 16 * 16], repeating: 255))
    #expect(tiles.slice(16..<17, along: 0).array == white.array)
    // Four by four spots lie in the middle: rows 38 to 41, columns 30 to 33.
    let map = model.map(try TileGrid(input.spots, sectionName: "S"), tiles)
    for spot in [0, 5, 15] {
      for gene in 0..<3 {
        #expect(predicted[spot, gene] == map[0, gene, 38 + spot / 4, 30 + spot % 4])
      }
    }
    var turned = input
    turned.spots.reverse()
    let other = try model.predict(turned, PredictionWork())
    expectGolden(
      gather(other, (0..<16).reversed()), predicted, tolerance: 1e-5, "spots in another order")
  }

  @Test func `tiles are as large as Visium's fiducials, in whole pixels`() {
    #expect(model(configuration()).windowPixels(of: input) == 42)
  }

  @Test func `spots that do not fit the grid are refused before anything is encoded`() {
    var wide = input
    for index in wide.spots.indices { wide.spots[index].column *= 30 }
    wide.spots[0].row = 1
    let reports = Mutex(0)
    let work = PredictionWork(report: { _ in reports.withLock { $0 += 1 } })
    let error = #expect(throws: ModelError.self) {
      try model(configuration()).predict(wide, work)
    }
    #expect(error?.description.contains("does not fit HiST's grid") == true)
    #expect(reports.withLock { $0 } == 0)
  }

  @Test(arguments: TileGrid.TargetRow.allCases)
  func `the padded loss is the mean over all cells, the other that over spots`(
    _ row: TileGrid.TargetRow
  ) throws {
    for loss in GridLoss.allCases {
      var configuration = configuration(loss)
      configuration.targetRow = row
      let model = model(configuration)
      let section = try section(model)
      let tiles = section.sight.tensor
      let measured = model.objective(section, tiles, TrainingRecipe(), .normalizing).total
      let grid = try TileGrid(input.spots, sectionName: "S")
      let map = model.map(grid, tiles, .normalizing)
      let expected =
        loss == .padded
        ? meanSquaredError(map, grid.targets(section.expression, row: row))
        : meanSquaredError(grid.values(atSpotsOf: map), section.expression)
      expectGolden(measured, expected, tolerance: 1e-5, "\(loss)")
    }
  }

  @Test(arguments: GridLoss.allCases)
  func `it learns, and its file predicts the same`(_ loss: GridLoss) throws {
    var recipe = HiST.presets[0].recipe
    (recipe.epochs, recipe.learningRate) = (30, 1e-2)
    recipe.schedule = .cosine(minimum: 1e-4, epochs: 30)
    let configuration = configuration(loss)
    let section = try section(model(configuration))
    var run = TrainingRun(
      HiST.self, configuration, recipe, seed: 1, fixed: fixed, on: [section])
    let first = try run.takeStep().loss
    while !run.isFinished { _ = try run.takeStep() }
    #expect(run.epochLoss < 0.5 * first, "\(first) to \(run.epochLoss)")
    let checkpoint = run.checkpoint(
      genes: ["A", "B", "C"], normalization: .scanpy,
      TrainingProtocol(
        preset: "hist", without: [], trainedOn: [.init(section: "S", patient: "S")], heldOut: [],
        unit: .section, panel: "3", recipe: recipe, seed: 1, epoch: 30, epochRule: .last,
        isMonitored: false, threads: 2, version: "0.1.0"))
    let url = folder.url.appending(path: "hist.safetensors")
    try checkpoint.write(to: url, replacing: false)
    let network = try Checkpoint(reading: url).network(file: url.path)
    #expect((network as? HiST)?.configuration == configuration)
    let predicted = try network.predict(input, PredictionWork())
    #expect(predicted.array == run.prediction(of: section).array)
  }

  @Test func `a step of all sections normalizes over all, and an epoch has one`() throws {
    let model = model(configuration())
    let section = try section(model)
    var darker = input
    for index in darker.spots.indices { darker.spots[index].x += 3 }
    let other = try TrainingSection(
      darker, spots: Array(0..<16), expression: (0..<48).map { Float($0 % 5) },
      counts: (0..<48).map { Float($0 % 5) }, for: model)
    let pass = TrainingPass.normalizing
    let batch = [section, other].map { ($0, $0.sight.tensor) }
    let together = model.objective(batch, TrainingRecipe(), pass).total.item
    #expect(pass.statistics["Conv1.conv.1.num_batches_tracked"]?.item == 1)
    let alone = [section, other].map {
      model.objective($0, $0.sight.tensor, TrainingRecipe(), .normalizing).total.item
    }
    #expect(abs(together - (alone[0] + alone[1]) / 2) > 1e-5)
    let same = model.objective(
      [(section, batch[0].1), (section, batch[0].1)], TrainingRecipe(), .normalizing)
    #expect(abs(same.total.item - alone[0]) < 1e-5 * alone[0])
    for (sections, steps) in [(0, 1), (1, 3), (2, 2)] {
      var recipe = HiST.presets[0].recipe
      (recipe.batchSections, recipe.epochs) = (sections, 1)
      var run = TrainingRun(
        HiST.self, configuration(), recipe, seed: 1, fixed: fixed, on: [section, other, section])
      #expect(run.stepsPerEpoch == steps && run.stepCount == steps)
      var seen: [String] = []
      while !run.isFinished { seen.append(try run.takeStep().section) }
      #expect(seen.joined(separator: ", ") == "S, S, S" && seen.count == steps)
    }
  }

  @Test func `sizes that no network can be built of are refused`() throws {
    for settings: [String: JSON] in [
      ["widths": .array([.integer(4)])], ["mixerSide": .integer(4)],
      ["widths": .array([0, 1, 1, 1, 1].map { .integer($0) })], ["loss": .string("all")],
    ] {
      #expect(throws: ModelError.self) { try HiST.configuration(settings) }
    }
    #expect(try HiST.configuration(["loss": .string("tissue")]).loss == .tissue)
  }

  @Test func `tumour is learned from labels and told for each spot`() throws {
    let labels = Annotation(
      name: "pathologist", labels: (0..<16).map { $0 < 6 ? "cancer" : "fat" })
    let encoder = (settings: settings, weights: fixed)
    let section = try HiSTTumour.section(
      input, labels: labels, tumour: ["cancer"], encoder: encoder)
    var training = TumourTraining()
    (training.sizes.widths, training.sizes.mixers) = ([4, 6, 6, 8, 8], 1)
    training.sizes.mixerSide = 3
    (training.recipe.epochs, training.recipe.learningRate) = (30, 1e-2)
    training.recipe.loss = .tissue
    let tumour = try HiSTTumour.trained(on: [section], training, encoder: encoder)
    let predicted = try tumour.predict(input)
    #expect(predicted.isTumour == (0..<16).map { $0 < 6 })
    let again = try HiSTTumour(tumour.configuration, weights: tumour.weights)
    #expect(try again.predict(input) == predicted)
    let other = try EncoderSample.checkpoint(seed: 9).frozen(file: "b.safetensors")
    var wrong = other
    wrong["encoder.conv1.weight"] = nil
    #expect(throws: ModelError.self) {
      try HiSTTumour.trained(on: [section], training, encoder: (settings, wrong))
    }
  }
}
