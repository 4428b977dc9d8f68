import Foundation
import Images
import Sections
import TensorCore
import TestSupport
import Testing

@testable import Models

@Suite struct TrainingRunTests {
  /// Two sections of 16 spots, darker from spot to spot, with three genes that follow and one that
  /// does not.
  private func sections(
    for model: some TrainableModel, in folder: TemporaryFolder
  ) throws -> [TrainingSection] {
    try (0..<2).map { number in
      let image = folder.url.appending(path: "\(number).png")
      var picture = RGBImage(width: 160, height: 160)
      for y in 0..<160 {
        for x in 0..<160 {
          let spot = y / 40 * 4 + x / 40
          let value = UInt8(60 + 10 * spot + x % 7 + number)
          picture[x, y] = (value, value / 2, 255 - value)
        }
      }
      try picture.writePNG(to: image)
      let spots = (0..<16).map {
        Spot(
          id: "\($0)", column: $0 % 4, row: $0 / 4, x: Double($0 % 4 * 40 + 20),
          y: Double($0 / 4 * 40 + 20))
      }
      let counts: [Float] = (0..<16).flatMap { (spot: Int) -> [Float] in
        [Float(spot), Float(20 - spot), 3, Float(spot * 7 % 5)]
      }
      return try TrainingSection(
        SectionInput(
          sectionName: "S\(number)", spots: spots, image: try ImageFile(opening: image),
          pitchPixels: 40),
        spots: Array(0..<16), expression: counts.map { $0 / 10 + Float(number) }, counts: counts,
        for: model)
    }
  }

  private static let small: [String: JSON] = [
    "patchSidePixels": .integer(8), "width": .integer(16), "layers": .integer(1),
    "heads": .integer(1), "positions": .integer(8), "genes": .integer(4),
  ]

  private func run(
    _ folder: TemporaryFolder, seed: Int = 3, _ change: (inout TrainingRecipe) -> Void = { _ in }
  ) throws -> TrainingRun<HisToGene> {
    let configuration = try HisToGene.configuration(Self.small)
    var recipe = TrainingRecipe()
    recipe.learningRate = 1e-3
    recipe.epochs = 4
    change(&recipe)
    var parameters = Parameters(listing: ())
    return TrainingRun(
      HisToGene.self, configuration, recipe, seed: seed,
      on: try sections(for: HisToGene(configuration, &parameters), in: folder))
  }

  private func bits(_ run: TrainingRun<HisToGene>) throws -> [[UInt32]] {
    run.weights.sorted { $0.key < $1.key }.map { $0.value.array.map(\.bitPattern) }
  }

  /// Every kind of thing that a step draws or remembers.
  private static let recipes: [@Sendable (inout TrainingRecipe) -> Void] = [
    { _ in },
    {
      $0.symmetries = true
      $0.colourJitter = 0.2
      $0.averaging = 0.9
      $0.longestGradient = 1
    },
    {
      $0.optimizer = .adamW
      $0.weightDecay = 0.1
      $0.target = .withinSections
      $0.beginsAtMeans = true
      $0.schedule = .cosine(minimum: 0, epochs: 4)
    },
    {
      $0.optimizer = .sgd
      $0.learningRate = 1e-6
      $0.schedule = .step(factor: 0.5, every: 1)
    },
  ]

  @Test(arguments: 0..<4)
  func `a run stopped after any step and gone on with has the same weights to the bit`(
    recipe: Int
  ) throws {
    let folder = try TemporaryFolder()
    var whole = try run(folder, Self.recipes[recipe])
    while !whole.isFinished { _ = try whole.takeStep() }
    #expect(whole.step == 8 && whole.epoch == 4)
    let state = folder.url.appending(path: "state.safetensors")
    for stop in 0..<8 {
      var first = try run(folder, Self.recipes[recipe])
      for _ in 0..<stop { _ = try first.takeStep() }
      try first.writeState(to: state)
      _ = try first.takeStep()  // Done after the save, and lost.
      var second = try run(folder, Self.recipes[recipe])
      try second.restore(from: state)
      #expect(second.step == stop)
      while !second.isFinished { _ = try second.takeStep() }
      #expect(try bits(second) == bits(whole), "stopped after step \(stop)")
      #expect(second.averages.mapValues(\.array) == whole.averages.mapValues(\.array))
      #expect(second.epochLoss == whole.epochLoss)
    }
  }

