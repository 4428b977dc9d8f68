import Foundation

/// A program of this package, run as a process without a terminal.
public enum Program {
  /// How a run ended and what it wrote.
  public struct Outcome: Sendable {
    /// Killed by signal 9 where it took too long.
    public let status: PseudoTerminal.ExitStatus
    /// Standard output, unless it went to a file of the caller's.
    public let output: String
    /// Standard error.
    public let error: String

    /// What was written, for messages of tests.
    public var everything: String { "\(status)\n\(output)\n\(error)" }
  }

  /// The program's file, beside the tests' own.
  public static func built(_ name: String = "eosin") -> URL {
    URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: name)
  }

  /// Variables that keep all of a program's own files in a folder.
  public static func environment(home: URL) -> [String: String] {
    [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
      "LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no", "HOME": home.path,
      "XDG_CONFIG_HOME": home.appending(path: "config").path,
      "XDG_STATE_HOME": home.appending(path: "state").path,
      "XDG_CACHE_HOME": home.appending(path: "cache").path,
    ]
  }

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - environment: on top of a plain one, with a home that is a new folder.
  ///   - output: a file for standard output; by default it comes with the outcome.
  ///   - megabytes: the most address space it may take; OpenBLAS alone reserves some hundred.
  ///   - seconds: after which it is killed.
  public static func run(
    _ arguments: [String], of program: URL = built(), environment: [String: String] = [:],
    input: String = "", output: String? = nil, megabytes: Int = 4000, seconds: Double = 20
  ) throws -> Outcome {
    let folder = try TemporaryFolder()
    let files = try [
      folder.write(input, to: "in"), output ?? folder.write("", to: "out"),
      folder.write("", to: "err"),
    ]
    let limited = ["/bin/sh", "-c", "ulimit -v \(megabytes * 1024) && exec \"$@\"", "sh"]
    let process = try start(
      limited + [program.path] + arguments,
      self.environment(home: folder.url).merging(environment) { $1 }, files)
    let status = wait(for: process, seconds: seconds)
    func text(_ path: String) throws -> String {
      String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }
    return Outcome(
      status: status, output: output == nil ? try text(files[1]) : "", error: try text(files[2]))
  }

  /// Starts a process with its three standard files, and no signal blocked or ignored.
  private static func start(
    _ command: [String], _ environment: [String: String], _ files: [String]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, file) in files.enumerated() {
      posix_spawn_file_actions_addopen(
        &actions, Int32(descriptor), file, descriptor == 0 ? O_RDONLY : O_WRONLY, 0)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let arguments = command.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { (arguments + variables).forEach { free($0) } }
    var process: pid_t = 0
    let failure = posix_spawn(&process, command[0], &actions, &attributes, arguments, variables)
    guard failure == 0 else { throw CocoaError(.executableLoad) }
    return process
  }

  /// Waits until a process ends, or kills it.
  private static func wait(for process: pid_t, seconds: Double) -> PseudoTerminal.ExitStatus {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var code: Int32 = 0
    while waitpid(process, &code, WNOHANG) == 0 {
      if ContinuousClock.now > deadline {
        kill(process, SIGKILL)
        waitpid(process, &code, 0)
        break
      }
      usleep(1000)
    }
    return code & 0x7F == 0 ? .exited(code >> 8 & 0xFF) : .killed(signal: code & 0x7F)
  }
}
