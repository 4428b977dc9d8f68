import COpenBLAS
import Synchronization

/// Holds OpenBLAS at one thread while our own threads call it, and gives its threads back after.
///
/// The setting belongs to the whole process: the first to enter saves it and the last to leave
/// restores it. Another thread's product may run slower meanwhile, but stays right, since OpenBLAS
/// reads the number once at the start of a call.
func withSingleThreadedBLAS<Failure: Error>(
  _ work: () throws(Failure) -> Void
) throws(Failure) {
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
  try work()
}

private let singleThreadedUse = Mutex((users: 0, threadsBefore: Int32(1)))
