import Dispatch
import Foundation
import Synchronization

/// Cuts a range of items into pieces, works on them on all cores, and joins the answers in order.
///
/// - Parameter smallest: items a piece has at least, so that tiny jobs stay on the calling thread.
func mapInParallel<Answer: Sendable>(
  _ count: Int, smallest: Int, _ work: @Sendable (Range<Int>) -> [Answer]
) -> [Answer] {
  let cores = ProcessInfo.processInfo.activeProcessorCount
  // Four pieces a core: one slow piece then holds the others up by little.
  let pieces = min(4 * cores, count / max(smallest, 1))
  guard pieces > 1, cores > 1 else { return work(0..<count) }
  let answers = Mutex([[Answer]](repeating: [], count: pieces))
  DispatchQueue.concurrentPerform(iterations: pieces) { piece in
    let part = work(count * piece / pieces..<count * (piece + 1) / pieces)
    answers.withLock { $0[piece] = part }
  }
  return Array(answers.withLock { $0 }.joined())
}
