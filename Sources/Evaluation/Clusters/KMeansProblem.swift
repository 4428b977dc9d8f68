/// What all restarts of a k-means share, worked out once.
struct KMeansProblem: Sendable {
  /// The block as given, `[spots, dimensions]`.
  let block: [Float]
  /// The block less its column means, so that distances lose fewer digits, `[spots, dimensions]`.
  let points: [Float]
  /// The centred points once more, `[dimensions, spots]`: OpenBLAS multiplies few centres by many
  /// points several times faster this way round.
  let columns: [Float]
  /// The column means.
  let means: [Double]
  /// `‖x‖²` of each centred point.
  let norms: [Float]
  /// The sum of `‖x‖²`, in double precision.
  let squares: Double
  let spots: Int
  let dimensions: Int
  let clusters: Int
  /// The squared movement of all centres together that ends a restart.
  let tolerance: Double

  init(block: [Float], spots: Int, dimensions: Int, clusters: Int) {
    var means = [Double](repeating: 0, count: dimensions)
    for spot in 0..<spots {
      for column in 0..<dimensions { means[column] += Double(block[spot * dimensions + column]) }
    }
    for column in 0..<dimensions { means[column] /= Double(spots) }
    var points = block
    var columns = block
    var norms = [Float](repeating: 0, count: spots)
    var squares = 0.0
    for spot in 0..<spots {
      var norm = 0.0
      for column in 0..<dimensions {
        let value = Float(Double(block[spot * dimensions + column]) - means[column])
        points[spot * dimensions + column] = value
        columns[column * spots + spot] = value
        norm += Double(value) * Double(value)
      }
      norms[spot] = Float(norm)
      squares += norm
    }
    self.block = block
    self.points = points
    self.columns = columns
    self.means = means
    self.squares = squares
    self.norms = norms
    self.spots = spots
    self.dimensions = dimensions
    self.clusters = clusters
    tolerance = 1e-4 * squares / Double(spots * dimensions)
  }
}

/// Where one restart ended.
struct KMeansSolution: Sendable {
  var labels: [Int32]
  /// `[clusters, dimensions]`, centred like the points.
  var centres: [Double]
  /// From `Σ ‖x‖² − Σ size · ‖centre‖²`: enough to tell restarts apart.
  var inertia: Double
  var iterations: Int
}

extension KMeansProblem {
  /// Works the centres and the inertia out again from the block itself, in double precision.
  ///
  /// Centring rounds in the seventh digit, which is enough to find clusters, but not to tell of
  /// them. A cluster without spots keeps its centre.
  func refined(_ solution: KMeansSolution) -> (centres: [Double], inertia: Double) {
    var sums = [Double](repeating: 0, count: clusters * dimensions)
    var sizes = [Double](repeating: 0, count: clusters)
    for spot in 0..<spots {
      let cluster = Int(solution.labels[spot])
      sizes[cluster] += 1
      for column in 0..<dimensions {
        sums[cluster * dimensions + column] += Double(block[spot * dimensions + column])
      }
    }
    let centres = sums.indices.map { index in
      let size = sizes[index / dimensions]
      return size > 0 ? sums[index] / size : solution.centres[index] + means[index % dimensions]
    }
    var inertia = 0.0
    for spot in 0..<spots {
      let start = Int(solution.labels[spot]) * dimensions
      for column in 0..<dimensions {
        let step = Double(block[spot * dimensions + column]) - centres[start + column]
        inertia += step * step
      }
    }
    return (centres, inertia)
  }
}
