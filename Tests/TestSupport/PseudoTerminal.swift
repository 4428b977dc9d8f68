import CPseudoTerminal
import Foundation

/// Runs a program in a terminal of its own, types for it and reads its screen.
///
/// Nothing is read between calls: `wait` reads until what it waits for is there.
public final class PseudoTerminal {
  /// How a program ended.
  public enum ExitStatus: Hashable, Sendable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  /// What the terminal shows.
  public private(set) var screen: ScreenEmulator
  /// Everything the program wrote so far.
  public private(set) var output: [UInt8] = []
  /// The program's process id.
  public let process: pid_t
  /// A folder of the program's own, its `HOME`, deleted with this object.
  public let home: URL
  /// -1 once it is closed.
  private var master: Int32
  private var status: ExitStatus?

  /// Starts a program (looked for in `PATH`). It gets only the environment given here and what is
  /// needed to run: a plain terminal of 256 colours, UTF-8, and a home that is a new folder.
  public init(
    command: [String], environment: [String: String] = [:], columns: Int = 80, rows: Int = 24
  ) throws {
    let home = FileManager.default.temporaryDirectory.appending(path: "eosin-\(UUID())")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    self.home = home
    let variables = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
      "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "HOME": home.path,
      "SWIFT_BACKTRACE": "enable=no",
    ].merging(environment) { $1 }
    screen = ScreenEmulator(columns: columns, rows: rows)
    let arguments = command.map { strdup($0) } + [nil]
    let settings = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { (arguments + settings).forEach { free($0) } }
    var master: Int32 = -1
    process = pseudo_terminal_start(
      arguments, settings, Int32(columns), Int32(rows), &master)
    self.master = master
    guard process > 0 else { throw CocoaError(.executableLoad) }
  }

  deinit {
    if status == nil {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    if master >= 0 { close(master) }
    try? FileManager.default.removeItem(at: home)
  }

  /// The screen as text, without the blanks at the ends of lines.
  public var screenLines: [String] { screen.lines }

  /// Whether the terminal's modes are a full-screen program's: keys one by one, without echo.
  public var isRaw: Bool { pseudo_terminal_is_raw(master) == 1 }

  /// Types text, which may contain escape sequences.
  public func send(_ text: String) { send(Array(text.utf8)) }

  /// Types bytes.
  public func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Changes the terminal's size, which the program is told by a signal.
  public func resize(columns: Int, rows: Int) {
    screen.resize(columns: columns, rows: rows)
    pseudo_terminal_resize(master, Int32(columns), Int32(rows))
  }

  /// Sends the program a signal.
  public func signal(_ number: Int32) { kill(process, number) }

  /// Closes the terminal, as a lost connection does.
  public func hangUp() {
    close(master)
    master = -1
  }

  /// Reads until a condition holds; false when it does not within the time.
  @discardableResult
  public func wait(
    seconds: Double = 60, until condition: (PseudoTerminal) -> Bool
  ) -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while !condition(self) {
      let left = (deadline - .now) / .milliseconds(1)
      guard left > 0, readSome(milliseconds: Int32(min(left, 50))) else { return condition(self) }
    }
    return true
  }

  /// Reads until a text stands on the screen.
  @discardableResult
  public func wait(seconds: Double = 60, for text: String) -> Bool {
    wait(seconds: seconds) { $0.screenLines.contains { $0.contains(text) } }
  }

  /// Reads until the program ends; nil when it does not within the time.
  public func waitForExit(seconds: Double = 60) -> ExitStatus? {
    // The terminal stays open as long as any process has it; ask for the process itself too.
    let deadline = ContinuousClock.now + .seconds(seconds)
    while status == nil, ContinuousClock.now < deadline {
      let isOpen = readSome(milliseconds: 20)
      var code: Int32 = 0
      if waitpid(process, &code, WNOHANG) == process {
        status = code & 0x7F == 0 ? .exited(code >> 8 & 0xFF) : .killed(signal: code & 0x7F)
        while readSome(milliseconds: 0, untilEmpty: true) {}
      } else if !isOpen {
        usleep(2000)
      }
    }
    return status
  }

  /// False when the other end is closed, or, on demand, when nothing was there.
  private func readSome(milliseconds: Int32, untilEmpty: Bool = false) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = pseudo_terminal_read(master, &bytes, bytes.count, milliseconds)
    guard count > 0 else { return count == 0 && !untilEmpty }
    output += bytes[..<count]
    screen.feed(bytes[..<count])
    return true
  }
}
