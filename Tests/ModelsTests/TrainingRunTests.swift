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
        network.expression(section, section.patches.tensor, nil).array
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
    #expect(
      training.summary
        == "trained on C3, B4; C2 held out by section; patient C seen in training; epoch 100 of "
        + "100, the last; preset histogene")
    let card = training.card.map { "\($0.label): \($0.text)" }
    #expect(card.contains("held out: C2, by section; patient C seen in training"))
    #expect(card.contains("recipe: adam, learning rate 1e-05"))
    #expect(!card.contains { $0.hasPrefix("watched") })
    training.trainedOn = [.init(section: "B4", patient: "B")]
    training.isMonitored = true
    (training.epochRule, training.epoch) = (.best, 7)
    let other = training.card.map { "\($0.label): \($0.text)" }
    #expect(other.contains("held out: C2, by section; no section of these patients in training"))
    #expect(other.contains("epoch: 7 of 100, the best on the held-out sections"))
    #expect(
      other.contains("watched: the score on the held-out sections was looked at in training"))
  }
}

@Suite struct TrainingRecipeTests {
  @Test func `presets have the published values`() throws {
    let thitogene = THItoGene.presets[0]
    #expect(thitogene.name == "thitogene" && thitogene.recipe.epochs == 300)
    #expect(thitogene.recipe.optimizer == .adam && thitogene.recipe.learningRate == 1e-5)
    #expect(thitogene.recipe.schedule == .constant && thitogene.recipe.weightDecay == 0)
    let histogene = HisToGene.presets[0]
    #expect(try HisToGene.configuration(histogene.settings).layers == 8)
    #expect(histogene.recipe.epochs == 100 && histogene.recipe.learningRate == 1e-5)
    let hist2st = Hist2ST.presets[0]
    #expect(hist2st.recipe.schedule == .step(factor: 0.9, every: 50))
    #expect(hist2st.recipe.epochs == 350 && hist2st.seed == 12_000)
    #expect(hist2st.recipe.countsWeight == 0.25 && hist2st.recipe.distillationWeight == 0.5)
    #expect(try Hist2ST.configuration(Hist2ST.presets[1].settings).pruning == .none)
  }

  @Test func `every preset is sound, its name unique in its model, and its network can be made`()
    throws
  {
    func check<Model: TrainableModel>(_ model: Model.Type) throws {
      #expect(Set(model.presets.map(\.name)).count == model.presets.count)
      for preset in model.presets {
        #expect(preset.recipe.isSound, "\(preset.name)")
        let configuration = try model.configuration(preset.settings)
        let names = model.declarations(configuration).map(\.name)
        #expect(names.contains("\(model.outputLayer).weight"), "\(preset.name)")
        #expect(names.contains("\(model.outputLayer).bias"), "\(preset.name)")
      }
    }
    for entry in modelCatalog {
      if let model = entry.model as? any TrainableModel.Type { try check(model) }
    }
  }

  @Test func `values are laid over a recipe by name, and nonsense is refused`() {
    let recipe = TrainingRecipe()
    #expect(recipe.overlaid(with: ["epochs": .integer(7)])?.epochs == 7)
    #expect(recipe.overlaid(with: ["optimizer": .string("sgd")])?.optimizer == .sgd)
    for nonsense: (String, JSON) in [
      ("epoch", .integer(7)), ("epochs", .integer(0)), ("learningRate", .number(0)),
      ("learningRate", .string("high")), ("averaging", .number(1)), ("optimizer", .string("lion")),
      ("colourJitter", .number(1)), ("weightDecay", .number(-1)),
      ("schedule", .object(["step": .object(["factor": .number(0.9), "every": .integer(0)])])),
    ] {
      #expect(recipe.overlaid(with: [nonsense.0: nonsense.1]) == nil, "\(nonsense)")
    }
  }
}

@Suite struct AblationTests {
  /// Each part left out of a small network: it has fewer parameters, runs, and learns.
  @Test(arguments: THItoGene.ablations.keys.sorted())
  func `THItoGene predicts and learns without each part`(part: String) throws {
    var sizes: [String: JSON] = [
      "layers": .integer(1), "width": .integer(8), "heads": .integer(1),
      "graphHeads": .integer(1), "capsules": .integer(2), "capsuleWidth": .integer(8),
      "graphHidden": .integer(8), "graphOutput": .integer(8), "headHidden": .integer(8),
      "positions": .integer(4), "genes": .integer(3),
    ]
    let whole = THItoGene.declarations(try THItoGene.configuration(sizes)).map(\.name)
    sizes.merge(try #require(THItoGene.ablations[part])) { $1 }
    let configuration = try THItoGene.configuration(sizes)
    var parameters = Parameters(generator: SeededGenerator(seed: 1))
    _ = THItoGene(configuration, &parameters)
    let names = parameters.declarations.map(\.name)
    let gone = Set(whole).subtracting(names)
    let prefixes = [
      "caps": "caps_layer.digit_caps", "odconv": "odconv2d", "vit": "vit.", "gat": "gat.",
    ]
    let prefix = try #require(prefixes[part])
    #expect(!gone.isEmpty && gone.allSatisfy { $0.hasPrefix(prefix) })

    let weights = parameters.values.mapValues { $0.tracked() }
    let model = try THItoGene(configuration, weights: weights)
    var generator = SeededGenerator(seed: 2)
    let patches = Tensor(
      shape: [4, 3, 112, 112],
      (0..<4 * 3 * 112 * 112).map { _ in Float(generator.nextIndex(below: 256)) })
    let adjacency = Tensor(shape: [4, 4], (0..<16).map { $0 % 5 == 0 ? 0 : 1 })
    let pass = TrainingPass(generator: generator)
    let places = [0, 1, 2, 3]
    let output = model(patches, x: places, y: places, adjacency: adjacency, training: pass)
    #expect(output.shape == [4, 3] && output.array.allSatisfy(\.isFinite))
    let trained = parameters.declarations.filter(\.isTrained).map(\.name)
    let gradients = mean(square(output)).gradients(for: trained.map { weights[$0]! })
    #expect(gradients.allSatisfy { $0.array.allSatisfy(\.isFinite) })
    // A checkpoint of such a network is known by its shapes alone.
    var found = try THItoGene.configuration(sizes)
    found.adopt(
      ParameterShapes(Dictionary(uniqueKeysWithValues: weights.map { ($0.key, $0.value.shape) })))
    #expect(found == configuration)
  }
}

@Suite struct PatchChangesTests {
  private func patches(_ order: Patches.Order) -> Patches {
    var window = RGBImage(width: 6, height: 6)
    for y in 0..<6 {
      for x in 0..<6 { window[x, y] = (UInt8(x * 40), UInt8(y * 40), UInt8(x + y)) }
    }
    return Patches(windows: [window, window], side: 6, order: order)
  }

