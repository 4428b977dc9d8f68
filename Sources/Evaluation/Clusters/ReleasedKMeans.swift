import TensorCore

/// The clusters that scikit-learn 1.3's `KMeans(k, n_init=20, random_state=seed)` finds, by name.
///
/// It exists to reproduce published values: k-means on expression has many near-equal optima, so that
/// one seed's labels, and their agreement with a pathologist, are not those of the next. `KMeans` is
/// faster, keeps a lower inertia as often, and is the one to use otherwise.
///
/// Random numbers (NumPy's), their order, single precision, the stopping rule, ties, empty clusters
/// and the choice among restarts are scikit-learn's: a later restart is kept when its inertia is
/// lower and its clusters differ. Labels are numbered as there, not by size. Sums are in the order
/// of one thread; scikit-learn's own last bits depend on the processor, the BLAS library and the
/// number of threads, and where two restarts are equal but for those, so may the labels.
///
/// The starts are drawn one after another, as the sequence of random numbers asks; the restarts then
/// run on all cores, whose number does not matter for the answer.
///
/// Source: scikit-learn 1.3.0, `sklearn.cluster.KMeans`; NumPy's `RandomState`.
/// Departure: of several clusters lost in one step the first takes over the farthest spot; there the
/// order is that of a partial sort.
/// Edge cases: with fewer distinct spots than clusters some stay empty. Values must be finite.
public struct ReleasedKMeans: Sendable, Hashable {
  /// Each spot's cluster, in `0..<clusters`, numbered as by scikit-learn.
  public let labels: [Int]
  /// The centres, `[clusters, dimensions]`.
  public let centres: [Float]
  /// The sum of squared distances of spots to their centres, in single precision.
  public let inertia: Float
  /// Lloyd's steps taken by the restart that was kept.
  public let iterations: Int

  /// Clusters a block `[spots, dimensions]`, row by row.
  ///
  /// - Parameters:
  ///   - clusters: how many, `1...spots`.
  ///   - restarts: `n_init`, 1 or more.
  ///   - seed: `random_state`.
  ///   - isCancelled: asked before every step, from several threads at once.
  /// - Throws: `CancellationError` once `isCancelled` says so.
  public init(
    of block: [Float], spots: Int, dimensions: Int, clusters: Int, restarts: Int = 20,
    seed: UInt32 = 0, isCancelled: @Sendable () -> Bool = { false }
  ) throws(CancellationError) {
    precondition(
      block.count == spots * dimensions && dimensions > 0,
      "a block of \(block.count) values is not [\(spots), \(dimensions)]")
    precondition(
      1...max(spots, 1) ~= clusters && spots > 0, "\(clusters) clusters of \(spots) spots")
    precondition(restarts > 0, "\(restarts) restarts")
    let problem = ReleasedKMeansProblem(
      block: block, spots: spots, dimensions: dimensions, clusters: clusters)
    let solutions = withSingleThreadedBLAS {
      var generator = MersenneTwister(seed: seed)
      let starts = (0..<restarts).map { _ in problem.firstCentres(using: &generator) }
      return mapInParallel(restarts, smallest: 1) { part in
        part.map { restart in
          var run = ReleasedKMeansRun(problem, from: starts[restart])
          return run.solve(isCancelled: isCancelled)
        }
      }
    }
    var best: ReleasedKMeansSolution?
    for solution in solutions {
      guard let solution else { throw CancellationError() }
      guard let kept = best else {
        best = solution
        continue
      }
      if solution.inertia < kept.inertia, !arePartedAlike(solution.labels, kept.labels) {
        best = solution
      }
    }
    guard let best else { throw CancellationError() }
    labels = best.labels.map { Int($0) }
    centres = best.centres.enumerated().map { $1 + problem.means[$0 % dimensions] }
    inertia = best.inertia
    iterations = best.iterations
  }
}

/// Whether each label of the first list stands with one of the second only.
private func arePartedAlike(_ first: [Int32], _ second: [Int32]) -> Bool {
  var partner: [Int32: Int32] = [:]
  for (a, b) in zip(first, second) {
    if let known = partner[a] {
      if known != b { return false }
    } else {
      partner[a] = b
    }
  }
  return true
}
