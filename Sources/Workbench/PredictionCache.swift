import Foundation
import Sections

/// Predictions made before, a file each; safe to delete.
struct PredictionCache: Sendable {
  let folder: URL
  /// The size beyond which the files used longest ago are deleted.
  var largestByteCount = 2_000_000_000

  /// The prediction kept under a key; nil where there is none, or it cannot be read any more.
  subscript(key: String) -> Prediction? {
    let url = url(of: key)
    guard let prediction = try? Prediction(readingSafetensors: url) else { return nil }
    try? FileManager.default.setAttributes([.modificationDate: Date.now], ofItemAtPath: url.path)
    return prediction
  }

  /// Keeps a prediction. A cache that cannot be written to is none, and nothing else.
  func keep(_ prediction: Prediction, as key: String) {
    let manager = FileManager.default
    try? manager.createDirectory(at: folder, withIntermediateDirectories: true)
    guard (try? prediction.write(safetensors: url(of: key), replacing: true)) != nil else { return }
    prune()
  }

  private func url(of key: String) -> URL { folder.appending(path: "\(key).safetensors") }

  private func prune() {
    let keys: Set<URLResourceKey> = [.fileSizeKey, .contentModificationDateKey]
    let files =
      (try? FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: Array(keys))) ?? []
    let known = files.compactMap { url -> (url: URL, size: Int, date: Date)? in
      guard let values = try? url.resourceValues(forKeys: keys), let size = values.fileSize,
        let date = values.contentModificationDate
      else { return nil }
      return (url, size, date)
    }
    var total = known.reduce(0) { $0 + $1.size }
    for file in known.sorted(by: { $0.date < $1.date }) where total > largestByteCount {
      try? FileManager.default.removeItem(at: file.url)
      total -= file.size
    }
  }
}
