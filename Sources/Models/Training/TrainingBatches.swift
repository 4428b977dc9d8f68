import Sections
import TensorCore

/// What the steps of each epoch see of the sections trained on, in an order by chance that belongs
/// to the seed and the epoch: one or several sections a step, or some spots of all.
struct TrainingBatches: Sendable {
  /// How many steps an epoch has; the last one sees what is left.
  let count: Int
  private let sections: [TrainingSection]
  /// How many sections or spots a step sees.
  private let size: Int
  private let seed: Int
  /// The spots of all sections, where spots are drawn.
  private let places: [(section: Int, spot: Int)]?

  init(_ sections: [TrainingSection], of recipe: TrainingRecipe, seed: Int) {
    (self.sections, self.seed) = (sections, seed)
    places =
      recipe.batchSpots == 0
      ? nil
      : sections.indices.flatMap { section in
        (0..<sections[section].spotCount).map { (section, $0) }
      }
    let wanted = places == nil ? recipe.batchSections : recipe.batchSpots
    let all = places?.count ?? sections.count
    size = wanted == 0 ? all : wanted
    count = (all + size - 1) / size
  }

  /// What a step of an epoch sees: sections, or some spots as one.
  func batch(_ step: Int, ofEpoch epoch: Int) -> [TrainingSection] {
    var generator = SeededGenerator(seed: UInt64(bitPattern: Int64(seed)), stream: -1 - epoch)
    let order = generator.order(of: places?.count ?? sections.count)
    let drawn = order[step * size..<min((step + 1) * size, order.count)]
    guard let places else { return drawn.map { sections[$0] } }
    return [
      TrainingSection(
        joining: drawn.map { (sections[places[$0].section], places[$0].spot) })
    ]
  }

  /// The patches of the first steps of the first epoch, as many as it has at most; none where a model
  /// sees features.
  func first(_ steps: Int) -> [Patches] {
    (0..<min(steps, count)).flatMap { batch($0, ofEpoch: 0) }.compactMap(\.sight.knownPatches)
  }
}
