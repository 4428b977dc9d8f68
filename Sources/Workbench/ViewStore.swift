import Foundation
import Sections

/// Keeps one small value for each data set between runs, under the user's state folder.
///
/// Losing it costs nothing but comfort: whatever cannot be read counts as absent, and a folder
/// that cannot be written is left alone.
public struct ViewStore: Sendable {
  private let folder: URL

  /// Keeps views under `folders.state`, which need not exist yet.
  public init(_ folders: UserFolders) {
    folder = folders.state.appending(path: "views")
  }

  /// What was kept for the data set at a path.
  public func view<View: Decodable>(of dataSet: URL, as type: View.Type) -> View? {
    (try? Data(contentsOf: file(of: dataSet))).flatMap {
      try? JSONDecoder().decode(type, from: $0)
    }
  }

  /// Keeps a value for the data set at a path.
  public func keep(_ view: some Encodable, of dataSet: URL) {
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    guard let data = try? JSONEncoder().encode(view) else { return }
    try? data.write(to: file(of: dataSet), options: .atomic)
  }

  /// One file a data set, named after its folder and a hash of its whole path (FNV-1a, 64 bit).
  private func file(of dataSet: URL) -> URL {
    let path = dataSet.standardizedFileURL.resolvingSymlinksInPath().path
    let hash = path.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    let name = dataSet.lastPathComponent.filter { $0.isLetter || $0.isNumber || $0 == "-" }
    return folder.appending(path: "\(name)-\(String(hash, radix: 16)).json")
  }
}
