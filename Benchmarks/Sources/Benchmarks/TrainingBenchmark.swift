import Models
import TensorCore

/// Times one step of training a full-size model on one section, ST-Net's on as many windows as spots: the forward pass with dropout and
/// the batch's statistics, the loss, all gradients, and Adam; `training.py` does the same with
/// PyTorch.
///
/// Prints a line a run: name, milliseconds, GFLOP, and MB of memory of the whole process at its
/// highest. The arithmetic counted is that of three forward passes: one forwards, and one each for
/// the gradients of what a layer reads and of its weights.
enum TrainingBenchmark: Benchmark {
  static let name = "training"
  static let usage = "<model> <spots> <runs>"

  static func run(_ arguments: [String]) throws {
    let numbers = arguments.dropFirst().compactMap { Int($0) }
    guard arguments.count == 3, numbers.count == 2,
      let model = [
        "THItoGene": thitogene, "HisToGene": histogene, "Hist2ST": hist2st, "STNet": stnet,
      ][
        arguments[0]]
    else { throw UsageError(description: "Usage: benchmarks \(name) \(usage)") }
    var trained = model(RandomSection(spots: numbers[0]))
    for run in -1..<numbers[1] {
      let product = bestProduct()
      let time = milliseconds { trained.step() }
      if run >= 0 {
        print("sgemm", product.milliseconds, product.gflop, 0)
        print(arguments[0], time, 3 * trained.gflop, Memory.peak)
      }
    }
  }

  /// A model in training: its weights and what its loss is.
  private struct Trained {
    /// The arithmetic of one step's forward passes.
    var gflop: Double
    var weights: [String: Tensor]
    /// The parameters that training moves.
    let names: [String]
    let loss: (_ weights: [String: Tensor], _ training: TrainingPass) -> Tensor
    var optimizer = Adam(learningRate: 1e-5)
    var steps: UInt64 = 0

    init(
      _ parameters: Parameters, gflop: Double,
      loss: @escaping (_ weights: [String: Tensor], _ training: TrainingPass) -> Tensor
    ) {
      self.gflop = gflop
      self.loss = loss
      weights = parameters.values
      names = parameters.declarations.filter(\.isTrained).map(\.name)
    }

    mutating func step() {
      steps += 1
      let training = TrainingPass(generator: SeededGenerator(seed: steps))
      let gradients = gradients(training)
      optimizer.update(&weights, gradients)
      weights.merge(training.statistics) { $1 }
    }

    /// By themselves, so that the model and the graph of its operations are gone before Adam begins.
    private func gradients(_ training: TrainingPass) -> [String: Tensor] {
      var tracked = weights
      for name in names { tracked[name] = weights[name]?.tracked() }
      let gradients = loss(tracked, training).gradients(
        for: names.map { tracked[$0]! }, keepingGraph: false)
      return Dictionary(uniqueKeysWithValues: zip(names, gradients))
    }
  }

  private static func thitogene(_ section: RandomSection) -> Trained {
    let configuration = THItoGene.Configuration()
    var parameters = Parameters(generator: SeededGenerator(seed: 2))
    _ = THItoGene(configuration, &parameters)
    let observed = section.expression(genes: configuration.genes)
    return Trained(
      parameters, gflop: Arithmetic.gflop(configuration, spots: section.spots)
    ) { weights, training in
      var parameters = Parameters(weights: weights)
      let model = THItoGene(configuration, &parameters)
      let predicted = model(
        section.patches, x: section.x, y: section.y, adjacency: section.adjacency,
        training: training)
      return meanSquaredError(predicted, observed)
    }
  }

  private static func histogene(_ section: RandomSection) -> Trained {
    let configuration = HisToGene.Configuration()
    var parameters = Parameters(generator: SeededGenerator(seed: 3))
    _ = HisToGene(configuration, &parameters)
    let flat = section.patches.reshaped(to: [section.spots, -1])
    let observed = section.expression(genes: configuration.genes)
    return Trained(
      parameters, gflop: Arithmetic.gflop(configuration, spots: section.spots)
    ) { weights, training in
      var parameters = Parameters(weights: weights)
      let model = HisToGene(configuration, &parameters)
      return meanSquaredError(model(flat, x: section.x, y: section.y, training: training), observed)
    }
  }

  /// The patches and five copies, which the network sees as they are: what changes copies is not
  /// timed here.
  private static func hist2st(_ section: RandomSection) -> Trained {
    let configuration = Hist2ST.Configuration()
    var parameters = Parameters(generator: SeededGenerator(seed: 4))
    _ = Hist2ST(configuration, &parameters)
    let observed = section.expression(genes: configuration.genes)
    let counts = section.counts(genes: configuration.genes)
    let sizeFactors = Tensor(shape: [section.spots], repeating: 1)
    let passes = 1 + configuration.distillations
    return Trained(
      parameters,
      gflop: Double(passes) * Arithmetic.gflop(configuration, spots: section.spots)
    ) { weights, training in
      var parameters = Parameters(weights: weights)
      let model = Hist2ST(configuration, &parameters)
      let outputs = (0..<passes).map { _ in
        model(
          section.patches, x: section.x, y: section.y, adjacency: section.adjacency,
          training: training)
      }
      let likely = model.countDistribution(outputs[0].features)!  // The default has the heads.
      let distilled = model.distilled(Array(outputs.dropFirst()))!
      let expected = meanSquaredError(outputs[0].expression, observed)
      let counted = zeroInflatedLoss(
        counts, mean: likely.mean, dispersion: likely.dispersion, zeroShare: likely.zeroShare,
        sizeFactors: sizeFactors)
      return expected + counted * 0.25
        + meanSquaredError(distilled, outputs[0].expression) * 0.5
    }
  }
  private static func stnet(_ section: RandomSection) -> Trained {
    let configuration = STNet.Configuration()
    var parameters = Parameters(generator: SeededGenerator(seed: 5))
    _ = STNet(configuration, &parameters)
    let windows = RandomSection.windows(section.spots)
    let observed = section.expression(genes: configuration.genes)
    return Trained(
      parameters, gflop: Arithmetic.gflop(configuration, windows: section.spots)
    ) { weights, training in
      var parameters = Parameters(weights: weights)
      return meanSquaredError(
        STNet(configuration, &parameters)(windows, training: training), observed)
    }
  }
}
