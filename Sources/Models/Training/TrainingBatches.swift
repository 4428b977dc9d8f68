import Sections
import TensorCore

/// What the steps of each epoch see of the sections trained on, in an order by chance that belongs
/// to the seed and the epoch: one section a step, or some spots of all.
struct TrainingBatches: Sendable {
  /// How many steps an epoch has; where spots are drawn, the last one sees what is left.
  let count: Int
  private let sections: [TrainingSection]
  /// How many spots a step sees; 0 for a whole section.
  private let spots: Int
  private let seed: Int
  /// The spots of all sections, where spots are drawn.
  private let places: [(section: Int, spot: Int)]

  init(_ sections: [TrainingSection], spots: Int, seed: Int) {
    (self.sections, self.spots, self.seed) = (sections, spots, seed)
    places =
      spots == 0
      ? []
      : sections.indices.flatMap { section in
        (0..<sections[section].spotCount).map { (section, $0) }
      }
    count = spots == 0 ? sections.count : (places.count + spots - 1) / spots
  }

  /// What a step of an epoch sees.
  func batch(_ step: Int, ofEpoch epoch: Int) -> TrainingSection {
    guard spots > 0 else { return sections[order(of: sections.count, inEpoch: epoch)[step]] }
    let drawn = order(of: places.count, inEpoch: epoch)
    return TrainingSection(
      joining: drawn[step * spots..<min((step + 1) * spots, drawn.count)].map { drawn in
        (sections[places[drawn].section], places[drawn].spot)
      })
  }

  /// The patches of the first steps of the first epoch, as many as it has at most.
  func first(_ steps: Int) -> [Patches] {
    (0..<min(steps, count)).map { batch($0, ofEpoch: 0).patches }
  }

  private func order(of count: Int, inEpoch epoch: Int) -> [Int] {
    // Epochs have the streams below 0, a run's steps those from 0 on.
    var generator = SeededGenerator(seed: UInt64(bitPattern: Int64(seed)), stream: -1 - epoch)
    var order = Array(0..<count)
    for last in order.indices.dropFirst().reversed() {
      order.swapAt(last, generator.nextIndex(below: last + 1))
    }
    return order
  }
}
