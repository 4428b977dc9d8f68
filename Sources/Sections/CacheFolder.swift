import Foundation

/// A folder of files that can be made again, the ones used longest ago deleted where it grows too
/// large.
public struct CacheFolder: Sendable {
  /// Where the files are.
  public let url: URL
  /// The most bytes that all files may take.
  public var mostBytes: Int

  /// Names a folder; it is made when something is kept.
  public init(_ url: URL, mostBytes: Int) {
    self.url = url
    self.mostBytes = mostBytes
  }

  /// Makes the folder where there is none.
  public func make() {
    try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  /// Notes that a file has been used now.
  public func touch(_ file: URL) {
    try? FileManager.default.setAttributes([.modificationDate: Date.now], ofItemAtPath: file.path)
  }

  /// Makes room; what was left half written an hour ago is deleted in any case.
  public func prune() {
    let keys: Set<URLResourceKey> = [.fileSizeKey, .contentModificationDateKey]
    let files =
      (try? FileManager.default.contentsOfDirectory(
        at: url, includingPropertiesForKeys: Array(keys))) ?? []
    let known = files.compactMap { url -> (url: URL, size: Int, date: Date)? in
      guard let values = try? url.resourceValues(forKeys: keys), let size = values.fileSize,
        let date = values.contentModificationDate
      else { return nil }
      return (url, size, date)
    }
    var total = known.reduce(0) { $0 + $1.size }
    for file in known.sorted(by: { $0.date < $1.date }) {
      let isHalfWritten = file.url.pathExtension == "partial" && file.date < .now - 3600
      guard isHalfWritten || total > mostBytes else { continue }
      try? FileManager.default.removeItem(at: file.url)
      total -= file.size
    }
  }
}
