import Foundation
import Synchronization
import Workbench

/// A training's progress on standard error: a bar with epoch, loss, rate and time left on a
/// terminal, a line an epoch in a log, and never more than one a second there.
final class TrainingDisplay: Sendable {
  private struct State {
    var lastShown: ContinuousClock.Instant?
    var isDrawn = false
    var heldOutCorrelation: Double?
  }

  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let state = Mutex(State())

  /// Shows how far the training has come.
  func show(_ progress: TrainingProgress) {
    state.withLock { state in
      var progress = progress
      // A score stays in the bar until the next epoch's.
      state.heldOutCorrelation = progress.heldOutCorrelation ?? state.heldOutCorrelation
      let now = ContinuousClock.now
      let isLast = progress.step > 0 && progress.step == progress.steps
      let patience: Duration = isTerminal ? .milliseconds(60) : .seconds(1)
      if let last = state.lastShown, now - last < patience, !isLast { return }
      if isTerminal {
        progress.heldOutCorrelation = state.heldOutCorrelation
        write("\r\u{1B}[K" + Self.bar(progress, columns: Self.columns))
        state.isDrawn = true
      } else {
        guard progress.endsEpoch else { return }
        write(Self.line(progress) + "\n")
      }
      state.lastShown = now
    }
  }

  /// Takes the bar away.
  func finish() {
    state.withLock { state in
      if state.isDrawn { write("\r\u{1B}[K") }
      state.isDrawn = false
    }
  }

  deinit { finish() }

  private static var columns: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
      ? Int(size.ws_col) : 80
  }

  /// `thitogene  ━━━━────  epoch 12/300  loss 0.0412  rate 1e-05  0.51 s/step  3:20 left`.
  static func bar(_ progress: TrainingProgress, columns: Int) -> String {
    guard progress.steps > 0 else { return String(progress.stage.prefix(max(0, columns - 1))) }
    let words =
      [
        "epoch \(min(progress.epoch + (progress.endsEpoch ? 0 : 1), progress.epochs))"
          + "/\(progress.epochs)"
      ] + facts(progress) + (progress.secondsLeft.map { ["\(clock($0)) left"] } ?? [])
    let text = words.joined(separator: "  ")
    let room = columns - 1 - progress.stage.count - text.count - 4
    let name = room >= -progress.stage.count - 2 ? "\(progress.stage)  " : ""
    guard room >= 6 else { return String((name + text).prefix(max(0, columns - 1))) }
    let width = min(room, 30)
    let full = width * progress.step / progress.steps
    return name + String(repeating: "━", count: full)
      + String(repeating: "─", count: width - full) + "  " + text
  }

  /// The same without a bar, for a log.
  static func line(_ progress: TrainingProgress) -> String {
    (["\(progress.stage): epoch \(progress.epoch)/\(progress.epochs)"] + facts(progress)
      + (progress.secondsLeft.map { ["\(clock($0)) left"] } ?? [])).joined(separator: ", ")
  }

  private static func facts(_ progress: TrainingProgress) -> [String] {
    var facts: [String] = []
    if let loss = progress.loss { facts.append("loss \(String(format: "%.4g", loss))") }
    if let rate = progress.learningRate { facts.append("rate \(String(format: "%.3g", rate))") }
    if let seconds = progress.secondsPerStep {
      facts.append("\(String(format: "%.2f", seconds)) s/step")
    }
    if let score = progress.heldOutCorrelation {
      facts.append("held-out PCC \(String(format: "%.3f", score)) (looked at)")
    }
    return facts
  }

  private static func clock(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 1e7).rounded(.up))
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    let end = String(format: "%02d", whole % 60)
    return hours > 0
      ? "\(hours):\(String(format: "%02d", minutes)):\(end)" : "\(minutes):\(end)"
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
