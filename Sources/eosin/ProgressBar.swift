import Foundation
import Synchronization
import Workbench

/// Progress on standard error: a bar that moves on a terminal, a line now and then in a log.
///
/// Nothing is said of what takes less than half a second.
final class ProgressBar: Sendable {
  private struct State {
    var lastShown = ContinuousClock.now
    var lastTenth = 0
    var isDrawn = false
  }

  private let name: String
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let state = Mutex(State())

  init(_ name: String) { self.name = name }

  /// Shows how far the work has come.
  func show(_ progress: PredictionProgress) {
    state.withLock { state in
      let now = ContinuousClock.now
      let tenth = Int(progress.fraction * 10)
      let patience: Duration = state.isDrawn && isTerminal ? .milliseconds(60) : .milliseconds(500)
      guard now - state.lastShown > patience, isTerminal || tenth > state.lastTenth else { return }
      state.lastShown = now
      state.lastTenth = tenth
      state.isDrawn = true
      let percent = "\(Int(progress.fraction * 100)) %"
      if isTerminal {
        let full = Int(progress.fraction * 30)
        let bar = String(repeating: "━", count: full) + String(repeating: "─", count: 30 - full)
        write("\r\u{1B}[K\(name)  \(bar) \(percent)  \(progress.stage)")
      } else {
        write("\(name): \(progress.stage), \(percent)\n")
      }
    }
  }

  /// Takes the bar away.
  func finish() {
    state.withLock { state in
      if state.isDrawn, isTerminal { write("\r\u{1B}[K") }
      state.isDrawn = false
    }
  }

  deinit { finish() }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
