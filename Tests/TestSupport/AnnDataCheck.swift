import Foundation

/// `Tests/AnnData/check_h5ad.py`, run by the Python that `EOSIN_ANNDATA_PYTHON` names.
public enum AnnDataCheck {
  /// Whether a Python is named; without one nothing can be checked.
  public static var isPossible: Bool { python != nil }

  /// Runs the script; what it says is shown where it fails.
  public static func run(_ arguments: [String]) throws -> (status: Int32, words: String) {
    let process = Process()
    process.executableURL = URL(filePath: python ?? "/usr/bin/false")
    let script = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "AnnData/check_h5ad.py")
    process.arguments = [script.path] + arguments
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = pipe
    try process.run()
    let words = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: words, as: UTF8.self))
  }

  private static var python: String? {
    ProcessInfo.processInfo.environment["EOSIN_ANNDATA_PYTHON"]
  }
}
