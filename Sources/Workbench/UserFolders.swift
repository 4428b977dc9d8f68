import Foundation

/// The folders of the XDG base directory specification, and where Eosin's own data lies.
public struct UserFolders: Sendable {
  /// For what the user writes, such as themes; `~/.config/eosin` by default.
  public let config: URL
  /// For what can be made again; `~/.cache/eosin` by default.
  public let cache: URL
  /// For what is kept between runs, such as views; `~/.local/state/eosin` by default.
  public let state: URL
  private let environment: [String: String]

  /// Takes the folders from environment variables; none is created.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    self.environment = environment
    let home = URL(filePath: environment["HOME"] ?? "/")
    func folder(_ variable: String, _ fallback: String) -> URL {
      // The specification asks to ignore relative paths.
      if let path = environment[variable], path.hasPrefix("/") {
        return URL(filePath: path).appending(path: "eosin")
      }
      return home.appending(path: fallback).appending(path: "eosin")
    }
    config = folder("XDG_CONFIG_HOME", ".config")
    cache = folder("XDG_CACHE_HOME", ".cache")
    state = folder("XDG_STATE_HOME", ".local/state")
  }

  /// The folder with `SampleData`: `$EOSIN_DATA`, beside an installed binary, or the source tree.
  public var sampleData: URL? {
    var candidates: [URL] = []
    if let path = environment["EOSIN_DATA"] { candidates.append(URL(filePath: path)) }
    let binary = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    let bin = binary.deletingLastPathComponent()
    candidates.append(bin.deletingLastPathComponent().appending(path: "share/eosin"))
    var folder = bin
    for _ in 0..<4 {
      candidates.append(folder)
      folder.deleteLastPathComponent()
    }
    return candidates.lazy.map { $0.appending(path: "SampleData") }
      .first { FileManager.default.fileExists(atPath: $0.appending(path: "data").path) }
  }
}
