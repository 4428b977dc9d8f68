import Sections
import TensorCore

extension Edges {
  /// STAGATE's graph: each spot's nearest, itself among them, an edge each way, and each spot to
  /// itself.
  ///
  /// Spots at equal distance come in their order; the release leaves that to scikit-learn.
  ///
  /// - Parameters:
  ///   - points: the spots' centres in pixels.
  ///   - count: the nearest of each, the spot itself counted; the authors take 8.
  public static func aroundEach(of points: [(x: Double, y: Double)], count: Int = 8) -> Edges {
    let nearest = Adjacency(nearestTo: points, count: max(count - 1, 0), ties: .stable)
    var targets = points.indices.map { Set([$0]) }
    for spot in points.indices {
      for other in nearest.neighbours(ofSpot: spot) {
        targets[spot].insert(other)
        targets[other].insert(spot)
      }
    }
    let pairs = targets.enumerated().flatMap { source, ends in
      ends.sorted().map { (source: source, target: $0) }
    }
    return Edges(pairs, rowCount: points.count)
  }
}

/// How HESpotEx's graph layers sum up what a spot's neighbours have.
public enum NeighbourSum: String, Codable, Sendable, CaseIterable {
  /// `(Σ zⱼ − zᵢ) / (n − 1)` over the `n` neighbours, as released: the spot itself is taken away from
  /// sums that never held it. With one neighbour, where that divides by 0, undivided.
  case released
  /// `Σ zⱼ / n`, the neighbours' mean.
  case mean
}

/// The four nearest spots of each, as HESpotEx's graph layers sum them up.
struct NeighbourSums: Sendable {
  /// From a spot's neighbours to it.
  let edges: Edges
  /// What each counts, `[edges]`.
  let shares: Tensor

  /// - Parameters:
  ///   - points: the spots' centres in pixels, of which the authors take the whole part.
  ///   - sum: how what neighbours have is summed up.
  init(of points: [(x: Double, y: Double)], _ sum: NeighbourSum, count: Int = 4) {
    let whole = points.map { (x: $0.x.rounded(.down), y: $0.y.rounded(.down)) }
    let nearest = Adjacency(nearestTo: whole, count: count)
    var pairs: [(source: Int, target: Int)] = []
    var shares: [Float] = []
    for spot in points.indices {
      let neighbours = nearest.neighbours(ofSpot: spot)
      let total = sum == .released ? neighbours.count - 1 : neighbours.count
      let share = 1 / Float(total == 0 ? 1 : total)
      for neighbour in neighbours {
        pairs.append((neighbour, spot))
        shares.append(share)
      }
      if sum == .released {
        pairs.append((spot, spot))
        shares.append(-share)
      }
    }
    // Made in the order of targets, which is that of the edges.
    edges = Edges(pairs, rowCount: points.count)
    self.shares = Tensor(shape: [shares.count], shares)
  }

  /// What each spot's neighbours have, `[spots, width]` in and out.
  func callAsFunction(_ values: Tensor) -> Tensor { edgeSums(values, shares, edges) }
}
