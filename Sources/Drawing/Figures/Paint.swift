/// What a figure's shape is painted with: a role of the theme or an exact colour, in some opacity.
///
/// A role follows the theme of the page or picture; a colour carries data and is the same in all.
public struct Paint: Sendable, Hashable {
  /// Where the colour comes from.
  public enum Source: Sendable, Hashable {
    case role(Role)
    case color(Color)
  }

  /// Where the colour comes from.
  public var source: Source
  /// 0 for nothing to 1 for all; what lies beneath shows through the rest.
  public var opacity: Double

  /// Takes a source, opaque unless told otherwise; an opacity that is no number counts as 1.
  public init(_ source: Source, opacity: Double = 1) {
    self.source = source
    self.opacity = opacity.isNaN ? 1 : min(max(opacity, 0), 1)
  }

  /// The theme's colour for a part of the screen.
  public static func role(_ role: Role) -> Paint { Paint(.role(role)) }

  /// A colour that carries data.
  public static func color(_ color: Color) -> Paint { Paint(.color(color)) }

  /// The same in another opacity.
  public func opacity(_ share: Double) -> Paint { Paint(source, opacity: share) }

  /// The colour under a theme; a role for which the theme leaves the choice to the terminal takes
  /// the one of ``Theme/paper``.
  public func color(in theme: Theme) -> Color {
    switch source {
    case .color(let color): color
    case .role(let role): theme.exactColor(of: role)
    }
  }
}

extension Theme {
  /// The built-in theme of bright pages, what figures fall back to.
  public static let paper = builtIn.first { $0.name == "eosin-light" } ?? .standard

  /// A role's colour where the terminal's own colours are not known.
  public func exactColor(of role: Role) -> Color {
    if case .color(let color) = self[role] { return color }
    if case .color(let color) = Theme.paper[role] { return color }
    return Color(0)
  }
}