  @Test func `another seed gives other weights, the same seed the same`() throws {
    let folder = try TemporaryFolder()
    func trained(_ seed: Int) throws -> [[UInt32]] {
      var run = try run(folder, seed: seed)
      for _ in 0..<3 { _ = try run.takeStep() }
      return try bits(run)
    }
    #expect(try trained(1) == trained(1))
    #expect(try trained(1) != trained(2))
  }

  @Test func `every section is seen once an epoch, in an order that changes`() throws {
    let folder = try TemporaryFolder()
    var run = try run(folder) { $0.epochs = 12 }
    var orders: [[String]] = []
    for _ in 0..<12 { orders.append([try run.takeStep().section, try run.takeStep().section]) }
    #expect(orders.allSatisfy { Set($0) == ["S0", "S1"] })
    #expect(Set(orders).count == 2)
  }

  @Test func `training makes the loss smaller`() throws {
    let folder = try TemporaryFolder()
    var run = try run(folder) { $0.epochs = 40 }
    let first = try run.takeStep().loss
    while !run.isFinished { _ = try run.takeStep() }
    #expect(run.epochLoss < first / 4)
  }

  @Test func `a step that leaves the numbers is refused, naming the layer where it began`() throws {
    let folder = try TemporaryFolder()
    var run = try run(folder)
    _ = try run.takeStep()
    _ = try run.takeStep()
    let name = "vit.transformer.layers.0.0.fn.to_qkv.weight"
    let shape = try #require(run.weights[name]?.shape)
    run.weights[name] = Tensor(shape: shape, repeating: .infinity)
    let error = #expect(throws: TrainingFailure.self) { try run.takeStep() }
    #expect(error?.step == 3 && error?.epoch == 2)
    #expect(error?.layer == "vit.transformer.layers.0.0.fn.to_qkv")
    #expect(
      error?.description.hasPrefix("Training stopped at step 3, in epoch 2: the loss is ") == true)
    #expect(run.step == 2)
  }

  @Test func `a learning rate that is far too high ends the run with its step`() throws {
    let folder = try TemporaryFolder()
    var run = try run(folder) {
      $0.optimizer = .sgd
      $0.learningRate = 1e12
    }
    #expect(throws: TrainingFailure.self) { while !run.isFinished { _ = try run.takeStep() } }
  }

  @Test func `a state of another network, optimizer or kind of file is refused`() throws {
    let folder = try TemporaryFolder()
    let state = folder.url.appending(path: "state.safetensors")
    var adam = try run(folder)
    _ = try adam.takeStep()
    try adam.writeState(to: state)
    var descent = try run(folder) { $0.optimizer = .sgd }
    let other = #expect(throws: CheckpointError.self) { try descent.restore(from: state) }
    #expect(other?.description.contains("not of this optimizer") == true)
    #expect(descent.step == 0)
    try Safetensors.write([], to: state, replacing: true)
    let plain = #expect(throws: CheckpointError.self) { try adam.restore(from: state) }
    #expect(plain?.description.contains("holds no state of a run") == true)
    #expect(adam.step == 1)
  }

  @Test func `targets within sections have the gene's mean over all and one deviation`() throws {
    let folder = try TemporaryFolder()
    let configuration = try HisToGene.configuration(Self.small)
    var parameters = Parameters(listing: ())
    var both = try sections(for: HisToGene(configuration, &parameters), in: folder)
    let before = TrainingSection.means(both)
    let plain = both[0].squaredError(both[1].expression)
    #expect(abs(plain.item - 1) < 1e-5)  // The sections differ by a level of 1.
    TrainingSection.center(&both)
    for (mean, centred) in zip(before, TrainingSection.means([both[0]])) {
      #expect(abs(mean - centred) < 1e-5)
    }
    #expect(both[0].squaredError(both[1].expression).item < 1e-9)
    // Predicting the mean costs the variance, which is 1 in each gene's own units; a constant gene
    // costs nothing.
    let means = Tensor(shape: [1, 4], before.map(Float.init)) + Tensor.zeros([16, 4])
    #expect(abs(both[0].squaredError(means).item - 0.75) < 1e-4)
  }

  @Test func `smoothed targets are mixed with their neighbours' mean, and keep a constant gene`()
    throws
  {
    let folder = try TemporaryFolder()
    let configuration = try HisToGene.configuration(Self.small)
    var parameters = Parameters(listing: ())
    let plain = try sections(for: HisToGene(configuration, &parameters), in: folder)[0]
    var smooth = plain
    smooth.smooth(0.5)
    for spot in 0..<16 {
      let neighbours = (0..<16).filter { plain.adjacency[spot, $0] == 1 }
      for gene in 0..<4 {
        let mean =
          neighbours.reduce(0) { $0 + plain.expression[$1, gene] } / Float(neighbours.count)
        let expected = plain.expression[spot, gene] / 2 + mean / 2
        #expect(abs(smooth.expression[spot, gene] - expected) < 1e-5)
      }
    }
    smooth.smooth(0)
    #expect(abs(smooth.expression[3, 2] - plain.expression[3, 2]) < 1e-6)
  }

  @Test func `places that begin at nothing leave the prediction to the image`() throws {
    let folder = try TemporaryFolder()
    let run = try run(folder) { $0.positionScale = 0 }
    #expect(run.weights["x_embed.weight"]?.array.allSatisfy { $0 == 0 } == true)
    #expect(run.weights["y_embed.weight"]?.array.allSatisfy { $0 == 0 } == true)
  }

  @Test func `the checkpoint of a run predicts what the run predicts`() throws {
    let folder = try TemporaryFolder()
    for averaging in [0.0, 0.5] {
      var run = try run(folder) { $0.averaging = averaging }
      for _ in 0..<3 { _ = try run.takeStep() }
      var parameters = Parameters(listing: ())
      let section = try sections(for: HisToGene(run.configuration, &parameters), in: folder)[0]
      let url = folder.url.appending(path: "\(averaging).safetensors")
      let training = protocolOfTests(epoch: run.epoch)
      try run.checkpoint(genes: ["A", "B", "C", "D"], normalization: .released, training)
        .write(to: url, replacing: false)
      let read = try Checkpoint(reading: url)
      let network = try #require(read.network(file: url.path) as? HisToGene)
      #expect(
        network.expression(section, section.sight.tensor, nil).array
          == run.prediction(of: section).array)
      #expect(TrainingProtocol(read.trainingProtocol) == training)
      #expect(read.protocolSummary == training.summary)
    }
  }

  private func protocolOfTests(epoch: Int) -> TrainingProtocol {
    TrainingProtocol(
      preset: "histogene", without: [],
      trainedOn: [.init(section: "C3", patient: "C"), .init(section: "B4", patient: "B")],
      heldOut: [.init(section: "C2", patient: "C")], unit: .section, panel: "4, the list four",
      recipe: TrainingRecipe(), seed: 0, epoch: epoch, epochRule: .last, isMonitored: false,
      threads: 2, version: "0.1.0")
  }

  @Test func `the card says that the patient was seen in training`() {
    var training = protocolOfTests(epoch: 100)
    #expect(!training.card.contains { $0.label == "network" })
    training.network = [:]
    #expect(
      training.summary
        == "trained on C3, B4; C2 held out by section; patient C seen in training; epoch 100 of "
        + "100, the last; preset histogene")
    let card = training.card.map { "\($0.label): \($0.text)" }
    #expect(card.contains("held out: C2, by section; patient C seen in training"))
    #expect(card.contains("recipe: adam, learning rate 1e-05"))
    #expect(card.contains("network: the authors' sizes"))
    #expect(!card.contains { $0.hasPrefix("watched") })
    training.trainedOn = [.init(section: "B4", patient: "B")]
    training.isMonitored = true
    training.network = ["layers": "2", "scaling": "\"unit\""]
    (training.epochRule, training.epoch) = (.best, 7)
    let other = training.card.map { "\($0.label): \($0.text)" }
    #expect(other.contains("held out: C2, by section; no section of these patients in training"))
    #expect(other.contains("network: the authors' but for layers 2, scaling unit"))
    #expect(other.contains("epoch: 7 of 100, the best on the held-out sections"))
    #expect(
      other.contains("watched: the score on the held-out sections was looked at in training"))
  }
}
