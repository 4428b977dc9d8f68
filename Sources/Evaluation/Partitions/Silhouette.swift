/// How much nearer each spot lies to its own cluster than to the nearest other one.
///
/// With a the mean Euclidean distance to the other spots of its cluster and b the lowest mean
/// distance to the spots of another: `s = (b − a) / max(a, b)`. Range: −1...1; 1 for a spot deep in
/// its cluster, 0 between two, below 0 for one that lies nearer to another cluster.
///
/// Distances are taken from differences in single precision and added up in double precision:
/// absolute error about 1e-6. Spots are shared among the cores; the values do not depend on how.
///
/// Source: Rousseeuw, J. Comput. Appl. Math. 1987; scikit-learn's `silhouette_samples` and
/// `silhouette_score`.
/// Edge cases: 0 for a spot alone in its cluster, and where all distances are 0. With fewer than two
/// clusters there is no other one: every value and the mean are NaN, where scikit-learn throws. It
/// throws as well when each spot is a cluster of its own; here all values are 0. Block values must
/// be finite.
public struct Silhouette: Sendable, Hashable {
  /// Each spot's value.
  public let values: [Double]
  /// The mean over all spots; NaN without spots.
  public let mean: Double

  /// Takes a block `[spots, dimensions]`, row by row, and each spot's cluster, any whole number.
  public init(of block: [Float], spots: Int, dimensions: Int, clusters: [Int]) {
    precondition(
      block.count == spots * dimensions,
      "a block of \(block.count) values is not [\(spots), \(dimensions)]")
    precondition(clusters.count == spots, "\(clusters.count) clusters, \(spots) spots")
    let problem = SilhouetteProblem(
      block: block, spots: spots, dimensions: dimensions, clusters: clusters)
    guard problem.ranges.count > 1 else {
      values = [Double](repeating: .nan, count: spots)
      mean = .nan
      return
    }
    let sorted = mapInParallel(spots, smallest: 32) { part in problem.values(of: part) }
    var values = [Double](repeating: 0, count: spots)
    for (spot, value) in zip(problem.order, sorted) { values[spot] = value }
    self.values = values
    mean = values.reduce(0, +) / Double(spots)
  }
}

/// The spots sorted by cluster, column by column, so that each sum runs over neighbours.
private struct SilhouetteProblem: Sendable {
  /// The spot at each place.
  let order: [Int]
  /// The places of each cluster.
  let ranges: [Range<Int>]
  /// The cluster at each place, counted from 0.
  let clusterAtPlace: [Int]
  let columns: [Float]  // [dimensions, spots]
  let dimensions: Int

  init(block: [Float], spots: Int, dimensions: Int, clusters: [Int]) {
    let order = clusters.indices.sorted { (clusters[$0], $0) < (clusters[$1], $1) }
    var ranges: [Range<Int>] = []
    var clusterAtPlace: [Int] = []
    for (place, spot) in order.enumerated() {
      if place > 0, clusters[spot] == clusters[order[place - 1]] {
        ranges[ranges.count - 1] = ranges[ranges.count - 1].lowerBound..<place + 1
      } else {
        ranges.append(place..<place + 1)
      }
      clusterAtPlace.append(ranges.count - 1)
    }
    columns = (0..<dimensions).flatMap { column in
      order.map { block[$0 * dimensions + column] }
    }
    self.order = order
    self.ranges = ranges
    self.clusterAtPlace = clusterAtPlace
    self.dimensions = dimensions
  }

  func values(of places: Range<Int>) -> [Double] {
    var distances = [Float](repeating: 0, count: order.count)
    return places.map { place in
      measureDistances(from: place, into: &distances)
      return value(at: place, distances: distances)
    }
  }

  private func measureDistances(from place: Int, into distances: inout [Float]) {
    let spots = order.count
    var distances = distances.mutableSpan
    for other in distances.indices { distances[other] = 0 }
    for dimension in 0..<dimensions {
      let column = columns.span.extracting(dimension * spots..<(dimension + 1) * spots)
      let own = column[place]
      for other in column.indices {
        let step = column[other] - own
        distances[other] += step * step
      }
    }
    for other in distances.indices { distances[other] = distances[other].squareRoot() }
  }

  private func value(at place: Int, distances: [Float]) -> Double {
    let own = clusterAtPlace[place]
    guard ranges[own].count > 1 else { return 0 }
    var (within, nearest) = (0.0, Double.infinity)
    for (cluster, range) in ranges.enumerated() {
      let sum = distances[range].reduce(0.0) { $0 + Double($1) }
      if cluster == own {
        within = sum / Double(range.count - 1)
      } else {
        nearest = min(nearest, sum / Double(range.count))
      }
    }
    let larger = max(within, nearest)
    return larger > 0 ? (nearest - within) / larger : 0
  }
}
