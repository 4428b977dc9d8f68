import Foundation
import Models
import Sections
import TensorCore

extension Workbench {
  /// Maps how likely each spot of a section is tumour.
  ///
  /// A map made before of the same weights and the same section comes out of the cache.
  ///
  /// - Parameters:
  ///   - url: a checkpoint that ``trainTumour(_:of:to:replacing:report:isCancelled:)`` wrote.
  ///   - progress: hears how far it has come.
  ///   - isCancelled: asked between batches of tiles.
  /// - Throws: for a file of something else, a section without an image or with spots that do not fit
  ///   HiST's grid, and ``WorkbenchError/cancelled`` when asked to stop.
  public func tumourMap(
    _ url: URL, of section: LoadedSection,
    progress: @escaping @Sendable (PredictionProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> TumourMap {
    progress(PredictionProgress(stage: "reading \(url.lastPathComponent)", fraction: 0))
    let (input, spots) = try section.predictionInput(for: TumourCheckpoint.title)
    do {
      let checkpoint = try TumourCheckpoint(reading: url)
      let fingerprint = try checkpoint.fingerprint()
      let key = section.predictionKey(TumourCheckpoint.name, weights: fingerprint, input)
      let origin = checkpoint.origin(model: TumourCheckpoint.title, fingerprint: fingerprint)
      func map(_ probabilities: [Float]) -> TumourMap {
        let missing = section.section.spots.count - spots.count
        return TumourMap(
          probabilities, of: section.section, categories: checkpoint.categories, origin: origin,
          notes: missing == 0
            ? [] : ["\(missing) spot\(missing == 1 ? "" : "s") not mapped: not on the image."])
      }
      if let kept = cache[key], kept.spotCount == section.section.spots.count {
        return map(kept.values)
      }
      let predicted = try checkpoint.network(file: url.path).predict(
        input,
        PredictionWork(
          report: { progress(PredictionProgress(stage: "mapping tumour", fraction: $0)) },
          isCancelled: isCancelled, features: features))
      let values = section.valuesByGene(
        Tensor(shape: [spots.count, 1], predicted.probabilities), at: spots)
      cache.keep(
        Prediction(
          method: TumourCheckpoint.name, genes: [TumourCheckpoint.name], spotCount: values.count,
          values: values, normalization: nil), as: key)
      return map(values)
    } catch let error as ModelError {
      throw error == .cancelled ? .cancelled : WorkbenchError(error.description)
    } catch { throw WorkbenchError("\(error)") }
  }

  /// What a file that maps tumour regions is; nil where it is none.
  ///
  /// - Throws: for one that says so and is damaged.
  public func tumourModelInfo(_ url: URL) throws(WorkbenchError) -> TumourModelInfo? {
    TumourCheckpoint.isOne(url) ? try tumourModel(url) : nil
  }

  /// What a file that maps tumour regions is.
  ///
  /// - Throws: for a file of something else, too.
  public func tumourModel(_ url: URL) throws(WorkbenchError) -> TumourModelInfo {
    do { return try TumourModelInfo(try TumourCheckpoint(reading: url), at: url) } catch {
      throw WorkbenchError(error.description)
    }
  }

  /// Reads every weight of a file that maps tumour regions; nil where it is none.
  ///
  /// - Throws: naming the first weight that is not a finite number.
  public func verifyTumourModel(_ url: URL) throws(WorkbenchError) -> TumourModelInfo? {
    guard let info = try tumourModelInfo(url) else { return nil }
    do {
      let checkpoint = try TumourCheckpoint(reading: url)
      _ = try checkpoint.network(file: url.path)
      try checkFinite(checkpoint.tensors, of: url)
    } catch let error as WorkbenchError { throw error } catch { throw WorkbenchError("\(error)") }
    return info
  }

  /// The sections that a file which maps tumour regions says were kept out of its training.
  ///
  /// - Throws: for a file of something else.
  public func sectionsHeldOut(ofTumourModel url: URL) throws(WorkbenchError) -> [String] {
    do { return try TumourCheckpoint(reading: url).heldOutSections } catch {
      throw WorkbenchError(error.description)
    }
  }
}
