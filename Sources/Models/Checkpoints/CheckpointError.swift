import Foundation

/// Why a checkpoint could not be read or written: the file, what was found in it and what to do.
public struct CheckpointError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file's path.
  public var file: String
  /// What was found and what to do about it, without the file.
  public var problem: String

  /// A problem with a file.
  public init(file: String, problem: String) {
    self.file = file
    self.problem = problem
  }

  /// `file: problem`, one sentence or two.
  public var description: String { "\(file): \(problem)" }
}

/// A name out of a file as a message shows it: in quotes, shortened in the middle, and without
/// what could steer a terminal.
func quoted(_ name: some StringProtocol) -> String {
  let limit = 80
  // A file may hold a name of a gigabyte; only its ends are looked at.
  let isLong = name.unicodeScalars.count > limit
  let shown =
    isLong
    ? Array(name.unicodeScalars.prefix(limit / 2)) + ["…"]
      + Array(name.unicodeScalars.suffix(limit / 2 - 1))
    : Array(name.unicodeScalars)
  var text = String.UnicodeScalarView()
  for scalar in shown {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
      text.append("\u{FFFD}")
    default: text.append(scalar)
    }
  }
  return "'\(String(text))'"
}
