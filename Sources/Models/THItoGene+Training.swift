import Sections
import TensorCore

extension THItoGene: TrainableModel {
  /// The paper's two, then Eosin's.
  public static let presets = [
    TrainingPreset("thitogene", source: "released training script, HER2+; bbad464") {
      $0.epochs = 300
    },
    TrainingPreset(
      "thitogene-cscc", source: "released training script, cSCC; bbad464",
      settings: ["layers": .integer(8)]
    ) { $0.epochs = 300 },
    TrainingPreset(
      "sample", source: "Eosin's own, small enough to ship and quick to train",
      settings: [
        "layers": .integer(1), "heads": .integer(2), "width": .integer(64),
        "capsules": .integer(8), "capsuleWidth": .integer(16), "graphHeads": .integer(2),
        "graphHidden": .integer(32), "graphOutput": .integer(64), "headHidden": .integer(128),
        "scaling": .string("opticalDensity"),
      ]
    ) { $0.followEosin(learningRate: 2e-3, epochs: 60) },
  ]

  /// The parts whose worth Figure 3 of the paper shows. The released code has no such switches: here
  /// dynamic kernels give way to plain ones, capsules to a linear layer on the same convolutions, and
  /// the transformer and the graph attention to nothing.
  public static let ablations: [String: [String: JSON]] = [
    "caps": ["routesCapsules": .bool(false)], "odconv": ["dynamicKernels": .bool(false)],
    "vit": ["layers": .integer(0)], "gat": ["graphHeads": .integer(0)],
  ]

  /// The authors' `gene_head.3`.
  public static let outputLayer = "gene_head.3"

  /// As configured.
  public var positions: Int { configuration.positions }

  /// Predicts `[spots, genes]` of a whole section.
  public func expression(
    _ section: TrainingSection, _ patches: Tensor, _ training: TrainingPass?
  ) -> Tensor {
    let side = Self.patchSidePixels
    return self(
      patches.reshaped(to: [-1, 3, side, side]), x: section.x, y: section.y,
      adjacency: section.adjacency, training: training)
  }
}
