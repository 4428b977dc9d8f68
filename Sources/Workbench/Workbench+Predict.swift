import Foundation
import Models
import Sections
import TensorCore

extension Workbench {
  /// Sets how many threads predictions and fits use; a number below 1 counts as 1.
  public static func use(threads: Int) { Threads.count = threads }

  /// Predicts a section's expression, or reads what somebody else predicted.
  ///
  /// A prediction made before of the same weights and the same section comes out of the cache.
  ///
  /// - Parameters:
  ///   - resolution: at the section's spots, or at places between them too.
  ///   - progress: hears how far it has come, between batches of patches.
  ///   - isCancelled: asked between batches.
  /// - Throws: ``WorkbenchError/cancelled`` when asked to stop.
  public func predict(
    _ method: Method, _ section: LoadedSection, at resolution: Resolution = .spots,
    progress: @escaping @Sendable (PredictionProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> Prediction {
    let method = method.of(section: section.section.name, patient: section.section.patient)
    switch method.source {
    case .table: return try readPrediction(method, for: section)
    case .layer(let path): return try readLayer(path, named: method.name, of: section)
    case .run:
      return try predictNewest(
        of: method, section, at: resolution, progress: progress, isCancelled: isCancelled
      ).prediction
    case .checkpoint(let url):
      progress(PredictionProgress(stage: "reading \(url.lastPathComponent)", fraction: 0))
      let model = try openModel(url)
      let plan = try PredictionPlan(model, section, resolution)
      let key = plan.cacheKey
      if var kept = cache[key] {
        kept.method = method.name
        return kept
      }
      let prediction = try plan.run(
        named: method.name,
        PredictionWork(
          report: { progress(PredictionProgress(stage: "predicting", fraction: $0)) },
          isCancelled: isCancelled, features: features))
      cache.keep(prediction, as: key)
      return prediction
    }
  }
}
