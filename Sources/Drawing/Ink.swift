/// What a cell is painted with: a role that the theme gives a colour, or a colour of its own.
///
/// Packed in 32 bits so that comparing and copying canvases stays cheap.
public struct Ink: Sendable, Hashable {
  @usableFromInline let bits: UInt32
  @usableFromInline init(bits: UInt32) { self.bits = bits }
  @usableFromInline static let roleTag: UInt32 = 1 << 24

  /// The theme's colour for a part of the screen.
  @inlinable
  public static func role(_ role: Role) -> Ink { Ink(bits: roleTag | UInt32(role.rawValue)) }

  /// A colour that carries data, the same in every theme.
  @inlinable
  public static func color(_ color: Color) -> Ink { Ink(bits: color.value) }

  /// The role, or nil for a colour.
  @inlinable
  public var role: Role? {
    bits & Ink.roleTag == 0 ? nil : Role(rawValue: UInt8(truncatingIfNeeded: bits))
  }

  /// The colour, or nil for a role.
  @inlinable
  public var color: Color? { bits & Ink.roleTag == 0 ? Color(bits) : nil }
}

/// The parts of the screen that a theme colours.
public enum Role: UInt8, Sendable, Hashable, CaseIterable {
  /// The screen behind everything, and text on it.
  case background, text
  /// Less important text, and lines between panes.
  case muted, border
  /// The one accent: what is selected or has the focus.
  case accent
  /// The line of the current gene and whatever is selected in a list.
  case selection, selectionText
  /// The top bar and the help line.
  case bar, barText
  /// A key's name in the help line.
  case key
  /// Titles of panels.
  case title
  /// Marks and messages.
  case star, success, warning, failure
  /// The cross on the spot under the cursor.
  case cursor
  /// Behind overlays, and their text.
  case overlay, overlayText
  /// Spots that have no value or no label.
  case missing
}
