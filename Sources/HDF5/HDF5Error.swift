import Foundation

/// Why something in an HDF5 file could not be read or written.
public struct HDF5Error: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file's path.
  public var file: String
  /// The path inside the file, such as `obsm/spatial`; nil where the problem is the file's own.
  public var object: String?
  /// What was found, and what to do, without the names.
  public var problem: String

  /// Takes facts about a file, the problem as a sentence without its names.
  public init(file: URL, object: String? = nil, problem: String) {
    self.file = file.path
    self.object = object
    self.problem = problem
  }

  /// One line: the file, what in it, and the problem.
  public var description: String {
    let problem = harmless(problem, limit: 1000)
    return object.map { "\(file): \(quotedName($0)) \(problem)" } ?? "\(file): \(problem)"
  }
}

/// A name out of a file in quotes, shortened in the middle, and without what could steer a terminal.
func quotedName(_ name: String) -> String { "'\(harmless(name, limit: 80))'" }

private func harmless(_ text: String, limit: Int) -> String {
  let scalars = text.unicodeScalars
  let shown =
    scalars.count > limit
    ? Array(scalars.prefix(limit / 2)) + ["…"] + Array(scalars.suffix(limit / 2 - 1))
    : Array(scalars)
  return shown.map { scalar in
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
      "\u{FFFD}"
    default: String(scalar)
    }
  }.joined()
}
