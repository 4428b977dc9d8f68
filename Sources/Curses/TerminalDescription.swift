import CNcurses

/// What the machine's terminfo says about the terminal named in `TERM`.
struct TerminalDescription {
  let name: String
  /// -1 for a terminal without colours.
  let colors: Int
  let hasAlternateScreen: Bool

  init(environment: [String: String]) throws(TerminalError) {
    name = environment["TERM", default: ""]
    guard name != "" else { throw .noName }
    var colors: Int32 = -1
    var hasAlternateScreen = false
    // Safety: the string and both variables live as long as the call.
    let quality = unsafe eosin_terminal_quality(name, 1, &colors, &hasAlternateScreen)
    switch Int(quality) {
    case EOSIN_TERMINAL_UNKNOWN: throw .unknownTerminal(name)
    case EOSIN_TERMINAL_DUMB: throw .dumbTerminal(name)
    default: break
    }
    self.colors = Int(colors)
    self.hasAlternateScreen = hasAlternateScreen
  }

  /// Whether ncurses is to paint with so many colours here: not with more than the description has,
  /// nor where that has 24-bit colours and so takes numbers for colours, not for places in a palette.
  func paintsWithCurses(_ depth: ColorDepth) -> Bool {
    depth == .mono || depth.colors <= 16 && depth.colors <= colors && colors <= 256
  }
}
