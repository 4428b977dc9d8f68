import Dispatch
import Foundation
import Synchronization
import TensorCore

/// Parts spots into clusters so that each lies near its cluster's centre.
///
/// Minimises the inertia `Σᵢ ‖xᵢ − centre(cluster of i)‖²` by k-means++ and Lloyd's steps from
/// several starts, and keeps the best. A restart ends when no label changes, when the centres
/// move by less than `1e-4 · mean variance of a column` altogether (squared), or after 300 steps.
/// A cluster that lost all its spots takes over the spot farthest from its centre.
///
/// The same block, options and seed give the same labels, however many cores work: each restart
/// draws from its own sequence. One more restart therefore never makes the inertia worse.
///
/// Source: Arthur and Vassilvitskii, SODA 2007; Lloyd, IEEE Trans. Inf. Theory 1982; stopping
/// rule, greedy candidates and empty clusters as in scikit-learn's `KMeans`.
/// Departures: clusters are numbered by size, the biggest first (the one with the earlier first
/// spot in a tie). The centres are the means of the final clusters and inertia is taken from
/// them in double precision; scikit-learn's centres may be one step older.
/// Edge cases: with fewer distinct spots than clusters some clusters are left empty, their
/// centres at one of the spots. Values must be finite.
public struct KMeans: Sendable, Hashable {
  /// Each spot's cluster, `0..<sizes.count`.
  public let labels: [Int]
  /// Spots in each cluster, descending.
  public let sizes: [Int]
  /// The mean of each cluster's spots, `[clusters, dimensions]`.
  public let centres: [Float]
  /// The sum of squared distances of spots to their centres.
  public let inertia: Double
  /// Lloyd's steps taken by the restart that was kept.
  public let iterations: Int

  /// Clusters a block `[spots, dimensions]`, row by row.
  ///
  /// - Parameters:
  ///   - clusters: how many, `1...spots`.
  ///   - restarts: how many starts to try, 1 or more.
  ///   - seed: what the random numbers follow from.
  ///   - isCancelled: asked before every step, from several threads at once.
  /// - Throws: `CancellationError` once `isCancelled` says so.
  public init(
    of block: [Float], spots: Int, dimensions: Int, clusters: Int, restarts: Int = 20,
    seed: UInt64 = 0, isCancelled: @Sendable () -> Bool = { false }
  ) throws(CancellationError) {
    precondition(
      block.count == spots * dimensions && dimensions > 0,
      "a block of \(block.count) values is not [\(spots), \(dimensions)]")
    precondition(
      1...max(spots, 1) ~= clusters && spots > 0, "\(clusters) clusters of \(spots) spots")
    precondition(restarts > 0, "\(restarts) restarts")
    let problem = KMeansProblem(
      block: block, spots: spots, dimensions: dimensions, clusters: clusters)
    let best = Mutex<(index: Int, solution: KMeansSolution)?>(nil)
    let nextRestart = Atomic(0)
    let workers = min(restarts, ProcessInfo.processInfo.activeProcessorCount)
    withSingleThreadedBLAS {
      DispatchQueue.concurrentPerform(iterations: workers) { _ in
        var run = KMeansRun(problem)
        while true {
          let index = nextRestart.add(1, ordering: .relaxed).oldValue
          guard index < restarts else { return }
          var generator = SeededGenerator(seed: seed, stream: index)
          guard let solution = run.solve(using: &generator, isCancelled: isCancelled) else {
            return
          }
          best.withLock { best in
            // Of equally good restarts the first is kept, whichever thread was faster.
            if let kept = best,
              (kept.solution.inertia, kept.index) <= (solution.inertia, index)
            {
              return
            }
            best = (index, solution)
          }
        }
      }
    }
    guard !isCancelled(), let solution = best.withLock({ $0?.solution }) else {
      throw CancellationError()
    }

    let order = clustersBySize(solution.labels, clusters: clusters)
    var rank = [Int](repeating: 0, count: clusters)
    for (new, old) in order.enumerated() { rank[old.cluster] = new }
    labels = solution.labels.map { rank[Int($0)] }
    sizes = order.map(\.size)
    let refined = problem.refined(solution)
    centres = order.flatMap { old in
      (0..<dimensions).map { Float(refined.centres[old.cluster * dimensions + $0]) }
    }
    inertia = refined.inertia
    iterations = solution.iterations
  }
}

private func clustersBySize(
  _ labels: [Int32], clusters: Int
) -> [(cluster: Int, size: Int)] {
  var sizes = [Int](repeating: 0, count: clusters)
  var firstSpots = [Int](repeating: labels.count, count: clusters)
  for (spot, label) in labels.enumerated().reversed() {
    sizes[Int(label)] += 1
    firstSpots[Int(label)] = spot
  }
  return (0..<clusters)
    .sorted { (-sizes[$0], firstSpots[$0], $0) < (-sizes[$1], firstSpots[$1], $1) }
    .map { ($0, sizes[$0]) }
}
