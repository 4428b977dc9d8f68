import COpenBLAS
import Dispatch
import Foundation
import Synchronization

/// How many threads operations use.
///
/// Results may differ in their last bits between thread counts, but never between two runs with
/// the same one.
public enum Threads {
  private static let setting = Atomic<Int>(ProcessInfo.processInfo.activeProcessorCount)

  /// The number of threads; at first that of the cores. A number below 1 counts as 1.
  public static var count: Int {
    get { setting.load(ordering: .relaxed) }
    set { setting.store(max(newValue, 1), ordering: .relaxed) }
  }
}

/// Cuts `0..<count` into pieces of at least `smallest` and works on them on all threads.
///
/// Where the cuts lie depends on the numbers given and ``Threads/count`` alone. `work` must write
/// to different places for different pieces.
func inParallel(_ count: Int, smallest: Int = 1, _ work: (Range<Int>) -> Void) {
  let pieces = min(Threads.count, count / max(smallest, 1))
  guard pieces > 1 else {
    if count > 0 { work(0..<count) }
    return
  }
  concurrently(pieces) { piece in
    work(count * piece / pieces..<count * (piece + 1) / pieces)
  }
}

/// Works on each of `0..<count`, handing them out to the threads one by one.
///
/// For items of different length; `work` must write to different places for different items.
func forEachInParallel(_ count: Int, _ work: (Int) -> Void) {
  guard count > 1, Threads.count > 1 else {
    for item in 0..<count { work(item) }
    return
  }
  let next = Atomic(0)
  concurrently(min(Threads.count, count)) { _ in
    while true {
      let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard item < count else { return }
      work(item)
    }
  }
}

/// `DispatchQueue.concurrentPerform` for work that hands pointers about.
private func concurrently(_ iterations: Int, _ work: (Int) -> Void) {
  withoutActuallyEscaping(work) { work in
    // Safety: the callers promise that iterations do not write to the same places, and none is
    // running any more when `concurrentPerform` returns.
    nonisolated(unsafe) let work = work
    DispatchQueue.concurrentPerform(iterations: iterations) { unsafe work($0) }
  }
}

/// Holds OpenBLAS at one thread while our own threads call it, and gives its threads back after.
///
/// The setting belongs to the whole process: the first to enter saves it and the last to leave
/// restores it. Another thread's product may run slower meanwhile, but stays right, since OpenBLAS
/// reads the number once at the start of a call.
public func withSingleThreadedBLAS<Result, Failure: Error>(
  _ work: () throws(Failure) -> Result
) throws(Failure) -> Result {
  singleThreadedUse.withLock { use in
    if use.users == 0 {
      use.threadsBefore = openblas_get_num_threads()
      openblas_set_num_threads(1)
    }
    use.users += 1
  }
  defer {
    singleThreadedUse.withLock { use in
      use.users -= 1
      if use.users == 0 { openblas_set_num_threads(use.threadsBefore) }
    }
  }
  return try work()
}

private let singleThreadedUse = Mutex((users: 0, threadsBefore: Int32(1)))
