import Sections
import TensorCore

extension HisToGene: TrainableModel {
  /// The tutorial's, then Eosin's.
  public static let presets = [
    TrainingPreset(
      "histogene", source: "released tutorial, HER2+; bioRxiv 2021.11.28.470212",
      settings: ["layers": .integer(8)]
    ) { $0.epochs = 100 },
    TrainingPreset(
      "sample", source: "Eosin's own, small enough to ship and quick to train",
      settings: [
        "patchSidePixels": .integer(56), "width": .integer(32), "layers": .integer(2),
        "heads": .integer(2), "scaling": .string("opticalDensity"),
      ]
    ) { $0.followEosin(learningRate: 1e-3, epochs: 100) },
  ]

  /// The authors' `gene_head.1`.
  public static let outputLayer = "gene_head.1"

  /// As configured.
  public var positions: Int { configuration.positions }

  /// Predicts `[spots, genes]` of a whole section.
  public func expression(
    _ section: TrainingSection, _ patches: Tensor, _ training: TrainingPass?
  ) -> Tensor {
    self(patches, x: section.x, y: section.y, training: training)
  }
}
