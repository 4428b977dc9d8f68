import Foundation
import TestSupport
import Testing

@testable import Curses

/// `terminal-probe` in a terminal of its own.
@Suite struct TerminalTests {
  private static let probe = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "terminal-probe").path

  private func start(
    _ arguments: [String] = [], environment: [String: String] = ["COLORTERM": "truecolor"],
    columns: Int = 60, rows: Int = 12
  ) throws -> PseudoTerminal {
    try PseudoTerminal(
      command: [TerminalTests.probe] + arguments, environment: environment, columns: columns,
      rows: rows)
  }

  private func expectRestored(
    _ terminal: PseudoTerminal, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(!terminal.screen.isAlternate, sourceLocation: sourceLocation)
    #expect(
      terminal.screen.modes.isDisjoint(with: [1, 1000, 1002, 1006, 2004, 2026]),
      sourceLocation: sourceLocation)
    #expect(terminal.screen.modes.contains(25), sourceLocation: sourceLocation)
    #expect(!terminal.isRaw, sourceLocation: sourceLocation)
  }

  @Test func `the screen shows the canvas and what is typed`() throws {
    let terminal = try start()
    #expect(terminal.wait(for: "resize 60x12"))
    #expect(terminal.screenLines[0] == "probe 60x12 24bit")
    #expect(terminal.screen.cells[0][0].style.ink == .rgb(0xFFAF00))
    #expect(terminal.screen.cells[0][0].style.isBold)
    #expect(terminal.screen.isAlternate)
    #expect(terminal.screen.modes.isSuperset(of: [1002, 1006, 2004]))
    #expect(!terminal.screen.modes.contains(25))
    #expect(terminal.isRaw)
    terminal.send("é\u{1b}[1;5A\u{03}\u{1b}[<0;11;4M\u{1b}[200~some\rtext\u{1b}[201~")
    #expect(terminal.wait(for: "paste some/text"))
    #expect(
      terminal.screenLines[3...7] == [
        "key é", "key ctrl-up", "key ctrl-c", "mouse press left 10,3", "paste some/text",
      ])
    terminal.send("\u{1b}")
    #expect(terminal.wait(for: "key escape"))
  }

  @Test(arguments: ["24bit", "256", "16", "8", "mono"])
  func `quitting gives the terminal back`(depth: String) throws {
    let terminal = try start([depth])
    #expect(terminal.wait(for: "resize"))
    #expect(terminal.screenLines[0] == "probe 60x12 \(depth)")
    terminal.send("q")
    #expect(terminal.waitForExit() == .exited(0))
    expectRestored(terminal)
    #expect(terminal.screenLines.contains("left in peace"))
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGINT, SIGQUIT])
  func `a signal that ends programs is an event`(signal: Int32) throws {
    let terminal = try start()
    #expect(terminal.wait(for: "resize"))
    terminal.signal(signal)
    #expect(terminal.waitForExit() == .exited(0))
    expectRestored(terminal)
  }

  @Test func `a lost connection ends the program`() throws {
    let terminal = try start()
    #expect(terminal.wait(for: "resize"))
    terminal.hangUp()
    #expect(terminal.waitForExit() == .exited(0))
  }

  @Test func `exit without restoring gives the terminal back`() throws {
    let terminal = try start()
    #expect(terminal.wait(for: "resize"))
    terminal.send("x")
    #expect(terminal.waitForExit() == .exited(3))
    expectRestored(terminal)
  }

  @Test(arguments: ["24bit", "16"])
  func `a crash gives the terminal back and says why`(depth: String) throws {
    let terminal = try start([depth])
    #expect(terminal.wait(for: "resize"))
    terminal.send("!")
    guard case .killed = terminal.waitForExit() else {
      Issue.record("the probe did not crash")
      return
    }
    expectRestored(terminal)
    #expect(String(decoding: terminal.output, as: UTF8.self).contains("asked to crash"))
  }

  @Test(arguments: [SIGSEGV, SIGABRT, SIGBUS])
  func `a crash signal from outside gives the terminal back`(signal: Int32) throws {
    let terminal = try start()
    #expect(terminal.wait(for: "resize"))
    terminal.signal(signal)
    #expect(terminal.waitForExit() == .killed(signal: signal))
    expectRestored(terminal)
  }

  @Test func `standard error does not tear the screen`() throws {
    let terminal = try start()
    #expect(terminal.wait(for: "resize"))
    terminal.send("w")
    #expect(terminal.wait(for: "key w"))
    #expect(!terminal.screenLines.joined().contains("torn?"))
    let log = terminal.home.appending(path: ".local/state/eosin/log")
    #expect(try String(contentsOf: log, encoding: .utf8) == "torn?")
  }

  @Test(arguments: ["24bit", "16", "mono"])
  func `a new size is drawn whole`(depth: String) throws {
    let terminal = try start([depth])
    #expect(terminal.wait(for: "resize 60x12"))
    terminal.resize(columns: 40, rows: 8)
    #expect(terminal.wait(for: "resize 40x8"))
    #expect(terminal.screenLines[0] == "probe 40x8 \(depth)")
    terminal.resize(columns: 90, rows: 20)
    #expect(terminal.wait(for: "resize 90x20"))
    #expect(terminal.screenLines[0] == "probe 90x20 \(depth)")
    #expect(terminal.screenLines[2...4] == ["resize 60x12", "resize 40x8", "resize 90x20"])
  }

  @Test(arguments: ["24bit", "16", "mono"])
  func `one cell is enough`(depth: String) throws {
    let terminal = try start([depth], columns: 1, rows: 1)
    #expect(terminal.wait(for: "p"))
    terminal.resize(columns: 30, rows: 6)
    #expect(terminal.wait(for: "resize 30x6"))
    terminal.resize(columns: 1, rows: 1)
    #expect(terminal.wait { $0.screenLines == ["p"] })
    terminal.send("q")
    #expect(terminal.waitForExit() == .exited(0))
    expectRestored(terminal)
  }

  @Test(arguments: ["24bit", "16"])
  func `Control-Z stops the program and fg brings it back`(depth: String) throws {
    let script = "'\(TerminalTests.probe)' \(depth); echo stopped; read; fg; echo over"
    let terminal = try PseudoTerminal(
      command: ["bash", "--norc", "-m", "-c", script], columns: 60, rows: 12)
    #expect(terminal.wait(for: "resize 60x12"))
    terminal.send("\u{1a}")
    #expect(terminal.wait { !$0.screen.isAlternate })
    #expect(terminal.wait(for: "stopped"))
    expectRestored(terminal)
    terminal.send("\r")
    #expect(terminal.wait { $0.screen.isAlternate && $0.screenLines[0].hasPrefix("probe") })
    #expect(terminal.wait { $0.screenLines.filter { $0 == "resize 60x12" }.count == 2 })
    #expect(terminal.isRaw)
    #expect(terminal.screen.modes.isSuperset(of: [1002, 1006, 2004]))
    terminal.send("q")
    #expect(terminal.waitForExit() == .exited(0))
    expectRestored(terminal)
    #expect(terminal.screenLines.contains("over"))
  }

  @Test func `Control-Z without a shell to return to draws again`() throws {
    let terminal = try start()
    #expect(terminal.wait(for: "resize 60x12"))
    terminal.send("\u{1a}a")
    #expect(terminal.wait(for: "key a"))
    #expect(terminal.screen.isAlternate)
  }

  @Test func `stopped and continued from outside, the picture is drawn again`() throws {
    let terminal = try start()
    #expect(terminal.wait(for: "resize 60x12"))
    terminal.signal(SIGSTOP)
    terminal.signal(SIGCONT)
    #expect(terminal.wait { $0.screenLines.filter { $0 == "resize 60x12" }.count == 2 })
  }

  @Test func `another thread wakes the loop`() throws {
    let terminal = try start()
    #expect(terminal.wait(for: "resize"))
    terminal.send("p")
    #expect(terminal.wait(for: "message from a thread"))
  }

  @Test func `copied text goes to the terminal`() throws {
    let terminal = try start()
    #expect(terminal.wait(for: "resize"))
    terminal.send("c")
    #expect(
      terminal.wait {
        String(decoding: $0.output, as: UTF8.self)
          .contains("\u{1b}]52;c;Y29waWVkIHRleHQ=\u{07}")
      })
  }

  @Test(arguments: [
    ("dumb", "cannot place its cursor"), ("no-such-terminal", "no description of"),
    ("", "TERM is not set"),
  ])
  func `a terminal that cannot show the screen is refused`(name: String, reason: String) throws {
    let terminal = try start(environment: ["TERM": name], columns: 200)
    #expect(terminal.waitForExit() == .exited(1))
    #expect(terminal.screenLines[0].hasPrefix("terminal-probe: "))
    #expect(terminal.screenLines[0].contains(reason))
    expectRestored(terminal)
  }

  @Test(arguments: ["| cat", "< /dev/null"])
  func `a pipe is refused`(pipe: String) throws {
    let terminal = try PseudoTerminal(
      command: ["sh", "-c", "'\(TerminalTests.probe)' \(pipe)"], columns: 200)
    _ = terminal.waitForExit()
    #expect(terminal.screenLines[0].contains("is no terminal"))
  }
}
