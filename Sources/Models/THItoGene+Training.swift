import Sections
import TensorCore

extension THItoGene: TrainableModel {
  /// The paper's two, then Eosin's.
  ///
  /// `eosin` differs from the paper's where that scored better on a section held out of B4, C3, C4 and
  /// C5: patches from the image at a quarter, which reach beyond the spot; optical densities; batch
  /// normalization by the section that is predicted; no graph attention, which leaves the spot itself
  /// out; a smaller network with more dropout; places that begin at nothing; targets within sections,
  /// half their neighbours'; patches turned and stains changed by chance; a higher rate, and averages
  /// of weights.
  public static let presets = [
    TrainingPreset("thitogene", source: "released training script, HER2+; bbad464") {
      $0.epochs = 300
    },
    TrainingPreset(
      "thitogene-cscc", source: "released training script, cSCC; bbad464",
      settings: ["layers": .integer(8)]
    ) { $0.epochs = 300 },
    TrainingPreset(
      "eosin",
      source: "Eosin's own; found on HER2+ B4, C3, C4 and C5, C3 held out, without a look at C2",
      settings: [
        "layers": .integer(1), "heads": .integer(4), "width": .integer(128),
        "capsules": .integer(8), "capsuleWidth": .integer(32), "graphHeads": .integer(0),
        "headHidden": .integer(256), "dropoutRate": .number(0.4), "reduction": .integer(4),
        "scaling": .string("opticalDensity"), "normalizesBySection": .bool(true),
      ]
    ) {
      $0.followEosin(learningRate: 1e-3, epochs: 60)
      $0.smoothing = 0.5
      $0.colourJitter = 0.15
      $0.averaging = 0.9
    },
    TrainingPreset(
      "sample", source: "Eosin's own, small enough to ship and quick to train",
      settings: [
        "layers": .integer(1), "heads": .integer(2), "width": .integer(64),
        "capsules": .integer(8), "capsuleWidth": .integer(16), "graphHeads": .integer(2),
        "graphHidden": .integer(32), "graphOutput": .integer(64), "headHidden": .integer(128),
        "scaling": .string("opticalDensity"), "normalizesBySection": .bool(true),
      ]
    ) { $0.followEosin(learningRate: 1e-3, epochs: 80) },
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
