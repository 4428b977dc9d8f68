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

  public static let data = root.appending(path: "data")
  public static let fixtures = root.appending(path: "fixtures")
  public static let sampleData = repository.appending(path: "SampleData")

  public static var hasData: Bool { FileManager.default.fileExists(atPath: data.path) }
  public static var hasFixtures: Bool { FileManager.default.fileExists(atPath: fixtures.path) }
}
