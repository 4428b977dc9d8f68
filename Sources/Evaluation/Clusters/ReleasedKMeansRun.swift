import COpenBLAS

/// Where one restart ended.
struct ReleasedKMeansSolution: Sendable {
  var labels: [Int32]
  var centres: [Float]  // [clusters, dimensions], centred like the points
  var inertia: Float
  var iterations: Int
}

/// One restart of a `ReleasedKMeans`: Lloyd's steps in single precision.
struct ReleasedKMeansRun {
  private static let mostIterations = 300
  /// Spots whose distances are worked out together: the product's last bits depend on it.
  private static let chunk = 256

  private let problem: ReleasedKMeansProblem
  private var centres: [Float]  // [clusters, dimensions]
  private var nextCentres: [Float]  // [clusters, dimensions]
  private var sizes: [Float]  // [clusters]
  private var labels: [Int32]  // [spots]

  init(_ problem: ReleasedKMeansProblem, from start: [Float]) {
    self.problem = problem
    centres = start
    nextCentres = start
    sizes = [Float](repeating: 0, count: problem.clusters)
    labels = [Int32](repeating: -1, count: problem.spots)
  }

  /// Steps until no label changes, the centres rest, or 300 are taken; nil when cancelled.
  mutating func solve(isCancelled: () -> Bool) -> ReleasedKMeansSolution? {
    var iterations = 0
    var isSettled = false
    while iterations < Self.mostIterations {
      if isCancelled() { return nil }
      iterations += 1
      let previousLabels = labels
      assignLabels()
      let movement = moveCentres()
      swap(&centres, &nextCentres)
      isSettled = labels == previousLabels
      if isSettled || Double(movement) <= problem.tolerance { break }
    }
    if !isSettled { assignLabels() }
    return ReleasedKMeansSolution(
      labels: labels, centres: centres, inertia: inertia(), iterations: iterations)
  }

  /// Gives each spot the label of the lowest `‖c‖² − 2 c · x`, the lowest label in a tie.
  private mutating func assignLabels() {
    let (clusters, dimensions) = (problem.clusters, problem.dimensions)
    let norms = (0..<clusters).map { cluster in
      centres[cluster * dimensions..<(cluster + 1) * dimensions].reduce(Float(0)) { $0 + $1 * $1 }
    }
    for start in stride(from: 0, to: problem.spots, by: Self.chunk) {
      let count = min(Self.chunk, problem.spots - start)
      var scores = (0..<count).flatMap { _ in norms }  // [count, clusters]
      let rows = Array(problem.points[start * dimensions..<(start + count) * dimensions])
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, Int32(count), Int32(clusters), Int32(dimensions),
        -2, rows, Int32(dimensions), centres, Int32(dimensions), 1, &scores, Int32(clusters))
      for spot in 0..<count {
        var best = 0
        for cluster in 1..<max(clusters, 1)
        where scores[spot * clusters + cluster] < scores[spot * clusters + best] {
          best = cluster
        }
        labels[start + spot] = Int32(best)
      }
    }
  }

  /// Works out the means of the clusters and returns the sum of squared movements.
  private mutating func moveCentres() -> Float {
    let dimensions = problem.dimensions
    for index in nextCentres.indices { nextCentres[index] = 0 }
    for cluster in sizes.indices { sizes[cluster] = 0 }
    for (spot, label) in labels.enumerated() {
      let target = Int(label) * dimensions
      sizes[Int(label)] += 1
      for column in 0..<dimensions {
        nextCentres[target + column] += problem.points[spot * dimensions + column]
      }
    }
    if sizes.contains(0) { fillEmptyClusters() }
    divideBySizes()
    var movement: Float = 0
    for cluster in sizes.indices {
      let range = cluster * dimensions..<(cluster + 1) * dimensions
      let distance = squaredDistance(nextCentres[range], centres[range]).squareRoot()
      movement += distance * distance
    }
    return movement
  }

  /// Means from sums. A cluster that is still empty lies where the biggest one does.
  private mutating func divideBySizes() {
    let dimensions = problem.dimensions
    var biggest = 0
    for cluster in sizes.indices where sizes[cluster] > sizes[biggest] { biggest = cluster }
    for cluster in sizes.indices {
      let share = sizes[cluster] > 0 ? Float(1 / Double(sizes[cluster])) : 0
      for column in 0..<dimensions {
        let index = cluster * dimensions + column
        nextCentres[index] =
          share > 0 ? nextCentres[index] * share : nextCentres[biggest * dimensions + column]
      }
    }
  }

  /// Hands each empty cluster one of the spots farthest from their centres.
  private mutating func fillEmptyClusters() {
    let dimensions = problem.dimensions
    let empty = sizes.indices.filter { sizes[$0] == 0 }
    let distances = labels.enumerated().map { spot, label in
      let start = Int(label) * dimensions
      return squaredDistance(problem.row(spot), centres[start..<start + dimensions])
    }
    guard distances.contains(where: { $0 > 0 }) else { return }
    let farthest = distances.indices.sorted { (distances[$0], $0) > (distances[$1], $1) }
    for (cluster, spot) in zip(empty, farthest) {
      let old = Int(labels[spot])
      for (column, value) in problem.row(spot).enumerated() {
        nextCentres[old * dimensions + column] -= value
        nextCentres[cluster * dimensions + column] = value
      }
      sizes[cluster] = 1
      sizes[old] -= 1
    }
  }

  private func inertia() -> Float {
    var sum: Float = 0
    for (spot, label) in labels.enumerated() {
      let start = Int(label) * problem.dimensions
      sum += squaredDistance(problem.row(spot), centres[start..<start + problem.dimensions])
    }
    return sum
  }
}

/// The squared distance of two rows in single precision, four products added up at a time.
private func squaredDistance(_ first: ArraySlice<Float>, _ second: ArraySlice<Float>) -> Float {
  var sum: Float = 0
  let whole = first.count / 4 * 4
  func square(_ offset: Int) -> Float {
    let step = first[first.startIndex + offset] - second[second.startIndex + offset]
    return step * step
  }
  for start in stride(from: 0, to: whole, by: 4) {
    sum += square(start) + square(start + 1) + square(start + 2) + square(start + 3)
  }
  for offset in whole..<first.count { sum += square(offset) }
  return sum
}
