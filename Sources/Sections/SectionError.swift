import Foundation

/// Why a section, or a file made from one, could not be read or written: the file, the line where
/// there is one, what was found there and what to do about it.
public struct SectionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file's path, or what else the problem is with, such as `section C2`.
  public var file: String
  /// The line in the file, from 1.
  public var line: Int?
  /// What was found and what to do about it, without the file and line.
  public var problem: String

  /// What a sentence with names out of a file may take.
  private static let mostScalars = 1000

  /// A problem with a section that is no longer tied to one file.
  public init(subject: String, problem: String) {
    file = subject
    self.problem = harmless(problem, limit: Self.mostScalars)
  }

  /// A problem with a file.
  public init(file: URL, line: Int? = nil, problem: String) {
    self.file = file.path
    self.line = line
    self.problem = harmless(problem, limit: Self.mostScalars)
  }

  /// `file:line: problem`, one sentence or two.
  public var description: String {
    line.map { "\(file):\($0): \(problem)" } ?? "\(file): \(problem)"
  }
}
