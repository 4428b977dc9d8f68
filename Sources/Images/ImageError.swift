import Foundation

/// Why an image could not be read or written.
public struct ImageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file's path.
  public var file: String
  /// What was found, and what to do, without the file's name.
  public var problem: String

  /// Takes facts about a file, the problem as a sentence without its name.
  public init(file: URL, problem: String) {
    self.file = file.path
    self.problem = problem
  }

  /// For a picture in memory, which has no file.
  init(picture: RGBImage, problem: String) {
    file = "a picture of \(picture.width) × \(picture.height) pixels"
    self.problem = problem
  }

  /// One line: the file and its problem.
  public var description: String { "\(file): \(problem)" }
}
