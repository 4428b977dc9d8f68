import CNcurses
import CSystem
import Drawing
import Foundation

/// The terminal the program runs in: its screen, its keys, and its state when the program ends.
///
/// Belongs to the main thread, and there is one at a time. ncurses sets the terminal up and paints
/// where there are 16 colours or fewer; more are written directly (see `EscapePainter`).
///
/// Whatever ends the process, the terminal is usable afterwards: ``restore()``, `deinit`, `exit`,
/// a signal or a crash. Standard error goes to `XDG_STATE_HOME/eosin/log` while the screen is up
/// (unless it is no terminal), and after a crash the log's end is shown.
public final class Terminal {
  /// How many colours are drawn with.
  public let depth: ColorDepth
  /// The terminal's size in cells.
  public private(set) var size: (columns: Int, rows: Int) = (1, 1)
  /// Gives roles their colours; a new one is seen at the next ``draw(_:)``.
  public var theme: Theme {
    didSet {
      maker = FrameMaker(depth: depth, theme: theme, isUnicode: isUnicode)
      drawn = nil
    }
  }

  private let isUnicode: Bool
  private let signals: Int32
  private var isUp = true
  private var hasHungUp = false
  private var maker: FrameMaker
  private var painter: any Painter
  private var frame = Frame()
  private var drawn: Canvas?
  private var decoder = KeyDecoder()
  /// When a sequence that has begun is no longer waited for.
  private var patienceEnds: ContinuousClock.Instant?
  private var waiting: [InputEvent] = []

  /// Blocks the signals that the terminal answers: the first thing to call in `main`, before any
  /// thread is started, or a signal may end the process on another thread.
  public static func blockSignals() { eosin_block_signals() }

  /// Takes the screen.
  ///
  /// - Parameters:
  ///   - depth: nil for what the environment and the terminal's description promise.
  ///   - environment: `TERM`, `COLORTERM`, `NO_COLOR`, `XDG_STATE_HOME` and `HOME` are looked at.
  public init(
    depth: ColorDepth? = nil, theme: Theme,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(TerminalError) {
    for descriptor: Int32 in [0, 1] where isatty(descriptor) == 0 {
      throw .noTerminal(descriptor: descriptor)
    }
    let description = try TerminalDescription(environment: environment)
    let depth =
      depth ?? .detect(environment: environment, terminfoColors: description.colors)
    self.depth = depth
    self.theme = theme
    eosin_block_signals()
    isUnicode = eosin_use_locale()
    signals = eosin_signal_descriptor()
    maker = FrameMaker(depth: depth, theme: theme, isUnicode: isUnicode)
    painter = EscapePainter(output: 1)

    let log = isatty(2) == 0 ? nil : ErrorLog(environment: environment)
    let modesOff = Terminal.modesOff + (description.hasAlternateScreen ? "\u{1b}[?1049l" : "")
    // Safety: both strings live as long as the calls, which copy what they keep.
    guard
      unsafe eosin_guard_arm(1, "\u{1b}[?2026l\(modesOff)", log?.descriptor ?? -1, log?.start ?? 0),
      unsafe eosin_curses_start(description.name, 1, 0)
    else {
      eosin_guard_disarm()
      throw .noScreen(description.name)
    }
    if description.paintsWithCurses(depth) {
      painter = CursesPainter(output: 1, depth: depth)
    }
    takeSize()
    enter()
    waiting = [.resize(columns: size.columns, rows: size.rows)]
  }

  deinit {
    restore()
    eosin_close(signals)
  }

  /// Shows a canvas: only what changed is sent, and nothing when nothing did. What is larger than
  /// the terminal is cut off.
  public func draw(_ canvas: Canvas) {
    guard isUp, !hasHungUp, canvas != drawn else { return }
    maker.fill(&frame, from: canvas, columns: size.columns, rows: size.rows)
    painter.paint(frame)
    drawn = canvas
  }

  /// Sends the whole screen at the next ``draw(_:)``, whatever the terminal holds.
  public func redraw() {
    painter.invalidate()
    drawn = nil
  }

  /// Puts text on the clipboard of the user's own machine (OSC 52), if the terminal allows that.
  ///
  /// - Returns: false when the text is longer than terminals take, about 74 KB.
  @discardableResult
  public func copy(_ text: String) -> Bool {
    guard let sequence = Clipboard.sequence(copying: text) else { return false }
    if isUp { write(sequence) }
    return true
  }

  /// Gives the terminal back as it was; harmless when repeated.
  public func restore() {
    guard isUp else { return }
    isUp = false
    write(Terminal.modesOff)
    eosin_curses_end()
    eosin_guard_disarm()
  }

  /// Stops the program as ^Z does in others, and draws again when it goes on.
  public func suspend() {
    guard isUp else { return }
    write(Terminal.modesOff)
    eosin_curses_leave()
    eosin_stop()
    resume()
  }
}

// MARK: - Events

extension Terminal {
  /// Sleeps until there is something to do, then gives all of it: what the terminal sent, and what
  /// was posted in the inbox.
  ///
  /// The first event is always the terminal's size.
  ///
  /// - Parameter timeout: how long to sleep at most; both lists are empty after it.
  public func waitForEvents<Message>(
    and inbox: Inbox<Message>, timeout: Duration? = nil
  ) -> (events: [InputEvent], messages: [Message]) {
    let deadline = timeout.map { ContinuousClock.now + $0 }
    if hasHungUp, waiting.isEmpty { waiting = [.hangUp] }
    while waiting.isEmpty {
      let wait = [patienceEnds, deadline].compactMap { $0?.millisecondsLeft }.min() ?? -1
      let ready = Int(eosin_wait(0, signals, inbox.descriptor, wait))
      if ready & EOSIN_READY_SIGNAL != 0 { answerSignals() }
      if ready & EOSIN_READY_INPUT != 0 {
        readInput()
      } else if ready & EOSIN_HUNG_UP != 0 {
        hangUp()
      } else if patienceEnds?.millisecondsLeft == 0 {
        patienceEnds = nil
        take(decoder.giveUp())
      }
      if ready & EOSIN_READY_EVENT != 0 || deadline?.millisecondsLeft == 0 { break }
    }
    defer { waiting = [] }
    return (waiting, inbox.takeAll())
  }

