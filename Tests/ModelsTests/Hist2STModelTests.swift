import Foundation
import TensorCore
import TestSupport
import Testing

@testable import Models

/// Goldens: PyTorch 2.15 on the authors' code, seed 20240103, 16 spots of section C2.
@Suite struct Hist2STModelTests {
  let golden: Golden
  let patches, adjacency: Tensor
  let configuration: Hist2ST.Configuration

  init() throws {
    golden = try Golden("hist2st")
    patches = golden.patches([16, 3, 112, 112])
    adjacency = golden.input.tensor("adjacency")
    var configuration = Hist2ST.Configuration()
    (configuration.stemSide, configuration.channels, configuration.genes) = (14, 16, 13)
    (configuration.mixers, configuration.layers, configuration.graphLayers) = (2, 2, 3)
    (configuration.heads, configuration.distillations) = (2, 2)
    self.configuration = configuration
  }

  private func expect(_ actual: Tensor, _ name: String) {
    expectGolden(actual, golden.expected.tensor(name), tolerance: 1e-4, name)
  }

  /// The loss of the authors' training, and its parts.
  private func losses(
    _ model: Hist2ST, _ patches: Tensor, _ training: TrainingPass?
  ) -> (total: Tensor, mse: Tensor, zinb: Tensor, bake: Tensor) {
    let (x, y) = golden.positions
    func run(_ patches: Tensor) -> Hist2ST.Output {
      model(patches, x: x, y: y, adjacency: adjacency, training: training)
    }
    let output = run(patches)
    let copies = augmented.map(run)
    let counts = model.countDistribution(output.features)!
    let mse = meanSquaredError(
      output.expression, golden.input.tensor("expression").reshaped(to: [16, 13]))
    let zinb = zeroInflatedLoss(
      golden.input.tensor("counts").reshaped(to: [16, 13]), mean: counts.mean,
      dispersion: counts.dispersion, zeroShare: counts.zeroShare,
      sizeFactors: golden.input.tensor("size_factors").reshaped(to: [16]))
    let bake = meanSquaredError(model.distilled(copies)!, output.expression)
    return (mse + zinb * 0.25 + bake * 0.5, mse, zinb, bake)
  }

  /// The changed copies of the golden: patches turned by a quarter, and mirrored.
  private var augmented: [Tensor] {
    let (values, side) = (patches.array, 112)
    func changed(_ source: (_ i: Int, _ j: Int) -> Int) -> Tensor {
      let map = (0..<side * side).map { source($0 / side, $0 % side) }
      return Tensor(
        shape: patches.shape,
        (0..<values.count / map.count).flatMap { plane in
          map.map { values[plane * map.count + $0] }
        })
    }
    return [
      changed { i, j in j * side + side - 1 - i }, changed { i, j in i * side + side - 1 - j },
    ]
  }

