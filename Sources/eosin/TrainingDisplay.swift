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

  /// `thitogene  ━━━━────  epoch 12/300  loss 0.0412  rate 1e-05  0.51 s/step  3:20 left`, with as
  /// much of it as the columns hold.
  static func bar(_ progress: TrainingProgress, columns: Int) -> String {
    // Room for the ^C that the terminal itself writes: what wraps cannot be taken back.
    let limit = max(0, columns - 3)
    guard progress.steps > 0 else { return String(progress.stage.prefix(limit)) }
    let running = min(progress.epoch + (progress.endsEpoch ? 0 : 1), progress.epochs)
    let facts = facts(progress, watched: "watched PCC")
    let epoch = "epoch \(running)/\(progress.epochs)"
    let left = progress.secondsLeft.map { ["\(clock($0)) left"] } ?? []
    let name = "\(progress.stage)  "
    var tries = [(name, [epoch] + facts.all + left), ("", [epoch] + facts.all + left)]
    tries.append(("", [epoch] + facts.important + left))
    for (name, words) in tries {
      let text = words.joined(separator: "  ")
      let room = limit - name.count - text.count - 2
      guard room >= 8 else { continue }
      let width = min(room, 30)
      let full = width * progress.step / progress.steps
      return name + String(repeating: "━", count: full)
        + String(repeating: "─", count: width - full) + "  " + text
    }
    return String(([epoch] + facts.important + left).joined(separator: "  ").prefix(limit))
  }

  /// The same without a bar, for a log.
  static func line(_ progress: TrainingProgress) -> String {
    let facts = facts(progress, watched: "looked at held-out PCC").all
    let left = progress.secondsLeft.map { ["\(clock($0)) left"] } ?? []
    return (["\(progress.stage): epoch \(progress.epoch)/\(progress.epochs)"] + facts + left)
      .joined(separator: ", ")
  }

  /// What there is to tell, and what of it matters most.
  private static func facts(
    _ progress: TrainingProgress, watched: String
  ) -> (all: [String], important: [String]) {
    let loss = progress.loss.map { "loss \(String(format: "%.4g", $0))" }
    let rate = progress.learningRate.map { "rate \(String(format: "%.2g", $0))" }
    let pace = progress.secondsPerStep.map { "\(String(format: "%.2f", $0)) s/step" }
    let score = progress.heldOutCorrelation.map { "\(watched) \(String(format: "%.3f", $0))" }
    return ([loss, rate, pace, score].compactMap(\.self), [loss, score].compactMap(\.self))
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
