/// Colours for the roles of the screen.
public struct Theme: Sendable, Hashable {
  /// A colour as a theme names it: exact, one of the terminal's own sixteen, or its default.
  public enum Paint: Sendable, Hashable {
    case color(Color)
    /// Index 0...15 in the user's own palette.
    case palette(Int)
    case terminalDefault
  }

  /// What `--theme` and saved views call it.
  public var name: String
  /// Indexed by `Role.rawValue`.
  public var paints: [Paint]
  /// The theme's own colour ramp, if it has one.
  public var ramp: ColorRamp?

  /// Paints the roles; one that is missing takes the terminal's own default.
  public init(name: String, paints: [Role: Paint]) {
    self.name = name
    self.paints = Role.allCases.map { paints[$0] ?? .terminalDefault }
  }

  /// What a role is painted with.
  public subscript(role: Role) -> Paint { paints[Int(role.rawValue)] }
}
