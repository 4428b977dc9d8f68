import COpenBLAS
import Foundation

/// The spots of a `ReleasedKMeans`, centred in single precision.
struct ReleasedKMeansProblem: Sendable {
  let points: [Float]  // [spots, dimensions]
  let means: [Float]  // [dimensions]
  let spots: Int
  let dimensions: Int
  let clusters: Int
  /// The squared movement of all centres together that ends a restart.
  let tolerance: Double
  private let widePoints: [Double]  // [spots, dimensions]
  private let norms: [Double]  // ‖x‖² of each centred point

  init(block: [Float], spots: Int, dimensions: Int, clusters: Int) {
    // Row after row in single precision, as NumPy's mean over the first axis.
    func columnMeans(_ value: (Int) -> Float) -> [Float] {
      var sums = [Float](repeating: 0, count: dimensions)
      for index in 0..<spots * dimensions { sums[index % dimensions] += value(index) }
      return sums.map { $0 / Float(spots) }
    }
    let means = columnMeans { block[$0] }
    let points = block.indices.map { block[$0] - means[$0 % dimensions] }
    let variances = columnMeans { points[$0] * points[$0] }
    let meanVariance = Float(variances.reduce(0.0) { $0 + Double($1) } / Double(dimensions))
    tolerance = 1e-4 * Double(meanVariance)
    widePoints = points.map(Double.init)
    norms = (0..<spots).map { spot in
      (spot * dimensions..<(spot + 1) * dimensions).reduce(0.0) {
        $0 + Double(points[$1]) * Double(points[$1])
      }
    }
    self.points = points
    self.means = means
    self.spots = spots
    self.dimensions = dimensions
    self.clusters = clusters
  }

  func row(_ spot: Int) -> ArraySlice<Float> {
    points[spot * dimensions..<(spot + 1) * dimensions]
  }
}

// MARK: First centres

extension ReleasedKMeansProblem {
  /// Greedy k-means++: `[clusters, dimensions]`.
  ///
  /// The first centre is any spot. For each next one, `2 + ⌊ln k⌋` spots are drawn with a chance
  /// that grows with the squared distance to the centres so far, and the one is taken that lowers
  /// the sum of those distances most, the first in a tie.
  func firstCentres(using generator: inout MersenneTwister) -> [Float] {
    let trials = 2 + Int(log(Double(clusters)))
    let first = generator.nextChoice(of: spots)
    var centres = Array(row(first))
    var closest = squaredDistances(to: first)
    var potential = sum(closest)
    for _ in 1..<max(clusters, 1) {
      let sums = runningSums(closest)
      let targets = (0..<trials).map { _ in generator.nextUnit() * Double(potential) }
      var best: (spot: Int, distances: [Float], sum: Float)?
      for target in targets {
        let spot = min(firstIndex(in: sums, reaching: target), spots - 1)
        let distances = zip(squaredDistances(to: spot), closest).map { min($0, $1) }
        let sum = sum(distances)
        if sum < best?.sum ?? .infinity { best = (spot, distances, sum) }
      }
      // Finite values have a finite sum: one of the trials is below infinity.
      guard let best else { preconditionFailure("values are not finite") }
      (closest, potential) = (best.distances, best.sum)
      centres += row(best.spot)
    }
    return centres
  }

  /// Each spot's squared distance to one of them, worked out in double precision and rounded.
  private func squaredDistances(to spot: Int) -> [Float] {
    var products = [Double](repeating: 0, count: spots)
    let own = Array(widePoints[spot * dimensions..<(spot + 1) * dimensions])
    cblas_dgemv(
      CblasRowMajor, CblasNoTrans, Int32(spots), Int32(dimensions), -2, widePoints,
      Int32(dimensions), own, 1, 0, &products, 1)
    return products.indices.map { max(Float(products[$0] + norms[spot] + norms[$0]), 0) }
  }

  private func sum(_ values: [Float]) -> Float {
    Float(values.reduce(0.0) { $0 + Double($1) })
  }

  private func runningSums(_ values: [Float]) -> [Double] {
    var sum = 0.0
    return values.map {
      sum += Double($0)
      return sum
    }
  }

  /// The first place of an ascending list at or above a value.
  private func firstIndex(in sums: [Double], reaching value: Double) -> Int {
    var (low, high) = (0, sums.count)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
