import Foundation
import Sections

/// Predictions made before, a file each; safe to delete.
struct PredictionCache: Sendable {
  let folder: URL
  /// The size beyond which the files used longest ago are deleted.
  var largestByteCount = 2_000_000_000

  private var files: CacheFolder { CacheFolder(folder, mostBytes: largestByteCount) }

  /// The prediction kept under a key; nil where there is none, or it cannot be read any more.
  subscript(key: String) -> Prediction? {
    let url = url(of: key)
    guard let prediction = try? Prediction(readingSafetensors: url) else { return nil }
    files.touch(url)
    return prediction
  }

  /// Keeps a prediction. A cache that cannot be written to is none, and nothing else.
  func keep(_ prediction: Prediction, as key: String) {
    files.make()
    guard (try? prediction.write(safetensors: url(of: key), replacing: true)) != nil else { return }
    files.prune()
  }

  private func url(of key: String) -> URL { folder.appending(path: "\(key).safetensors") }
}
