import Sections
import TensorCore

extension HESpotEx: TrainableModel {
  /// The authors', then Eosin's.
  ///
  /// The authors keep the weights of the epoch that scores best on the **test** section, by the mean
  /// correlation over genes. That is the rule `best` of a training's epoch rules: the score on that
  /// section is then no score on unseen tissue, but the largest of fifty. The last epoch is kept unless
  /// it is asked for by name.
  public static let presets = [
    TrainingPreset("hespotex", source: "released training script", normalization: .hespotex) {
      $0.optimizer = .adamW
      ($0.learningRate, $0.weightDecay, $0.epochs) = (1e-3, 1e-3, 50)
    },
    TrainingPreset(
      "sample", source: "Eosin's own, quick to train",
      settings: [
        "latent": .integer(32), "hidden": .integer(128), "neighbours": .string("mean"),
        "nuclei": .string("stain"), "windowPitches": .number(1),
        "autoencoderHidden": .integer(32), "autoencoderEpochs": .integer(100),
        "tying": .string("summed"), "encoder": EncoderPreset.all[0].settings.json,
      ]
    ) {
      $0.optimizer = .adamW
      ($0.learningRate, $0.weightDecay, $0.epochs) = (2e-3, 1e-3, 400)
      $0.schedule = .cosine(minimum: 2e-5, epochs: 400)
      $0.beginsAtMeans = true
      $0.longestGradient = 1
    },
  ]

  /// The authors' `gene_head.3`.
  public static let outputLayer = "gene_head.3"

  /// The features of the section's spots; nothing else is told of them.
  public func surroundings(
    of input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> (any Sendable)? {
    try known(of: input, work)
  }

  /// Trains STAGATE on the expression of the sections, one after another, and keeps what it makes of
  /// each spot for the latent to resemble. Nothing is done where that is there already.
  public static func prepare(
    _ sections: inout [TrainingSection], _ configuration: Configuration, seed: Int,
    _ work: PredictionWork
  ) throws(ModelError) {
    guard sections.contains(where: { known(of: $0).embedding == nil }) else { return }
    var sizes = STAGATE.Configuration(genes: configuration.genes)
    (sizes.hidden, sizes.latent) = (configuration.autoencoderHidden, configuration.latent)
    var autoencoder = STAGATETraining(sizes, tying: configuration.tying, seed: seed)
    let embeddings = try autoencoder.embeddings(
      of: sections.map { ($0.expression, .aroundEach(of: known(of: $0).points)) },
      epochs: configuration.autoencoderEpochs, work)
    for (place, embedding) in embeddings.enumerated() {
      var known = known(of: sections[place])
      known.embedding = embedding
      sections[place].surroundings = known
    }
  }

  /// Predicts `[spots, genes]` of a whole section from its features.
  public func expression(
    _ section: TrainingSection, _ features: Tensor, _ training: TrainingPass?
  ) -> Tensor {
    output(section, features, training).expression
  }

  /// `(1 − mean over spots of Pearson(embedding, latent))` and the squared error.
  public func objective(
    _ section: TrainingSection, _ features: Tensor, _ recipe: TrainingRecipe,
    _ pass: TrainingPass
  ) -> TrainingObjective {
    guard let embedding = Self.known(of: section).embedding else {
      preconditionFailure("section \(section.name) was not prepared")
    }
    let output = output(section, features, pass)
    return TrainingObjective(
      squaredError: section.squaredError(output.expression),
      with: [("latent", latentDissimilarity(output.latent, embedding), 1)])
  }

  private func output(
    _ section: TrainingSection, _ features: Tensor, _ training: TrainingPass?
  ) -> HESpotExHead.Output {
    let known = Self.known(of: section)
    return head(
      features, known.neighbours, scale: known.scale, isTrained: training != nil)
  }

  private static func known(of section: TrainingSection) -> Surroundings {
    guard let known = section.surroundings as? Surroundings else {
      preconditionFailure("section \(section.name) was made for another model")
    }
    return known
  }
}

/// `1 − mean over rows of Pearson(x, y)`, a scalar: 0 where each row of one rises with the other's.
///
/// Shape: `[spots, width]` both. Moments are the population's. A row that is constant on either side
/// counts as uncorrelated, 0, and gets no gradient.
func latentDissimilarity(_ x: Tensor, _ y: Tensor) -> Tensor {
  func directions(_ x: Tensor) -> Tensor {
    let deviations = x - mean(x, over: [1], keepingAxes: true)
    // 0 where a row is constant, which stops its gradient too; else 1.
    let varies = clamp(norm(deviations.detached) * 1e30, 0, 1)  // [spots, 1]
    return normalizedRows(deviations * varies)
  }
  let products = directions(x) * directions(y)  // [spots, width]
  return 1 - sum(products) * (1 / Float(max(x.shape[0], 1)))
}
