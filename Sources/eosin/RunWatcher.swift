import Dispatch
import Foundation
import Synchronization
import Workbench

/// Looks at a file about once a second and reports when it has been written anew; opens nothing.
final class RunWatcher: Sendable {
  private let file: URL
  private let report: @Sendable (FileState?) -> Void
  private let queue = DispatchQueue(label: "watching", qos: .utility)
  private let last: Mutex<FileState?>
  private let isStopped = Mutex(false)

  /// Begins to look.
  ///
  /// - Parameters:
  ///   - known: what the caller knows of the file already.
  ///   - report: is called with each state after that; nil where the file is gone.
  init(
    _ file: URL, known: FileState?, every interval: DispatchTimeInterval = .seconds(1),
    report: @escaping @Sendable (FileState?) -> Void
  ) {
    self.file = file
    self.report = report
    last = Mutex(known)
    look(every: interval)
  }

  /// Nothing is reported any more.
  func stop() { isStopped.withLock { $0 = true } }

  private func look(every interval: DispatchTimeInterval) {
    queue.asyncAfter(deadline: .now() + interval) { [weak self] in
      guard let self, !isStopped.withLock({ $0 }) else { return }
      let state = FileState(file)
      let isNews = last.withLock { last in
        defer { last = state }
        return last != state
      }
      if isNews { report(state) }
      look(every: interval)
    }
  }

  deinit { stop() }
}
