import Foundation

/// When the program reached each of its stages, for benchmarks: written to the file that the
/// variable `EOSIN_TRACE` names, and nowhere without it.
///
/// A line a stage: milliseconds of the system's monotonic clock, a space, the stage. Whoever starts
/// the program knows when it did by the same clock.
public enum Trace {
  private static let descriptor: Int32? = getenv("EOSIN_TRACE").map {
    open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
  }

  /// Notes that a stage has been reached; may be called from any thread.
  public static func mark(_ stage: StaticString) {
    guard let descriptor else { return }
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let milliseconds = Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    // One call a line, so that lines of two threads do not mix.
    let line = Array("\(milliseconds) \(stage)\n".utf8)
    _ = write(descriptor, line, line.count)
  }
}
