import COpenBLAS
import Foundation
import TensorCore

/// Runs restarts of a k-means one after another in buffers made once.
struct KMeansRun {
  private static let mostIterations = 300

  private let problem: KMeansProblem
  /// Candidates drawn for each next first centre, as many as scikit-learn draws.
  private let trials: Int
  private var centres: [Float]  // [clusters, dimensions]
  private var sums: [Double]  // [clusters, dimensions]
  private var sizes: [Int]  // [clusters]
  private var labels: [Int32]  // [spots]
  private var previousLabels: [Int32]  // [spots]
  private var candidates: [Float]  // [trials, dimensions]
  private var centreNorms: [Float]  // ‖c‖² of centres or candidates
  private var products: [Float]  // −2 c · x, [clusters or trials, spots]
  private var closest: [Float]  // a spot's distance or score to what is closest so far, [spots]

  init(_ problem: KMeansProblem) {
    self.problem = problem
    trials = 2 + Int(log(Double(problem.clusters)))
    let most = max(problem.clusters, trials)
    centres = [Float](repeating: 0, count: problem.clusters * problem.dimensions)
    sums = [Double](repeating: 0, count: problem.clusters * problem.dimensions)
    sizes = [Int](repeating: 0, count: problem.clusters)
    labels = [Int32](repeating: 0, count: problem.spots)
    previousLabels = labels
    candidates = [Float](repeating: 0, count: trials * problem.dimensions)
    centreNorms = [Float](repeating: 0, count: most)
    products = [Float](repeating: 0, count: most * problem.spots)
    closest = [Float](repeating: 0, count: problem.spots)
  }

  /// One restart, or nil when it was cancelled.
  mutating func solve(
    using generator: inout SeededGenerator, isCancelled: () -> Bool
  ) -> KMeansSolution? {
    chooseFirstCentres(using: &generator)
    for spot in labels.indices { labels[spot] = -1 }
    for index in sums.indices { sums[index] = 0 }
    for cluster in sizes.indices { sizes[cluster] = 0 }
    var iterations = 0
    while iterations < Self.mostIterations {
      if isCancelled() { return nil }
      iterations += 1
      swap(&labels, &previousLabels)
      assignLabels()
      if labels == previousLabels { break }
      if moveCentres() <= problem.tolerance {
        swap(&labels, &previousLabels)
        assignLabels()
        updateSums()
        break
      }
    }
    return solution(iterations: iterations)
  }

  /// `−2 c · x` for rows of centres and all spots, and the centres' squared lengths; with a spot's
  /// own they add up to the squared distance.
  private mutating func multiply(_ rows: [Float], count: Int) {
    let (spots, dimensions) = (problem.spots, problem.dimensions)
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(count), Int32(spots), Int32(dimensions), -2,
      rows, Int32(dimensions), problem.columns, Int32(spots), 0, &products, Int32(spots))
    squaredNorms(of: rows, rows: count, width: dimensions, into: &centreNorms)
  }
}

// MARK: First centres

extension KMeansRun {
  /// k-means++: each next centre is drawn with a chance that grows with the squared distance to
  /// the centres so far; of several drawn, the one that lowers the sum of those distances most.
  private mutating func chooseFirstCentres(using generator: inout SeededGenerator) {
    let (spots, dimensions) = (problem.spots, problem.dimensions)
    for spot in closest.indices { closest[spot] = .infinity }
    var potential = 0.0
    for cluster in 0..<problem.clusters {
      let count = cluster == 0 ? 1 : trials
      for trial in 0..<count {
        let spot =
          cluster == 0
          ? generator.nextIndex(below: spots) : spotReaching(generator.nextUnit() * potential)
        copyRow(spot, of: problem.points, to: trial, of: &candidates, width: dimensions)
      }
      multiply(candidates, count: count)
      var best = 0
      for trial in 0..<count {
        let sum = lowerDistances(
          &products, row: trial, plus: centreNorms[trial], and: problem.norms, than: closest)
        if trial == 0 || sum < potential {
          potential = sum
          best = trial
        }
      }
      copyRow(best, of: products, to: 0, of: &closest, width: spots)
      copyRow(best, of: candidates, to: cluster, of: &centres, width: dimensions)
    }
  }

  /// The spot at which the running sum of closest distances passes the target.
  private func spotReaching(_ target: Double) -> Int {
    var sum = 0.0
    for spot in closest.indices {
      sum += Double(closest[spot])
      if sum > target { return spot }
    }
    return closest.count - 1
  }
}

// MARK: Lloyd's steps

extension KMeansRun {
  /// Gives each spot the label of the nearest centre, the lowest label in a tie.
  private mutating func assignLabels() {
    multiply(centres, count: problem.clusters)
    findLowest(
      of: products, norms: centreNorms, rows: problem.clusters, lowest: &closest, labels: &labels)
  }

  /// Brings sums and sizes up to date with the spots whose label has changed.
  private mutating func updateSums() {
    moveRows(
      of: problem.points, width: problem.dimensions, from: previousLabels, to: labels, in: &sums,
      sizes: &sizes)
  }

  /// Moves each centre to the mean of its spots and returns the sum of squared movements.
  private mutating func moveCentres() -> Double {
    let dimensions = problem.dimensions
    updateSums()
    if sizes.contains(0) { fillEmptyClusters() }
    var shift = 0.0
    for cluster in sizes.indices where sizes[cluster] > 0 {
      let share = 1 / Double(sizes[cluster])
      for index in cluster * dimensions..<(cluster + 1) * dimensions {
        let mean = Float(sums[index] * share)
        let step = mean - centres[index]
        shift += Double(step * step)
        centres[index] = mean
      }
    }
    return shift
  }

  /// Hands each empty cluster the spot farthest from its centre, out of a cluster of two or more.
  private mutating func fillEmptyClusters() {
    let dimensions = problem.dimensions
    for empty in sizes.indices where sizes[empty] == 0 {
      var farthest: (spot: Int, distance: Float)?
      for spot in labels.indices where sizes[Int(labels[spot])] > 1 {
        let distance = closest[spot] + problem.norms[spot]
        if distance > farthest?.distance ?? 0 { farthest = (spot, distance) }
      }
      // Without one, all spots lie on centres: there are fewer distinct spots than clusters.
      guard let spot = farthest?.spot else { return }
      let old = Int(labels[spot])
      for column in 0..<dimensions {
        let value = Double(problem.points[spot * dimensions + column])
        sums[old * dimensions + column] -= value
        sums[empty * dimensions + column] = value
      }
      sizes[old] -= 1
      sizes[empty] = 1
      labels[spot] = Int32(empty)
    }
  }

  /// The clusters as the sums have them.
  private func solution(iterations: Int) -> KMeansSolution {
    let dimensions = problem.dimensions
    var means = centres.map(Double.init)
    var inertia = problem.squares
    for cluster in sizes.indices where sizes[cluster] > 0 {
      let size = Double(sizes[cluster])
      for index in cluster * dimensions..<(cluster + 1) * dimensions {
        means[index] = sums[index] / size
        inertia -= sums[index] * means[index]
      }
    }
    return KMeansSolution(
      labels: labels, centres: means, inertia: inertia, iterations: iterations)
  }
}

private func copyRow(
  _ source: Int, of matrix: [Float], to row: Int, of target: inout [Float], width: Int
) {
  for column in 0..<width { target[row * width + column] = matrix[source * width + column] }
}
