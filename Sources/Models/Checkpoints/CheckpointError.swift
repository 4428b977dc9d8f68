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