  @Test(arguments: [Patches.Order.channelFirst, .channelLast])
  func `a plain recipe changes nothing, whatever the seed`(order: Patches.Order) {
    var generator = SeededGenerator(seed: 5)
    let patches = patches(order)
    #expect(patches.tensor(using: &generator).array == patches.values.map(Float.init))
  }

  @Test func `the eight symmetries are eight different ways to order the same places`() {
    let ways = (0..<PatchSymmetry.count).map { PatchSymmetry(number: $0).places(side: 4) }
    #expect(Set(ways).count == 8)
    #expect(ways[0] == Array(0..<16))
    for way in ways { #expect(way.sorted() == Array(0..<16)) }
  }

  @Test func `both orders of a patch are turned alike`() {
    var recipe = TrainingRecipe()
    recipe.symmetries = true
    recipe.colourJitter = 0.3
    for seed in 0..<64 {
      var (one, other) = (SeededGenerator(seed: UInt64(seed)), SeededGenerator(seed: UInt64(seed)))
      let first = patches(.channelFirst).tensor(recipe, using: &one).array
      let last = patches(.channelLast).tensor(recipe, using: &other).array
      for patch in 0..<2 {
        for channel in 0..<3 {
          for place in 0..<36 {
            #expect(
              first[patch * 108 + channel * 36 + place] == last[patch * 108 + place * 3 + channel])
          }
        }
      }
    }
  }

  @Test func `a stronger stain keeps white white and stays within the image's values`() {
    var recipe = TrainingRecipe()
    recipe.colourJitter = 0.5
    let white = Patches(
      windows: [RGBImage(width: 2, height: 2, pixels: Array(repeating: 255, count: 12))], side: 2,
      order: .channelFirst)
    for seed in 0..<64 {
      var generator = SeededGenerator(seed: UInt64(seed))
      #expect(white.tensor(recipe, using: &generator).array.allSatisfy { abs($0 - 255) < 1e-3 })
      let changed = patches(.channelFirst).tensor(recipe, using: &generator).array
      #expect(changed.allSatisfy { $0 >= -1 && $0 <= 255 })
    }
  }

  @Test func `Hist2ST's quarter turn and mirror are those of the authors' fixture`() throws {
    let golden = try Golden("hist2st")
    let patches = golden.patches([16, 3 * 112 * 112])
    func change(_ angle: Double, mirrored: Bool) -> [Float] {
      SectionChange(isGrey: false, angle: angle, isMirrored: mirrored)(patches, side: 112).array
    }
    let (values, side) = (patches.array, 112)
    func expected(_ source: (_ i: Int, _ j: Int) -> Int) -> [Float] {
      let map = (0..<side * side).map { source($0 / side, $0 % side) }
      return (0..<48).flatMap { plane in map.map { values[plane * map.count + $0] } }
    }
    #expect(change(0, mirrored: true) == expected { i, j in i * side + side - 1 - j })
    let turned = [Double.pi / 2, -Double.pi / 2].map { change($0, mirrored: false) }
    #expect(turned.contains(expected { i, j in j * side + side - 1 - i }))
  }

  @Test func `grey has the three colours' luminance, and what turns in from outside is black`() {
    let patches = Tensor(
      shape: [1, 12], [200, 200, 200, 200, 100, 100, 100, 100, 50, 50, 50, 50])
    let grey = SectionChange(isGrey: true, angle: 0, isMirrored: false)(patches, side: 2).array
    #expect(grey.allSatisfy { abs($0 - (0.2989 * 200 + 58.7 + 5.7)) < 1e-3 })
    let large = Tensor(shape: [1, 3 * 64], repeating: 9)
    let turned = SectionChange(isGrey: false, angle: .pi / 4, isMirrored: false)(large, side: 8)
    #expect(turned[0, 0] == 0 && turned[0, 8 * 4 + 4] == 9)
  }
}

@Suite struct PatchScalingTests {
  @Test func `white is nothing in optical density, and one in unit`() {
    let patches = Tensor(shape: [2], [255, 0])
    #expect(PatchScaling.raw(patches).array == [255, 0])
    #expect(PatchScaling.unit(patches).array == [1, 0])
    let density = PatchScaling.opticalDensity(patches).array
    #expect(density[0] == 0 && abs(density[1] - 5.5451774) < 1e-5)
  }
}
