import Sections
import TensorCore

extension Hist2ST: TrainableModel {
  /// The paper's two, then Eosin's.
  public static let presets = [
    TrainingPreset(
      "hist2st", source: "released training script, HER2+; bbac297", seed: 12_000, published),
    TrainingPreset(
      "hist2st-cscc", source: "released training script, cSCC; bbac297",
      settings: ["pruning": .string("none")], seed: 12_000, published),
    TrainingPreset(
      "sample", source: "Eosin's own, small enough to ship and quick to train",
      settings: [
        "stemSide": .integer(14), "channels": .integer(8), "layers": .integer(2),
        "heads": .integer(2), "distillations": .integer(2), "scaling": .string("opticalDensity"),
        "normalizesBySection": .bool(true),
      ]
    ) {
      $0.followEosin(learningRate: 1e-3, epochs: 60)
      $0.countsWeight = 0.02
    },
  ]

  private static func published(_ recipe: inout TrainingRecipe) {
    recipe.epochs = 350
    recipe.schedule = .step(factor: 0.9, every: 50)
  }

  /// The authors' `gene_head.1`.
  public static let outputLayer = "gene_head.1"

  /// As configured.
  public var pruning: Adjacency.Pruning { configuration.pruning }

  /// As configured.
  public var positions: Int { configuration.positions }

  /// Predicts `[spots, genes]` of a whole section.
  public func expression(
    _ section: TrainingSection, _ patches: Tensor, _ training: TrainingPass?
  ) -> Tensor {
    output(section, patches, training).expression
  }

  /// The squared error, the likelihood of the counts, and how far the prediction is from what changed
  /// copies of the patches give. Gradients flow through both sides of the last, as released.
  public func objective(
    _ section: TrainingSection, _ patches: Tensor, _ recipe: TrainingRecipe, _ pass: TrainingPass
  ) -> TrainingObjective {
    let clean = output(section, patches, pass)
    var others: [(name: String, loss: Tensor, weight: Float)] = []
    if recipe.countsWeight > 0, let loss = countsLoss(clean.features, section) {
      others.append(("counts", loss, Float(recipe.countsWeight)))
    }
    if recipe.distillationWeight > 0, configuration.distillations > 0 {
      let copies = (0..<configuration.distillations).map { _ in
        let change = SectionChange(using: &pass.generator)
        return output(section, change(patches, side: configuration.patchSidePixels), pass)
      }
      if let distilled = distilled(copies) {
        others.append(
          (
            "distillation", meanSquaredError(distilled, clean.expression),
            Float(recipe.distillationWeight)
          ))
      }
    }
    return TrainingObjective(
      squaredError: section.squaredError(clean.expression), with: others)
  }

  private func output(
    _ section: TrainingSection, _ patches: Tensor, _ training: TrainingPass?
  ) -> Output {
    let side = configuration.patchSidePixels
    return self(
      patches.reshaped(to: [-1, 3, side, side]), x: section.x, y: section.y,
      adjacency: section.adjacency, training: training)
  }

  private func countsLoss(_ features: Tensor, _ section: TrainingSection) -> Tensor? {
    if let counts = countDistribution(features) {
      return zeroInflatedLoss(
        section.counts, mean: counts.mean, dispersion: counts.dispersion,
        zeroShare: counts.zeroShare, sizeFactors: section.sizeFactors)
    }
    return negativeBinomial(features).map {
      negativeBinomialLoss(section.counts, r: $0.r, p: $0.p)
    }
  }
}
