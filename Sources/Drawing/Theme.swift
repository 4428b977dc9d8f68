/// Colours for the roles of the screen.
public struct Theme: Sendable, Hashable {
  /// A colour as a theme names it: exact, one of the terminal's own sixteen, or its default.
  public enum Paint: Sendable, Hashable {
    case color(Color)
    /// Index 0...15 in the user's own palette.
    case palette(Int)
    case terminalDefault
  }

  public var name: String
  /// Indexed by `Role.rawValue`.
  public var paints: [Paint]
  /// The theme's own colour ramp, if it has one.
  public var ramp: ColorRamp?

  public init(name: String, paints: [Role: Paint]) {
    self.name = name
    self.paints = Role.allCases.map { paints[$0] ?? .terminalDefault }
  }

  public subscript(role: Role) -> Paint { paints[Int(role.rawValue)] }
}
