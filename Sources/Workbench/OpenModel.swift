import Foundation
import Models
import Sections
import Synchronization

/// A checkpoint that has been read, and the network made of it.
struct OpenModel: Sendable {
  let url: URL
  let state: FileState?
  let checkpoint: Checkpoint
  let entry: ModelEntry
  let network: any ExpressionModel
  let fingerprint: String

  init(_ url: URL, _ state: FileState?) throws(CheckpointError) {
    self.url = url
    self.state = state
    checkpoint = try Checkpoint(reading: url)
    entry = try checkpoint.entry(file: url.path)
    network = try checkpoint.network(file: url.path)
    fingerprint = try checkpoint.fingerprint()
  }

  /// What its predictions tell of where they come from.
  var origin: PredictionOrigin { checkpoint.origin(model: entry.title, fingerprint: fingerprint) }
}

extension Workbench {
  /// A checkpoint's network, kept while the file stays as it is.
  func openModel(_ url: URL) throws(WorkbenchError) -> OpenModel {
    let state = FileState(url)
    if let kept = models.withLock({ $0.first { $0.url == url && $0.state == state } }) {
      return kept
    }
    let opened: OpenModel
    do { opened = try OpenModel(url, state) } catch { throw WorkbenchError(error.description) }
    models.withLock { kept in
      kept.removeAll { $0.url == url }
      kept.append(opened)
      // Weights are mapped: what is kept takes address space, not memory.
      if kept.count > 16 { kept.removeFirst() }
    }
    return opened
  }
}
