import Drawing

/// Turns inks into the colours that a terminal has, by the theme and the depth.
struct Colorist {
  /// A colour of which it is still known whether the terminal's default means text or background:
  /// terminals can only be told to use a default where it belongs.
  struct Choice: Equatable {
    var color: TerminalColor
    var isDefaultGround = false
    var isDefaultInk: Bool { color.isStandard && !isDefaultGround }
  }

  private let depth: ColorDepth
  private var palette: Palette
  /// Indexed by `Role.rawValue`.
  private let roles: [Choice]

  init(depth: ColorDepth, theme: Theme) {
    self.depth = depth
    let palette = Palette(depth: depth)
    self.palette = palette
    roles = Role.allCases.map { role in
      let standard = Choice(color: .standard, isDefaultGround: role.isBehindText)
      guard depth != .mono else { return standard }
      switch theme[role] {
      case .color(let color) where depth == .trueColor:
        return Choice(color: TerminalColor(exact: color))
      case .color(let color):
        return Choice(color: TerminalColor(index: palette.exactIndex(near: color)))
      case .palette(let index):
        return Choice(color: TerminalColor(index: depth == .colors8 ? index & 7 : index & 15))
      case .terminalDefault: return standard
      }
    }
  }

  @inline(__always)
  mutating func choice(for ink: Ink) -> Choice {
    guard let color = ink.color else {
      guard let role = ink.role else { return roles[Int(Role.text.rawValue)] }
      return roles[Int(role.rawValue)]
    }
    return Choice(
      color: depth == .trueColor
        ? TerminalColor(exact: color) : TerminalColor(index: palette.index(near: color)))
  }

  /// An ink that can be read on a ground which came out as the same colour.
  func contrast(to ground: TerminalColor) -> TerminalColor {
    let color = ground.rgb ?? Palette.color(ofIndex: max(0, Int(ground.number)))
    guard color.brightness < 128 else { return TerminalColor(index: 0) }
    return TerminalColor(index: depth == .colors8 ? 7 : 15)
  }
}

extension Role {
  /// Whether the role fills the space behind text.
  var isBehindText: Bool {
    switch self {
    case .background, .selection, .bar, .overlay: true
    default: false
    }
  }
}
