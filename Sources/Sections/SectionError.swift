import Foundation

/// Why a section could not be read: the file, the line where there is one, what was found there
/// and what to do about it.
public struct SectionError: Error, Sendable, Hashable, CustomStringConvertible {
  public var file: String
  public var line: Int?
  public var problem: String

  public init(file: URL, line: Int? = nil, problem: String) {
    self.file = file.path
    self.line = line
    self.problem = problem
  }

  public var description: String {
    line.map { "\(file):\($0): \(problem)" } ?? "\(file): \(problem)"
  }
}