  private func readInput() {
    var bytes = [UInt8](repeating: 0, count: 4096)
    // Safety: at most as many bytes are read as there is room for.
    let count = unsafe read(0, &bytes, bytes.count)
    if count > 0 {
      take(decoder.feed(bytes[..<count]))
      patienceEnds = decoder.patienceMilliseconds.map { .now + .milliseconds($0) }
    } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
      hangUp()
    }
  }

  /// Keeps events for the caller, except ^Z, which is answered here.
  private func take(_ events: [InputEvent]) {
    for event in events {
      if event == .key(.character("z"), .control) { suspend() } else { waiting.append(event) }
    }
  }

  private func answerSignals() {
    while true {
      switch eosin_next_signal(signals) {
      case 0: return
      case SIGWINCH: resize()
      case SIGTSTP: suspend()
      case SIGCONT: resume()
      default: waiting.append(.hangUp)
      }
    }
  }

  private func hangUp() {
    hasHungUp = true
    waiting.append(.hangUp)
  }

  private func resize() {
    takeSize()
    painter.invalidate()
    drawn = nil
    waiting.append(.resize(columns: size.columns, rows: size.rows))
  }
}

// MARK: - Modes

extension Terminal {
  /// Mouse buttons, drags and wheel in SGR reports; bracketed paste.
  private static let modesOn = "\u{1b}[?1002h\u{1b}[?1006h\u{1b}[?2004h"
  private static let modesOff =
    "\u{1b}[?2004l\u{1b}[?1006l\u{1b}[?1002l\u{1b}[0m\u{1b}[?1l\u{1b}>\u{1b}[?25h"

  private func enter() {
    eosin_curses_enter()
    write(Terminal.modesOn)
    painter.invalidate()
    drawn = nil
  }

  /// After a stop everything may be different: the screen, the modes, the size.
  private func resume() {
    enter()
    resize()
  }

  private func takeSize() {
    let size = eosin_terminal_size(1)
    self.size = size.columns > 0 && size.rows > 0 ? (Int(size.columns), Int(size.rows)) : (80, 24)
    eosin_curses_resize(Int32(self.size.columns), Int32(self.size.rows))
  }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    // Safety: `bytes` lives as long as the call and holds `count` bytes.
    if unsafe !eosin_write(1, bytes, bytes.count) { hasHungUp = true }
  }
}

extension ContinuousClock.Instant {
  /// Rounded up, so that a wait never ends too early; 0 when the time has come.
  fileprivate var millisecondsLeft: Int32 {
    let left = ContinuousClock.now.duration(to: self)
    guard left > .zero else { return 0 }
    return Int32(clamping: Int64((left / .milliseconds(1)).rounded(.up)))
  }
}
