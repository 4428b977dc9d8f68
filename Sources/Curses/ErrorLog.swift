import CSystem
import Foundation

/// The file that takes standard error while the screen is up, so that no library can tear it.
struct ErrorLog {
  let descriptor: Int32
  /// Where this process begins to write.
  let start: off_t

  /// A log longer than this begins anew.
  private static let mostBytes: off_t = 1 << 20

  /// `XDG_STATE_HOME/eosin/log`, or a nameless file where that cannot be written; nil when nothing
  /// can.
  init?(environment: [String: String]) {
    descriptor = ErrorLog.open(in: environment) ?? eosin_open_nameless()
    guard descriptor >= 0 else { return nil }
    start = lseek(descriptor, 0, SEEK_END)
  }

  private static func open(in environment: [String: String]) -> Int32? {
    let state: URL
    if let folder = environment["XDG_STATE_HOME"], folder.hasPrefix("/") {
      state = URL(filePath: folder)
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      state = URL(filePath: home).appending(path: ".local/state")
    } else {
      return nil
    }
    let folder = state.appending(path: "eosin")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = folder.appending(path: "log").path
    // Safety: the string lives as long as the call.
    let descriptor = unsafe eosin_open_log(path)
    guard descriptor >= 0 else { return nil }
    if lseek(descriptor, 0, SEEK_END) > mostBytes { _ = ftruncate(descriptor, 0) }
    return descriptor
  }
}
