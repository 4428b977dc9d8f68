/// Why the screen cannot be used.
public enum TerminalError: Error, Sendable, Hashable, CustomStringConvertible {
  case noTerminal(descriptor: Int32)
  case noName
  case unknownTerminal(String)
  case dumbTerminal(String)
  case noScreen(String)

  /// What happened and what to do about it.
  public var description: String {
    switch self {
    case .noTerminal(let descriptor):
      """
      standard \(descriptor == 0 ? "input" : "output") is no terminal. Start the viewer without \
      pipes, and over SSH with 'ssh -t'.
      """
    case .noName:
      "TERM is not set, so the terminal's kind is not known. Try TERM=xterm-256color."
    case .unknownTerminal(let name):
      """
      TERM is '\(name)', which this machine has no description of. Install it (ncurses-term), or \
      try TERM=xterm-256color.
      """
    case .dumbTerminal(let name):
      """
      TERM is '\(name)', a terminal that cannot place its cursor. Use another one, or try \
      TERM=xterm-256color if this one can.
      """
    case .noScreen(let name):
      "the screen of the terminal '\(name)' cannot be set up."
    }
  }
}