  @Test func `every activation is the authors' within 1e-4`() throws {
    let model = try Hist2ST(configuration, weights: golden.weights)
    let (x, y) = golden.positions
    var maps = model.patchEmbedding(patches)
    expect(maps.slice(0..<2, along: 0), "patch_embedding.first2")
    expect(model.mixers[0].depthwise(maps, nil).slice(0..<2, along: 0), "convmixer0.dw.first2")
    for mixer in model.mixers { maps = mixer(maps, nil) }
    expect(maps.slice(0..<2, along: 0), "convmixer.out.first2")
    let down = model.encode(patches)
    expect(down, "down")
    var tokens = down + model.xEmbedding(x) + model.yEmbedding(y)
    expect(tokens, "transformer.in")
    for block in model.blocks { tokens = block(tokens, nil) }
    expect(tokens, "transformer.out")
    let layers = model.passed(tokens, along: adjacency)
    for (index, layer) in layers.enumerated() { expect(layer, "gnn\(index)") }
    expect(stack(model.memory(layers)), "jknet.lstm_out")
    let output = model(patches, x: x, y: y, adjacency: adjacency)
    expect(output.features, "vit.output")
    expect(output.expression, "output")
    let doubles = golden.expected.array("output.float64", as: Double.self)
    expectGolden(
      output.expression, Tensor(shape: [16, 13], doubles.map(Float.init)), tolerance: 1e-4,
      "float64")
    let counts = try #require(model.countDistribution(output.features))
    expect(counts.mean, "zinb.mean")
    expect(counts.dispersion, "zinb.disp")
    expect(counts.zeroShare, "zinb.pi")
    let copies = augmented.map { model($0, x: x, y: y, adjacency: adjacency) }
    for (index, copy) in copies.enumerated() {
      expect(copy.expression, "aug\(index).output")
      expect(try #require(model.weight(of: copy.features)), "aug\(index).coef")
    }
    expect(try #require(model.distilled(copies)), "distilled")
  }

  @Test(.enabled(if: SharedFiles.hasFixtures), arguments: ["eval.", "train."])
  func `every gradient is the authors' within 1e-3`(
    prefix: String
  ) throws {
    let weights = golden.trackedWeights
    let patches = patches.tracked()
    let model = try Hist2ST(configuration, weights: weights)
    let training =
      prefix == "train."
      ? TrainingPass(generator: SeededGenerator(seed: 0), dropsOut: false) : nil
    let losses = losses(model, patches, training)
    for (name, loss) in [
      ("loss", losses.total), ("mse", losses.mse), ("zinb", losses.zinb), ("bake", losses.bake),
    ] {
      expectGolden(loss, golden.gradients.tensor(prefix + name), tolerance: 1e-5, prefix + name)
    }
    expectGoldenGradients(
      of: losses.total, weights, patches: patches, golden.gradients, prefix: prefix)
    for name in golden.gradients.names where training != nil && name.hasPrefix("train.after.") {
      let moved = training!.statistics[String(name.dropFirst("train.after.".count))]!
      expectGolden(moved, golden.gradients.tensor(name), tolerance: 1e-4, name)
    }
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `losses of counts are the authors' within 1e-5`() {
    let stored = golden.gradients!
    expectGolden(
      zeroInflatedLoss(
        stored.tensor("zinb.x"), mean: stored.tensor("zinb.mean"),
        dispersion: stored.tensor("zinb.disp"), zeroShare: stored.tensor("zinb.pi"),
        sizeFactors: stored.tensor("zinb.size_factors")),
      stored.tensor("zinb.loss"), tolerance: 1e-5, "zinb")
    expectGolden(
      negativeBinomialLoss(
        stored.tensor("nb.x"), r: stored.tensor("nb.h_r"), p: stored.tensor("nb.h_p")),
      stored.tensor("nb.loss"), tolerance: 1e-5, "nb")
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `five steps of training have the authors' losses within 1e-4, weights within 1e-3`()
    throws
  {
    var weights = golden.weights
    var parameters = Parameters(listing: ())
    _ = Hist2ST(configuration, &parameters)
    let trained = parameters.declarations.filter(\.isTrained).map(\.name)
    let rates = golden.training.array("lrs", as: Double.self)
    var optimizer = Adam(learningRate: 0)
    for (step, expected) in golden.training.array("losses", as: Double.self).enumerated() {
      optimizer.learningRate = Float(rates[step])
      let tracked = weights.mapValues { $0.tracked() }
      let training = TrainingPass(generator: SeededGenerator(seed: 0), dropsOut: false)
      let model = try Hist2ST(configuration, weights: tracked)
      let loss = losses(model, patches, training).total
      #expect(abs(Double(loss.item) - expected) < 1e-4 * expected, "loss before step \(step + 1)")
      let gradients = loss.gradients(for: trained.map { tracked[$0]! })
      optimizer.update(&weights, Dictionary(uniqueKeysWithValues: zip(trained, gradients)))
      weights.merge(training.statistics) { $1 }
    }
    for name in golden.training.names where name.hasPrefix("step5.") {
      expectGolden(
        weights[String(name.dropFirst(6))]!, golden.training.tensor(name), tolerance: 1e-3, name)
    }
    let (x, y) = golden.positions
    let model = try Hist2ST(configuration, weights: weights)
    expectGolden(
      model(patches, x: x, y: y, adjacency: adjacency).expression,
      golden.training.tensor("after5.output_eval"), tolerance: 1e-3, "after five steps")
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `the full-size network has the authors' parameters`() throws {
    var parameters = Parameters(listing: ())
    _ = Hist2ST(Hist2ST.Configuration(), &parameters)
    #expect(shapes(parameters.declarations) == (try authorsParameters("hist2st")))
  }
}
