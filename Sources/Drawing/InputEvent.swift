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

  /// The keys held down meanwhile.
  public struct Modifiers: OptionSet, Sendable, Hashable {
    /// One bit a modifier.
    public let rawValue: UInt8
    /// Takes the bits of any number of modifiers.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Shift, told of special keys and the mouse only.
    public static let shift = Modifiers(rawValue: 1)
    /// Alt, or Meta.
    public static let alt = Modifiers(rawValue: 2)
    /// Control; its letters arrive in lower case.
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
  /// What the mouse did; a release does not tell of which button.
  public enum Action: Sendable, Hashable {
    case press(Button), release, drag(Button), scrollUp, scrollDown
  }
  /// A button that can be pressed; the wheel's turns are actions of their own.
  public enum Button: Sendable, Hashable { case left, middle, right }

  /// What the mouse did.
  public var action: Action
  /// The cell's column, from 0 at the left.
  public var column: Int
  /// The cell's row, from 0 at the top.
  public var row: Int
  /// The keys held down meanwhile.
  public var modifiers: InputEvent.Modifiers

  /// Takes a position from zero, where terminals themselves count from 1.
  public init(action: Action, column: Int, row: Int, modifiers: InputEvent.Modifiers = []) {
    self.action = action
    self.column = column
    self.row = row
    self.modifiers = modifiers
  }
}
