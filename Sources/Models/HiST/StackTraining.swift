import TensorCore

/// What a network reads of a patient.
public struct PatientStack: Sendable {
  /// The patient's name, for messages.
  public var name: String
  /// Maps on HiST's grid, `[maps, rows, columns]`: genes, tumour, features of tiles.
  public var maps: Tensor
  /// How much each cell counts in means over the slide, row by row; empty where all count alike.
  public var weights: [Float]
  /// Clinical values, such as age and stage; none for response.
  public var clinical: [Float]

  /// Makes a patient of its parts.
  public init(name: String, maps: Tensor, weights: [Float] = [], clinical: [Float] = []) {
    self.name = name
    self.maps = maps
    self.weights = weights
    self.clinical = clinical
  }

  /// Maps one after another in the release's order, each `[…, rows, columns]`: predicted genes, the
  /// tumour's mask, features of tiles. Those that are nil are left out.
  public static func maps(genes: Tensor?, tumour: Tensor?, features: Tensor?) -> Tensor {
    let parts = [genes, tumour, features].compactMap { maps in
      maps.map { $0.reshaped(to: [-1] + $0.shape.suffix(2)) }
    }
    return concatenate(parts, along: 0)
  }

  /// - Throws: unless all patients have maps of one shape and as many clinical values, all finite.
  static func check(_ patients: [PatientStack]) throws(ModelError) {
    guard let first = patients.first else {
      throw ModelError("There are no patients to train on. Name at least two.")
    }
    guard first.maps.rank == 3, first.maps.shape[1] >= 32, first.maps.shape[2] >= 32 else {
      throw ModelError(
        "Patient \(first.name) has maps of \(first.maps.shape), where at least 32 rows and columns are "
          + "needed. Give maps on the grid of 80 by 64.")
    }
    for patient in patients {
      guard patient.maps.shape == first.maps.shape, patient.clinical.count == first.clinical.count
      else {
        throw ModelError(
          "Patient \(patient.name) has maps of \(patient.maps.shape) and \(patient.clinical.count) "
            + "clinical values, \(first.name) \(first.maps.shape) and \(first.clinical.count). Give "
            + "all patients the same.")
      }
      let cells = patient.maps.shape[1] * patient.maps.shape[2]
      guard patient.weights.isEmpty || patient.weights.count == cells else {
        throw ModelError(
          "Patient \(patient.name) has \(patient.weights.count) weights for \(cells) cells. Give "
            + "one a cell, or none.")
      }
      guard firstNonFinite(in: [patient.maps]) == nil, patient.clinical.allSatisfy(\.isFinite),
        patient.weights.allSatisfy(\.isFinite)
      else {
        throw ModelError(
          "Patient \(patient.name) has a map, weight or clinical value that is no finite number. Leave the "
            + "patient out, or fill the value in.")
      }
    }
  }
}

/// What came of training on some patients and choosing among epochs by others.
public struct StackFold: Sendable {
  /// The patients that were kept out.
  public let validation: [Int]
  /// What the network says of them, `[patients, outputs]`.
  public let outputs: Tensor
  /// The epoch whose weights these are, from 1 on.
  public let epoch: Int
  /// How these weights score on the patients kept out; NaN where that cannot be told.
  public let score: Double
  /// The mean loss of each epoch's steps.
  public let losses: [Double]
  /// The network.
  public let network: ConvNeXtV2
  /// Its weights by name.
  public let weights: [String: Tensor]
}

/// Trains one network on some patients, and keeps the weights that score best on others.
struct StackTraining {
  let sizes: ConvNeXtV2.Sizes
  let recipe: StackRecipe
  let patients: [PatientStack]

  /// The maps `[patients, maps, rows, columns]` and clinical values of some patients.
  private func batch(_ members: [Int]) -> (maps: Tensor, clinical: Tensor?) {
    let values = members.flatMap { patients[$0].clinical }
    return (
      stack(members.map { patients[$0].maps }),
      values.isEmpty
        ? nil : Tensor(shape: [members.count, values.count / members.count], values)
    )
  }

  private func network(_ weights: [String: Tensor]) -> ConvNeXtV2 {
    var parameters = Parameters(weights: weights)
    return ConvNeXtV2(sizes, &parameters)
  }

  /// Runs all epochs.
  ///
  /// - Parameters:
  ///   - stream: which of the seed's sequences of random numbers is used; one a fold.
  ///   - loss: what a step makes small, of outputs `[patients, outputs]` and who they are of.
  ///   - score: how good the outputs of the patients kept out are; the higher, the better.
  func run(
    training: [Int], validation: [Int], stream: Int, _ work: PredictionWork,
    loss: (Tensor, [Int]) throws(ModelError) -> Tensor, score: (Tensor) -> Double
  ) throws(ModelError) -> StackFold {
    var generator = SeededGenerator(
      seed: UInt64(bitPattern: Int64(recipe.seed)), stream: stream)
    var parameters = Parameters(generator: generator)
    _ = ConvNeXtV2(sizes, &parameters)
    var weights = parameters.values
    let names = parameters.declarations.map(\.name)
    let firstRate = recipe.firstRate(training: training.count, validation: validation.count)
    var optimizer = AdamW(
      learningRate: Float(firstRate), weightDecay: Float(recipe.weightDecay))
    (optimizer.betas, optimizer.decayed) = ((0.9, 0.95), .severalAxesExceptBiases)
    let schedule = LearningRateSchedule.cosine(minimum: recipe.lastRate, epochs: recipe.epochs)
    let kept = batch(validation)
    var losses: [Double] = []
    var best: (epoch: Int, score: Double, weights: [String: Tensor], outputs: Tensor)?
    for epoch in 0..<recipe.epochs {
      try work.check()
      optimizer.learningRate = schedule.rate(atEpoch: epoch, from: firstRate)
      var sum = 0.0
      let batches = batches(of: training, using: &generator)
      for members in batches {
        let pass = TrainingPass(generator: SeededGenerator(seed: generator.next()))
        let (maps, clinical) = batch(members)
        let step = try MeasuredStep(names, of: weights, epoch: epoch) {
          (weights: [String: Tensor]) throws(ModelError) in
          try loss(network(weights)(maps, clinical: clinical, pass), members)
        }
        sum += step.loss
        optimizer.update(&weights, step.gradients)
      }
      losses.append(sum / Double(batches.count))
      work.report(Double(epoch + 1) / Double(recipe.epochs))
      guard epoch >= recipe.uncountedEpochs else { continue }
      let outputs = network(weights)(kept.maps, clinical: kept.clinical)
      let score = score(outputs)
      // A score that cannot be told is never better, but the first is kept.
      if best == nil || score > best!.score || best!.score.isNaN {
        best = (epoch + 1, score, weights, outputs)
      }
    }
    // There is a counted epoch, as the recipe was checked.
    return StackFold(
      validation: validation, outputs: best!.outputs, epoch: best!.epoch, score: best!.score,
      losses: losses, network: network(best!.weights), weights: best!.weights)
  }

  /// Patients of an epoch's steps: in the order given where all make one step, which the released loss
  /// of survival depends on, else in an order by chance.
  private func batches(of members: [Int], using generator: inout SeededGenerator) -> [[Int]] {
    let count = recipe.batches(of: members.count)
    guard count > 1 else { return [members] }
    let order = generator.order(of: members.count).map { members[$0] }
    return (0..<count).map { step in
      let start = step * recipe.patientsPerStep
      return Array(order[start..<min(start + recipe.patientsPerStep, order.count)])
    }
  }
}
