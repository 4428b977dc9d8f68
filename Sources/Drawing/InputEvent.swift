/// What a terminal sends: the way in beside ``Canvas``, the way out.
public enum InputEvent: Sendable, Hashable {
  case key(Key, Modifiers = [])
  case mouse(MouseEvent)
  /// Text that arrived as one bracketed paste.
  case paste(String)
  /// The terminal has this many cells now; also sent once at the start.
  case resize(columns: Int, rows: Int)
  /// The terminal is gone or the process was asked to end.
  case hangUp

  public struct Modifiers: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let shift = Modifiers(rawValue: 1)
    public static let alt = Modifiers(rawValue: 2)
    public static let control = Modifiers(rawValue: 4)
  }
}

/// A key: printable text arrives as characters, shifted letters as capitals without a modifier.
public enum Key: Sendable, Hashable {
  case character(Character)
  case enter, tab, escape, backspace, delete, insert
  case up, down, left, right, home, end, pageUp, pageDown
  case function(Int)
}

/// A mouse report, in cells from the top left corner, both from zero.
public struct MouseEvent: Sendable, Hashable {
  public enum Action: Sendable, Hashable {
    case press(Button), release, drag(Button), scrollUp, scrollDown
  }
  public enum Button: Sendable, Hashable { case left, middle, right }

  public var action: Action
  public var column: Int
  public var row: Int
  public var modifiers: InputEvent.Modifiers

  public init(action: Action, column: Int, row: Int, modifiers: InputEvent.Modifiers = []) {
    self.action = action
    self.column = column
    self.row = row
    self.modifiers = modifiers
  }
}
