import Foundation

/// Where test data lies beside the project, when it is there.
///
/// The large goldens and the real sections are not part of the repository. Tests that need them
/// are enabled only where the folder exists; small copies in `Fixtures` always run.
public enum SharedFiles {
  /// The project's own folder.
  public static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let root = repository.deletingLastPathComponent().appending(path: "shared")

  /// Real sections and broken files.
  public static let data = root.appending(path: "data")
  /// Goldens from the authors' code.
  public static let fixtures = root.appending(path: "fixtures")
  /// The repository's own small data set, always there.
  public static let sampleData = repository.appending(path: "SampleData")

  /// Whether tests on real sections can run.
  public static var hasData: Bool { FileManager.default.fileExists(atPath: data.path) }
  /// Whether tests against the large goldens can run.
  public static var hasFixtures: Bool { FileManager.default.fileExists(atPath: fixtures.path) }
}
