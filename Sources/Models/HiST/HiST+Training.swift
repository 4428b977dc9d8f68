import Sections
import TensorCore

extension HiST: TrainableModel {
  /// The release's, then Eosin's.
  public static let presets = [
    TrainingPreset(
      "hist", source: "released training script", normalization: .scanpy, seed: 42
    ) {
      $0.batchSections = 0
      ($0.learningRate, $0.epochs, $0.weightDecay) = (1e-3, 200, 1e-4)
      $0.schedule = .cosine(minimum: 1e-5, epochs: 200)
    },
    TrainingPreset(
      "sample", source: "Eosin's own, small enough to ship and quick to train",
      settings: [
        "widths": .array([16, 16, 24, 24, 32].map { .integer($0) }), "mixers": .integer(1),
        "mixerSide": .integer(3), "loss": .string("tissue"),
        "encoder": EncoderPreset.all[0].settings.json,
      ]
    ) { $0.followEosin(learningRate: 3e-3, epochs: 40) },
  ]

  /// The authors' `Conv_1x1`.
  public static let outputLayer = "Conv_1x1"

  /// Visium's array columns go to 127.
  public var positions: Int { 2 * TileGrid.columns }

  /// The features of the section's tiles, the last row those of a white one.
  public func sight(
    of input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> SectionSight {
    .features(try tiles(of: input, work))
  }

  /// Predicts `[spots, genes]` of a whole section.
  public func expression(
    _ section: TrainingSection, _ features: Tensor, _ training: TrainingPass?
  ) -> Tensor {
    let grid = section.tileGrid
    return grid.values(atSpotsOf: map(grid, features, training))
  }

  /// The squared error at the spots, or over all cells of the grid, 0 being right where there is no spot.
  public func objective(
    _ section: TrainingSection, _ features: Tensor, _ recipe: TrainingRecipe, _ pass: TrainingPass
  ) -> TrainingObjective {
    objective([(section, features)], recipe, pass)
  }

  /// The same, of sections whose grids go through the network together: its normalizations see all.
  /// Where the recipe turns patches by chance, the arrays are laid on the grid in other ways instead.
  public func objective(
    _ batch: [(section: TrainingSection, patches: Tensor)], _ recipe: TrainingRecipe,
    _ pass: TrainingPass
  ) -> TrainingObjective {
    let grids = batch.map {
      let grid = $0.section.tileGrid
      return recipe.symmetries ? grid.varied(using: &pass.generator) : grid
    }
    let features = zip(grids, batch).map { $0.features($1.patches) }
    let maps = network(concatenate(features, along: 0), pass)
      .split(batch.map { _ in 1 }, along: 0)
    return TrainingObjective(
      meanOf: batch.indices.map {
        TrainingObjective(squaredError: squaredError(batch[$0].section, grids[$0], maps[$0]))
      })
  }

  private func squaredError(
    _ section: TrainingSection, _ grid: TileGrid, _ map: Tensor
  ) -> Tensor {
    let targets = grid.targetCells(configuration.targetRow)
    let atSpots = section.squaredError(TileGrid.values(of: map, at: targets))
    let others = Set(0..<TileGrid.cellCount).subtracting(targets).sorted()
    guard configuration.loss == .padded, !others.isEmpty else { return atSpots }
    let elsewhere = mean(square(TileGrid.values(of: map, at: others)))
    let share = Float(targets.count) / Float(TileGrid.cellCount)
    return atSpots * share + elsewhere * (1 - share)
  }
}

extension TrainingSection {
  /// Where its spots lie on HiST's grid.
  fileprivate var tileGrid: TileGrid {
    let spots = zip(x, y).map { Spot(id: "\($0)x\($1)", column: $0, row: $1, x: 0, y: 0) }
    do { return try TileGrid(spots, sectionName: name) } catch {
      preconditionFailure("a section is laid on the grid before it is encoded: \(error)")
    }
  }
}
