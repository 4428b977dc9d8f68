import Foundation

/// Text on its way to the clipboard of the terminal, which may be on another machine.
enum Clipboard {
  /// What terminals and tmux take as one sequence, with room to spare.
  static let mostBytes = 74_000

  /// The OSC 52 sequence that copies a text, or nil when it is too long.
  static func sequence(copying text: String) -> String? {
    guard text.utf8.count <= mostBytes else { return nil }
    return "\u{1b}]52;c;\(Data(text.utf8).base64EncodedString())\u{07}"
  }
}
